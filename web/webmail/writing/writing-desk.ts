/**
 * The mail that is being written: one at a time. It is kept on this device at once and on the server soon after; what
 * cannot reach the server stays here and is tried again. Elements listen to `change`.
 */
import { words } from '../../i18n/language.ts';
import type { Email } from '../email.ts';
import { type Jmap, JmapFailure } from '../jmap.ts';
import type { MailStore } from '../mail-store.ts';
import { type AnswerKind, answerDraft, type Identity } from './answer.ts';
import { faultsOf } from './before-sending.ts';
import { type Draft, emptyDraft, isBlank } from './draft.ts';
import { draftOfEmail, resubmission } from './draft-email.ts';
import { DraftFiles } from './draft-files.ts';
import { DraftKeeper, type Keeping } from './draft-keeper.ts';
import { htmlOf } from './html-text.ts';
import { KnownPeople } from './known-people.ts';
import { Outbox } from './outbox.ts';
import { quoteWords, withPlainText } from './quote-words.ts';
import { withSignature } from './signature.ts';
import { type FieldFaults, noFaults } from './submission-fault.ts';

const keptRich = 'muniment.rich-text';

export class WritingDesk extends EventTarget {
  draft: Draft | null = null;
  faults: FieldFaults = noFaults;
  identities: readonly Identity[] = [];
  /** The mail is on its way to the server. */
  isSending = false;
  readonly known = new KnownPeople();
  readonly files: DraftFiles;
  /** What stands in the editor and not in the draft yet. */
  collect: () => Partial<Draft> = () => ({});
  readonly #jmap: Jmap;
  readonly #store: MailStore;
  readonly #keeper: DraftKeeper;
  readonly #outbox: Outbox;
  #isLearned = false;

  constructor(jmap: Jmap, store: MailStore) {
    super();
    this.#jmap = jmap;
    this.#store = store;
    this.#keeper = new DraftKeeper(jmap, store, this);
    this.files = new DraftFiles(jmap, this);
    this.#outbox = new Outbox(
      jmap,
      store,
      (draft) => this.#wasSent(draft),
      (draft, faults) => void this.#open(draft, faults ?? noFaults),
    );
    window.addEventListener('pagehide', this.#onLeave);
    window.addEventListener('online', this.#onOnline);
  }

  dispose(): void {
    this.#onLeave();
    window.removeEventListener('pagehide', this.#onLeave);
    window.removeEventListener('online', this.#onOnline);
    this.#keeper.stop();
  }

  get keeping(): Keeping {
    return this.#keeper.keeping;
  }

  get identity(): Identity | null {
    const { identities, draft } = this;
    return identities.find(({ id }) => id === draft?.identityId) ?? identities[0] ?? null;
  }

  /** A draft that a closed page or a lost network has left behind comes back. */
  async restore(): Promise<void> {
    const [left] = await this.#keeper.device.all();
    if (!left || this.draft !== null) return;
    this.files.restore(left.files);
    await this.#open(left.draft);
    this.#keeper.begin({ place: 'device', atMs: left.keptAtMs });
    this.files.goOn();
    this.touch();
  }

  async begin(): Promise<void> {
    await this.#prepare();
    await this.#open(withSignature(emptyDraft(isRichWanted()), this.#firstIdentity()));
  }

  async answer(mail: Email, kind: AnswerKind): Promise<void> {
    await this.#prepare();
    const draft = answerDraft(withPlainText(mail), kind, this.identities, quoteWords(mail), isRichWanted());
    const identity = this.identities.find(({ id }) => id === draft.identityId) ?? this.#firstIdentity();
    await this.#open(withSignature(draft, identity));
  }

  /** Writes on at a draft that the server has. */
  async edit(mail: Email): Promise<void> {
    if (this.draft?.emailId === mail.id) return;
    await this.#prepare();
    await this.#open(draftOfEmail(mail, this.identities));
    this.#keeper.begin({ place: 'server', atMs: Date.parse(mail.receivedAt) });
    this.tell();
  }

  /** Corrects a mail that came back; false where it is in no mailbox any more, or was sent by another program. */
  async resubmit(message: string, approval: string): Promise<boolean> {
    let mail: Email | null = null;
    await this.#attempt(async () => {
      const { list } = await this.#jmap.call('EmailSubmission/get', {
        ids: [message],
        properties: ['emailId'],
      });
      const [sent] = list as { emailId: string }[];
      mail = sent ? await this.#store.opened.whole(sent.emailId) : null;
    });
    if (mail === null) return false;
    await this.#prepare();
    await this.#open(resubmission(mail, this.identities, approval));
    this.touch();
    return true;
  }

  change(patch: Partial<Draft>): void {
    if (!this.draft) return;
    this.draft = { ...this.draft, ...patch };
    if (patch.isRich !== undefined) localStorage.setItem(keptRich, patch.isRich ? 'on' : 'off');
    this.faults = noFaults;
    this.touch();
  }

  /** Something changed that is collected later. */
  touch(): void {
    this.#keeper.isDirty = true;
    this.#keeper.schedule();
    this.tell();
  }

  /** Saves what there is and puts it aside. */
  async close(): Promise<void> {
    const draft = this.gathered();
    if (!draft) return;
    if (isBlank(draft)) return this.discard();
    if (this.#keeper.isDirty) await this.#keeper.keepOnDevice(draft);
    const isKept = !this.#keeper.isDirty || (await this.#keeper.keepOnServer());
    if (this.draft?.key !== draft.key) return;
    this.#putAway();
    this.#store.say(isKept ? words().draftKept : words().draftOnDevice);
  }

  /** Throws it away, here and on the server. */
  async discard(): Promise<void> {
    const { draft } = this;
    this.#putAway();
    if (!draft) return;
    await this.#keeper.settled();
    await this.#keeper.device.forget(draft.key);
    if (draft.emailId !== null)
      await this.#attempt(() => this.#jmap.call('Email/set', { destroy: [draft.emailId] }));
  }

  /** False where something is to be mended first; `faults` says what. */
  async send(): Promise<boolean> {
    const draft = this.gathered();
    if (!draft || this.isSending) return false;
    if (!this.#isFaultless(draft)) return false;
    this.isSending = true;
    this.tell();
    await this.#keeper.keepOnDevice(draft);
    const isKept = await this.#keeper.keepOnServer();
    this.isSending = false;
    const { identity } = this;
    const kept = this.draft;
    if (!isKept || identity === null || !kept || kept.emailId === null) {
      if (this.faults === noFaults) this.faults = { said: { text: words().notSentOffline }, refused: [] };
      this.tell();
      return false;
    }
    this.#putAway();
    this.#outbox.hold({ draft: kept, identityId: identity.id, emailId: kept.emailId });
    return true;
  }

  #isFaultless(draft: Draft): boolean {
    const faults = faultsOf(draft);
    if (faults.length === 0) return true;
    const text = words();
    const said = faults.map((fault) => {
      if (fault.kind === 'wrongAddress')
        return ['to', text.wrongAddress(fault.addresses.join(', '))] as const;
      return [fault.field, fault.kind === 'noRecipients' ? text.noRecipients : text.stillUploading] as const;
    });
    this.faults = { said: Object.fromEntries(said), refused: [] };
    this.tell();
    return false;
  }

  async #prepare(): Promise<void> {
    await this.close();
    if (this.identities.length === 0) await this.fetchIdentities();
    if (this.#isLearned) return;
    this.#isLearned = true;
    void this.#attempt(() => this.known.learn(this.#jmap, this.#store.mailboxes));
  }

  async fetchIdentities(): Promise<void> {
    await this.#attempt(async () => {
      const { list } = await this.#jmap.call('Identity/get', { ids: null });
      this.identities = list as Identity[];
    });
    this.tell();
  }

  /** The name and the signature that mail under an address has from now on. */
  async describe({ id }: Identity, name: string, textSignature: string): Promise<void> {
    const htmlSignature = textSignature === '' ? '' : htmlOf(textSignature);
    await this.#attempt(async () => {
      const patch = { name, textSignature, htmlSignature };
      const { notUpdated } = await this.#jmap.call('Identity/set', { update: { [id]: patch } });
      const isKept = Object.keys((notUpdated as object | null) ?? {}).length === 0;
      this.#store.say(isKept ? words().signatureKept : words().serverFailed, null, !isKept);
    });
    await this.fetchIdentities();
  }

  /** The person's own address rather than a shared one. */
  #firstIdentity(): Identity | null {
    const { identities } = this;
    return identities.find(({ email }) => email === this.#store.person.address) ?? identities[0] ?? null;
  }

  async #open(draft: Draft, faults: FieldFaults = noFaults): Promise<void> {
    if (this.draft && this.draft.key !== draft.key) await this.close();
    if (this.identities.length === 0) await this.fetchIdentities();
    const identityId = draft.identityId ?? this.#firstIdentity()?.id ?? null;
    this.draft = { ...draft, identityId };
    this.faults = faults;
    this.#keeper.begin();
    this.tell();
  }

  #putAway(): void {
    this.#keeper.stop();
    this.files.stopAll();
    this.draft = null;
    this.faults = noFaults;
    this.#keeper.isDirty = false;
    this.collect = () => ({});
    this.tell();
  }

  #wasSent({ key, source, to, cc, bcc }: Draft): void {
    void this.#keeper.device.forget(key);
    for (const person of [...to, ...cc, ...bcc]) this.known.add(person, 1);
    if (source) void this.#store.changer.markAlone(source.id, source.keyword);
  }

  /** With what stands in the editor; null where nothing is written. */
  gathered(): Draft | null {
    if (!this.draft) return null;
    this.draft = { ...this.draft, ...this.collect() };
    return this.draft;
  }

  readonly #onOnline = (): void => {
    if (this.#keeper.isDirty) void this.#keeper.keepOnServer();
  };

  readonly #onLeave = (): void => {
    const draft = this.#keeper.isDirty ? this.gathered() : null;
    if (draft && !isBlank(draft)) void this.#keeper.keepOnDevice(draft);
    this.#outbox.leave();
  };

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof JmapFailure)) throw error;
      if (error.kind === 'signedOut') this.#store.endSession();
    }
  }

  tell(): void {
    this.dispatchEvent(new Event('change'));
  }
}

function isRichWanted(): boolean {
  return localStorage.getItem(keptRich) !== 'off';
}
