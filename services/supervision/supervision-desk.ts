/** Reviews of supervised mail, one mail at a time. Who may review follows from the stream of the copy. */
import { type Permit, type Subject, supervisionAccess } from '../../policies/access.ts';
import type { Dispatcher } from '../dispatch.ts';
import { account } from '../domain/account.ts';
import type { Actor } from '../domain/event.ts';
import { isRefusal, type Refusal, Refused, refuse } from '../domain/refusals.ts';
import { type SupervisionState, supervision } from '../domain/supervision.ts';
import type { ReviewOutcome } from '../domain/supervision-events.ts';
import type { Uuid } from '../domain/values.ts';

export interface MailReview {
  readonly outcome: ReviewOutcome;
  readonly note: string;
}

export const maxNoteCharacters = 4000;

export class SupervisionDesk {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  readonly #now: () => number;

  constructor(dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>, now: () => number) {
    this.#dispatcher = dispatcher;
    this.#now = now;
  }

  /** What may be asked of the table of access for that copy; refused where there is none. */
  async permitted(id: Uuid, subject: Subject): Promise<Permit<'superviseMail'> | Refusal> {
    const { copy } = (await this.#dispatcher.load(supervision, id)).state;
    return copy === null ? refuse('supervisionNotFound') : supervisionAccess(subject, copy);
  }

  /**
   * `by` reviews; `actor` is who asks for it: the same, or somebody at the command line of the machine. Throws `Refused`
   * where the domain says no.
   */
  async review(id: Uuid, { outcome, note }: MailReview, by: Uuid, actor: Actor): Promise<SupervisionState> {
    if (note.length > maxNoteCharacters) throw new Refused(refuse('requestTooLarge', 'the note is too long'));
    if ((await this.#dispatcher.load(account, by)).state.status !== 'active')
      throw new Refused(refuse('accountFrozen'));
    const context = { actor, cause: null, now: this.#now() };
    const command = { kind: 'review', by, outcome, note } as const;
    const reviewed = await this.#dispatcher.dispatch(supervision, id, command, context);
    if (isRefusal(reviewed)) throw new Refused(reviewed);
    return reviewed.state;
  }
}
