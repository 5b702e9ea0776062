/** Mails that have just been sent off: for a few seconds each can be taken back, then it goes to the server. */
import { words } from '../../i18n/language.ts';
import { type Arguments, type Jmap, JmapFailure } from '../jmap.ts';
import type { MailStore } from '../mail-store.ts';
import type { Draft } from './draft.ts';
import { type FieldFaults, faultsOfRefusal, type SetErrorObject } from './submission-fault.ts';

/** Long enough to see one's slip. */
const takeBackMs = 6000;

export interface Outgoing {
  readonly draft: Draft;
  readonly identityId: string;
  /** Of the server's copy. */
  readonly emailId: string;
}

export class Outbox {
  readonly #jmap: Jmap;
  readonly #store: MailStore;
  /** It was taken back, or the server did not take it: it is written on. */
  readonly #onReturn: (draft: Draft, faults: FieldFaults | null) => void;
  readonly #onSent: (draft: Draft) => void;
  readonly #waiting = new Map<Outgoing, number>();

  constructor(
    jmap: Jmap,
    store: MailStore,
    onSent: (draft: Draft) => void,
    onReturn: (draft: Draft, faults: FieldFaults | null) => void,
  ) {
    this.#jmap = jmap;
    this.#store = store;
    this.#onSent = onSent;
    this.#onReturn = onReturn;
  }

  hold(outgoing: Outgoing): void {
    this.#waiting.set(
      outgoing,
      window.setTimeout(() => void this.#submit(outgoing), takeBackMs),
    );
    this.#store.say(words().sendingMail, () => this.#takeBack(outgoing));
  }

  /** The page goes away: what waits is sent without being waited for. */
  leave(): void {
    for (const outgoing of this.#waiting.keys())
      this.#jmap.send(['EmailSubmission/set', this.#submission(outgoing)]);
    for (const timer of this.#waiting.values()) window.clearTimeout(timer);
    this.#waiting.clear();
  }

  #takeBack(outgoing: Outgoing): void {
    const timer = this.#waiting.get(outgoing);
    if (timer === undefined) return;
    window.clearTimeout(timer);
    this.#waiting.delete(outgoing);
    this.#onReturn(outgoing.draft, null);
  }

  async #submit(outgoing: Outgoing): Promise<void> {
    this.#waiting.delete(outgoing);
    const { draft } = outgoing;
    // From here on it cannot be taken back, and nothing offers to.
    this.#store.say(words().sendingNow);
    try {
      const answered = await this.#jmap.call('EmailSubmission/set', this.#submission(outgoing));
      const refused = (answered['notCreated'] as Readonly<Record<string, SetErrorObject>> | null)?.['sent'];
      if (refused) return this.#onReturn(draft, faultsOfRefusal(refused, words()));
      this.#store.say(isHeld(answered) ? words().mailHeld : words().mailSent);
      this.#onSent(draft);
    } catch (error) {
      if (!(error instanceof JmapFailure)) throw error;
      const text = error.kind === 'unreachable' ? words().notSentOffline : words().notSent('');
      this.#onReturn(draft, { said: { text }, refused: [] });
    }
  }

  /** It leaves Drafts for Sent as soon as the server has taken it over (RFC 8621 §7.5). */
  #submission({ identityId, emailId, draft: { resubmits } }: Outgoing): Arguments {
    const [drafts, sent] = [this.#store.byRole('drafts'), this.#store.byRole('sent')];
    const moved =
      drafts && sent ? { [`mailboxIds/${drafts.id}`]: null, [`mailboxIds/${sent.id}`]: true } : {};
    return {
      create: { sent: { identityId, emailId, ...(resubmits && { 'muniment:resubmits': resubmits }) } },
      onSuccessUpdateEmail: { '#sent': { ...moved, 'keywords/$draft': null, 'keywords/$seen': true } },
    };
  }
}

/** What waits for an approval can still be taken back (RFC 8621 §7). */
function isHeld(answered: Arguments): boolean {
  const created = answered['created'] as Readonly<Record<string, { readonly undoStatus?: string }>> | null;
  return created?.['sent']?.undoStatus === 'pending';
}
