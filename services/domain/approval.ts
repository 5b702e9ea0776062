/**
 * Stream `approval-<uuid>`: one mail that rules hold until somebody has looked at it. Its id follows from the
 * message, so that whoever asks for it twice gets it once. It ends in exactly one outcome, and never silently:
 * where nobody decides, what happens at the deadline was stated at the request.
 */
import { createHash } from 'node:crypto';
import type { Role } from './account.ts';
import { approvalEvents } from './approval-events.ts';
import { type Decision, drafterOf, type FactOf } from './fact.ts';
import { refuse } from './refusals.ts';
import { capacityOf, type Reviewer } from './reviewer.ts';
import { type Uuid, uuidV8 } from './values.ts';

export type DeadlineOutcome = 'deliver' | 'return';
export type HoldKind = 'approval' | 'quarantine';

/** What is known of a hold when the mail is taken over. */
export interface Hold extends Reviewer {
  readonly kind: HoldKind;
  /** Hex. */
  readonly octets: string;
  /** Flat inclusive pairs. */
  readonly ordinals: readonly number[];
  readonly submitter: Uuid | null;
  readonly holds: readonly { readonly rule: Uuid; readonly version: number; readonly reason: string }[];
  readonly remindAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly onDeadline: DeadlineOutcome;
  readonly resubmits: Uuid | null;
}

export interface ApprovalRequest extends Hold {
  readonly message: Uuid;
}

export type ApprovalCommand =
  | { readonly kind: 'request'; readonly request: ApprovalRequest }
  | {
      readonly kind: 'release' | 'return';
      readonly by: Uuid;
      /** Address of the blob that was looked at, hex. */
      readonly octets: string;
      /** By the absence calendar, at this moment: then the deputy may decide. */
      readonly reviewerAway: boolean;
      readonly byRoles: readonly Role[];
      readonly comment: string;
    }
  | { readonly kind: 'withdraw'; readonly by: Uuid }
  | ({
      readonly kind: 'replaceReviewer';
      readonly because: 'left' | 'handedOver';
      readonly reason: string;
    } & Reviewer)
  /** From the clock's side: does nothing before its time, nor after a decision. */
  | { readonly kind: 'remind'; readonly nowMs: number; readonly nextAtMs: number | null }
  | { readonly kind: 'lapse'; readonly nowMs: number };

export type ApprovalOutcome = 'released' | 'returned' | 'withdrawn';

export interface ApprovalState extends Reviewer {
  /** Null before the request. */
  readonly request: {
    readonly kind: HoldKind;
    readonly message: Uuid;
    readonly octets: string;
    readonly submitter: Uuid | null;
    readonly dueAtMs: number | null;
    readonly onDeadline: DeadlineOutcome;
  } | null;
  readonly remindAtMs: number | null;
  /** Null while the mail waits. */
  readonly outcome: ApprovalOutcome | null;
}

const draft = drafterOf(approvalEvents);
const nothing: Decision = { events: [] };

/** Id of the approval of a message. */
export function approvalId(message: Uuid): Uuid {
  return uuidV8(createHash('sha256').update(`approval ${message}`).digest());
}

function decide(state: ApprovalState, command: ApprovalCommand): Decision {
  if (command.kind === 'request') return decideRequest(state, command);
  if (!state.request) return refuse('approvalNotFound');
  switch (command.kind) {
    case 'remind':
    case 'lapse':
      return decideByClock(state, state.request, command);
    case 'replaceReviewer':
      return decideReviewer(state, state.request, command);
    default:
      return decideOutcome(state, state.request, command);
  }
}

/** A second request for the same mail is a repeat after a crash. */
function decideRequest(state: ApprovalState, { request }: ApprovalCommand & { kind: 'request' }): Decision {
  if (state.request) return nothing;
  if (isOwnReview(request, request.submitter)) return refuse('selfApproval');
  const { message } = request;
  const { clear, reasons } = holdOf(request);
  return { events: [draft('ApprovalRequested', { message, ...clear }, { reasons })] };
}

/** A hold as events keep it. */
export function holdOf({ holds, remindAtMs, dueAtMs, ...hold }: Hold) {
  const { kind, octets, ordinals, submitter, reviewer, reviewerRole, deputy, onDeadline, resubmits } = hold;
  const clear = {
    kind,
    octets,
    ordinals,
    submitter,
    reviewer,
    reviewerRole,
    deputy,
    rules: holds.map(({ rule }) => rule),
    ruleVersions: holds.map(({ version }) => version),
    remindAt: remindAtMs,
    dueAt: dueAtMs,
    onDeadline,
    resubmits,
  };
  return { clear, reasons: holds.map(({ reason }) => reason) };
}

function isOwnReview({ reviewer, deputy }: Reviewer, submitter: Uuid | null): boolean {
  return submitter !== null && (reviewer === submitter || deputy === submitter);
}

type Request = NonNullable<ApprovalState['request']>;

function decideOutcome(
  state: ApprovalState,
  request: Request,
  command: ApprovalCommand & { kind: 'release' | 'return' | 'withdraw' },
): Decision {
  if (state.outcome !== null) return refuse('approvalEnded', state.outcome);
  const { message } = request;
  if (command.kind === 'withdraw') {
    if (command.by !== request.submitter) return refuse('notPermitted');
    return { events: [draft('ApprovalWithdrawn', { message, by: command.by })] };
  }
  const { kind: decision, by, octets, comment } = command;
  if (by === request.submitter) return refuse('selfApproval');
  const decidedAs = capacityOf(state, by, command.byRoles, command.reviewerAway);
  if (decidedAs === null) return refuse('notReviewer');
  if (octets !== request.octets) return refuse('octetsDiffer');
  if (comment === '' && (decision === 'return' || request.kind === 'quarantine'))
    return refuse('commentMissing');
  return { events: [draft('ApprovalDecided', { message, decision, octets, by, decidedAs }, { comment })] };
}

function decideReviewer(
  state: ApprovalState,
  request: Request,
  { reviewer, reviewerRole, deputy, because, reason }: ApprovalCommand & { kind: 'replaceReviewer' },
): Decision {
  if (state.outcome !== null) return refuse('approvalEnded', state.outcome);
  const { message, submitter } = request;
  if (isOwnReview({ reviewer, reviewerRole, deputy }, submitter)) return refuse('selfApproval');
  const isSame = reviewer === state.reviewer && reviewerRole === state.reviewerRole;
  if (isSame && deputy === state.deputy) return nothing;
  const clear = { message, reviewer, reviewerRole, deputy, because };
  return { events: [draft('ReviewerReplaced', clear, { reason })] };
}

function decideByClock(
  state: ApprovalState,
  { message, dueAtMs, onDeadline }: Request,
  command: ApprovalCommand & { kind: 'remind' | 'lapse' },
): Decision {
  if (state.outcome !== null) return nothing;
  if (command.kind === 'lapse') {
    if (dueAtMs === null || command.nowMs < dueAtMs) return nothing;
    return { events: [draft('ApprovalLapsed', { message, outcome: onDeadline })] };
  }
  const { nowMs, nextAtMs } = command;
  if (state.remindAtMs === null || nowMs < state.remindAtMs) return nothing;
  // A reminder that would come with the deadline, or at once again, helps nobody.
  const isUseful = nextAtMs !== null && nextAtMs > nowMs && nextAtMs < (dueAtMs ?? Number.POSITIVE_INFINITY);
  return { events: [draft('ReviewerReminded', { message, remindAt: isUseful ? nextAtMs : null })] };
}

function evolve(state: ApprovalState, { type, data }: FactOf<typeof approvalEvents>): ApprovalState {
  switch (type) {
    case 'ApprovalRequested': {
      const { kind, message, octets, submitter, dueAt: dueAtMs, onDeadline } = data;
      const request = { kind, message, octets, submitter, dueAtMs, onDeadline };
      const { reviewer, reviewerRole, deputy, remindAt } = data;
      return { request, reviewer, reviewerRole, deputy, remindAtMs: remindAt, outcome: null };
    }
    case 'ReviewerReminded':
      return { ...state, remindAtMs: data.remindAt };
    case 'ReviewerReplaced':
      return {
        ...state,
        reviewer: data.reviewer,
        reviewerRole: data.reviewerRole,
        deputy: data.deputy,
      };
    case 'ApprovalDecided':
      return { ...state, outcome: data.decision === 'release' ? 'released' : 'returned' };
    case 'ApprovalLapsed':
      return { ...state, outcome: data.outcome === 'deliver' ? 'released' : 'returned' };
    case 'ApprovalWithdrawn':
      return { ...state, outcome: 'withdrawn' };
  }
}

export const approval = {
  category: 'approval',
  initial: (): ApprovalState => ({
    request: null,
    reviewer: null,
    reviewerRole: null,
    deputy: null,
    remindAtMs: null,
    outcome: null,
  }),
  decide,
  evolve,
} as const;
