/** Events of a mail that waits for a decision: stream `approval-<uuid>`, decided on in `approval.ts`. */
import { defineEvents } from './event-type.ts';

/** Clear members of a hold, as the message states it and the request for approval repeats it. */
export const holdMembers = {
  kind: 'oneOf:approval|quarantine',
  /** Address of the blob: the octets that are decided on. */
  octets: 'digest',
  /** The recipients that wait, among all of the message. */
  ordinals: 'ranges',
  /** Null for mail from outside. */
  submitter: 'uuid?',
  /** Null where whoever has the role decides. */
  reviewer: 'uuid?',
  reviewerRole: 'oneOf:supervisor|auditor|administrator?',
  /** Who may decide while the reviewer is away. */
  deputy: 'uuid?',
  /** The rules that hold it, and the version of each. */
  rules: 'uuids',
  ruleVersions: 'integers',
  remindAt: 'time?',
  /** Null in quarantine: there it lies until somebody has decided. */
  dueAt: 'time?',
  /** What happens where nobody has decided by then. */
  onDeadline: 'oneOf:deliver|return',
  /** The approval of the mail that this one was made from, after it had come back. */
  resubmits: 'uuid?',
} as const;

export const holdPersonal = { reasons: 'for each rule its name and why it holds the mail' } as const;

export const approvalEvents = defineEvents({
  ApprovalRequested: {
    version: 1,
    means: 'A mail is held for its recipients of those ordinals until a reviewer has decided.',
    clear: { message: 'uuid', ...holdMembers },
    personal: holdPersonal,
  },
  ReviewerReminded: {
    version: 1,
    means: 'Whoever may decide was reminded of a mail that waits.',
    clear: { message: 'uuid', remindAt: 'time?' },
  },
  ReviewerReplaced: {
    version: 1,
    means: 'Somebody else decides from here on.',
    clear: {
      message: 'uuid',
      reviewer: 'uuid?',
      reviewerRole: 'oneOf:supervisor|auditor|administrator?',
      deputy: 'uuid?',
      because: 'oneOf:left|handedOver',
    },
    personal: { reason: 'why, or empty' },
  },
  ApprovalDecided: {
    version: 1,
    means: 'The mail was released, or went back to its sender; out of quarantine it goes nowhere.',
    clear: {
      message: 'uuid',
      decision: 'oneOf:release|return',
      /** What was looked at: the same as in the request. */
      octets: 'digest',
      by: 'uuid',
      decidedAs: 'oneOf:reviewer|deputy|role',
    },
    personal: { comment: 'what the sender is told, or empty' },
  },
  ApprovalLapsed: {
    version: 1,
    means: 'Nobody decided by the deadline; what had been stated for that case happened.',
    clear: { message: 'uuid', outcome: 'oneOf:deliver|return' },
  },
  ApprovalWithdrawn: {
    version: 1,
    means: 'The sender took the mail back before anybody had decided.',
    clear: { message: 'uuid', by: 'uuid' },
  },
});
