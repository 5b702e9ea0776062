/**
 * Stream `approval-<uuid>`: one mail that rules hold until somebody has looked at it. Its id follows from the
 * message, so that whoever asks for it twice gets it once. It ends in exactly one outcome, and never silently:
 * where nobody decides, what happens at the deadline was stated at the request.
 */
import { createHash } from 'node:crypto';
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf } from './fact.ts';
import { refuse } from './refusals.ts';
import { type Uuid, uuidV8 } from './values.ts';

export const approvalEvents = defineEvents({
  ApprovalRequested: {
    version: 1,
    means: 'A mail is held for its recipients of those ordinals until a reviewer has decided.',
    clear: {
      message: 'uuid',
      /** Address of the blob: the octets that are decided on. */
      octets: 'digest',
      /** The recipients that wait, among all of the message. */
      ordinals: 'ranges',
      submitter: 'uuid',
      reviewer: 'uuid',
      /** Who may decide while the reviewer is away. */
      deputy: 'uuid?',
      /** The rules that hold it, and the version of each. */
      rules: 'uuids',
      ruleVersions: 'integers',
      remindAt: 'time?',
      dueAt: 'time',
      /** What happens where nobody has decided by then. */
      onDeadline: 'oneOf:deliver|return',
      /** The approval of the mail that this one was made from, after it had come back. */
      resubmits: 'uuid?',
    },
    personal: { reasons: 'for each rule why it holds the mail' },
  },
  ReviewerReminded: {
    version: 1,
    means: 'Whoever may decide was reminded of a mail that waits.',
    clear: { remindAt: 'time?' },
  },
  ReviewerReplaced: {
    version: 1,
    means: 'Somebody else decides from here on.',
    clear: { reviewer: 'uuid', deputy: 'uuid?', because: 'oneOf:left|handedOver' },
    personal: { reason: 'why, or empty' },
  },
  ApprovalDecided: {
    version: 1,
    means: 'The mail was released, or went back to its sender.',
    clear: {
      decision: 'oneOf:release|return',
      /** What was looked at: the same as in the request. */
      octets: 'digest',
      by: 'uuid',
      decidedAs: 'oneOf:reviewer|deputy',
    },
    personal: { comment: 'what the sender is told, or empty' },
  },
  ApprovalLapsed: {
    version: 1,
    means: 'Nobody decided by the deadline; what had been stated for that case happened.',
    clear: { outcome: 'oneOf:deliver|return' },
  },
  ApprovalWithdrawn: {
    version: 1,
    means: 'The sender took the mail back before anybody had decided.',
    clear: { by: 'uuid' },
  },
});

export type DeadlineOutcome = 'deliver' | 'return';

export interface ApprovalRequest {
  readonly message: Uuid;
  /** Hex. */
  readonly octets: string;
  /** Flat inclusive pairs. */
  readonly ordinals: readonly number[];
  readonly submitter: Uuid;
  readonly reviewer: Uuid;
  readonly deputy: Uuid | null;
  readonly holds: readonly { readonly rule: Uuid; readonly version: number; readonly reason: string }[];
  readonly remindAtMs: number | null;
  readonly dueAtMs: number;
  readonly onDeadline: DeadlineOutcome;
  readonly resubmits: Uuid | null;
}

export type ApprovalCommand =
  | ({ readonly kind: 'request' } & ApprovalRequest)
  | {
      readonly kind: 'release' | 'return';
      readonly by: Uuid;
      /** Address of the blob that was looked at, hex. */
      readonly octets: string;
      /** By the absence calendar, at this moment: then the deputy may decide. */
      readonly reviewerAway: boolean;
      readonly comment: string;
    }
  | { readonly kind: 'withdraw'; readonly by: Uuid }
  | {
      readonly kind: 'replaceReviewer';
      readonly reviewer: Uuid;
      readonly deputy: Uuid | null;
      readonly because: 'left' | 'handedOver';
      readonly reason: string;
    }
  /** From the clock's side: does nothing before its time, nor after a decision. */
  | { readonly kind: 'remind'; readonly nowMs: number; readonly nextAtMs: number | null }
  | { readonly kind: 'lapse'; readonly nowMs: number };

export type ApprovalOutcome = 'released' | 'returned' | 'withdrawn';

export interface ApprovalState {
  /** Null before the request. */
  readonly request: {
    readonly message: Uuid;
    readonly octets: string;
    readonly submitter: Uuid;
    readonly dueAtMs: number;
    readonly onDeadline: DeadlineOutcome;
  } | null;
  readonly reviewer: Uuid | null;
  readonly deputy: Uuid | null;
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
function decideRequest(state: ApprovalState, command: ApprovalCommand & { kind: 'request' }): Decision {
  if (state.request) return nothing;
  const { message, octets, ordinals, submitter, reviewer, deputy, holds, resubmits, onDeadline } = command;
  if (reviewer === submitter || deputy === submitter) return refuse('selfApproval');
  const data = {
    message,
    octets,
    ordinals,
    submitter,
    reviewer,
    deputy,
    rules: holds.map(({ rule }) => rule),
    ruleVersions: holds.map(({ version }) => version),
    remindAt: command.remindAtMs,
    dueAt: command.dueAtMs,
    onDeadline,
    resubmits,
  };
  return { events: [draft('ApprovalRequested', data, { reasons: holds.map(({ reason }) => reason) })] };
}

type Request = NonNullable<ApprovalState['request']>;

function decideOutcome(
  state: ApprovalState,
  request: Request,
  command: ApprovalCommand & { kind: 'release' | 'return' | 'withdraw' },
): Decision {
  if (state.outcome !== null) return refuse('approvalEnded', state.outcome);
  if (command.kind === 'withdraw') {
    if (command.by !== request.submitter) return refuse('notPermitted');
    return { events: [draft('ApprovalWithdrawn', { by: command.by })] };
  }
  const { kind: decision, by, octets, comment } = command;
  if (by === request.submitter) return refuse('selfApproval');
  const decidedAs = capacityOf(state, by, command.reviewerAway);
  if (decidedAs === null) return refuse('notReviewer');
  if (octets !== request.octets) return refuse('octetsDiffer');
  return { events: [draft('ApprovalDecided', { decision, octets, by, decidedAs }, { comment })] };
}

function capacityOf(state: ApprovalState, by: Uuid, reviewerAway: boolean): 'reviewer' | 'deputy' | null {
  if (by === state.reviewer) return 'reviewer';
  return by === state.deputy && reviewerAway ? 'deputy' : null;
}

function decideReviewer(
  state: ApprovalState,
  request: Request,
  { reviewer, deputy, because, reason }: ApprovalCommand & { kind: 'replaceReviewer' },
): Decision {
  if (state.outcome !== null) return refuse('approvalEnded', state.outcome);
  if (reviewer === request.submitter || deputy === request.submitter) return refuse('selfApproval');
  if (reviewer === state.reviewer && deputy === state.deputy) return nothing;
  return { events: [draft('ReviewerReplaced', { reviewer, deputy, because }, { reason })] };
}

function decideByClock(
  state: ApprovalState,
  { dueAtMs, onDeadline }: Request,
  command: ApprovalCommand & { kind: 'remind' | 'lapse' },
): Decision {
  if (state.outcome !== null) return nothing;
  if (command.kind === 'lapse') {
    return command.nowMs < dueAtMs ? nothing : { events: [draft('ApprovalLapsed', { outcome: onDeadline })] };
  }
  const { nowMs, nextAtMs } = command;
  if (state.remindAtMs === null || nowMs < state.remindAtMs) return nothing;
  // A reminder that would come with the deadline, or at once again, helps nobody.
  const remindAt = nextAtMs !== null && nextAtMs > nowMs && nextAtMs < dueAtMs ? nextAtMs : null;
  return { events: [draft('ReviewerReminded', { remindAt })] };
}

function evolve(state: ApprovalState, { type, data }: FactOf<typeof approvalEvents>): ApprovalState {
  switch (type) {
    case 'ApprovalRequested': {
      const { message, octets, submitter, dueAt: dueAtMs, onDeadline, reviewer, deputy, remindAt } = data;
      const request = { message, octets, submitter, dueAtMs, onDeadline };
      return { request, reviewer, deputy, remindAtMs: remindAt, outcome: null };
    }
    case 'ReviewerReminded':
      return { ...state, remindAtMs: data.remindAt };
    case 'ReviewerReplaced':
      return { ...state, reviewer: data.reviewer, deputy: data.deputy };
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
    deputy: null,
    remindAtMs: null,
    outcome: null,
  }),
  decide,
  evolve,
} as const;
