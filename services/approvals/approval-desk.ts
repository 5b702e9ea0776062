/**
 * Decisions on held mail, one mail at a time. Who may decide follows from the approval's own stream; that a mail is what
 * was looked at follows from the address of its octets.
 */
import { approvalAccess, type Permit, type Subject } from '../../policies/access.ts';
import type { Dispatcher } from '../dispatch.ts';
import { account, type Role } from '../domain/account.ts';
import { type ApprovalCommand, type ApprovalState, approval } from '../domain/approval.ts';
import type { Actor } from '../domain/event.ts';
import { isRefusal, type Refusal, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { Reviewers } from './reviewers.ts';

export interface ApprovalDecision {
  readonly kind: 'release' | 'return';
  /** Address of the blob that was looked at, hex. */
  readonly octets: string;
  readonly comment: string;
}

export interface DeskParts {
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  readonly reviewers: Pick<Reviewers, 'isAway'>;
  readonly now: () => number;
}

export const maxCommentCharacters = 4000;

/** Every method throws `Refused` where the domain says no. */
export class ApprovalDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** What may be asked of the table of access for that approval; refused where there is none. */
  async permitted(id: Uuid, subject: Subject): Promise<Permit<'reviewMail'> | Refusal> {
    const { state } = await this.#parts.dispatcher.load(approval, id);
    if (!state.request) return refuse('approvalNotFound');
    const isAway = await this.#parts.reviewers.isAway(state.reviewer, this.#parts.now());
    return approvalAccess(subject, { ...state, submitter: state.request.submitter }, isAway);
  }

  /** `by` decides; `actor` is who asks for it: the same, or somebody at the command line of the machine. */
  async decide(id: Uuid, decision: ApprovalDecision, by: Uuid, actor: Actor): Promise<ApprovalState> {
    const { kind, octets, comment } = decision;
    if (comment.length > maxCommentCharacters)
      throw new Refused(refuse('requestTooLarge', 'the comment is too long'));
    const { reviewer } = (await this.#parts.dispatcher.load(approval, id)).state;
    const reviewerAway = await this.#parts.reviewers.isAway(reviewer, this.#parts.now());
    const byRoles = await this.#rolesOf(by);
    return this.#perform(id, { kind, by, octets, reviewerAway, byRoles, comment }, actor);
  }

  /** The sender takes the mail back. */
  withdraw(id: Uuid, by: Uuid, actor: Actor): Promise<ApprovalState> {
    return this.#perform(id, { kind: 'withdraw', by }, actor);
  }

  /** Of somebody who may act at all; nobody else has a role. */
  async #rolesOf(by: Uuid): Promise<readonly Role[]> {
    const { state } = await this.#parts.dispatcher.load(account, by);
    if (state.status !== 'active') throw new Refused(refuse('accountFrozen'));
    return [...state.roles];
  }

  async #perform(id: Uuid, command: ApprovalCommand, actor: Actor): Promise<ApprovalState> {
    const context = { actor, cause: null, now: this.#parts.now() };
    const outcome = await this.#parts.dispatcher.dispatch(approval, id, command, context);
    if (isRefusal(outcome)) throw new Refused(outcome);
    return outcome.state;
  }
}
