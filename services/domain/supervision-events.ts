/** Events of a copy for supervision: stream `supervision-<uuid>`, decided on in `supervision.ts`. */
import { defineEvents } from './event-type.ts';

/** What a review may come to. */
export const reviewOutcomes = ['inOrder', 'objection', 'escalated'] as const;
export type ReviewOutcome = (typeof reviewOutcomes)[number];

/** Clear members of a copy, as the message states it and the copy repeats it. */
export const supervisionMembers = {
  supervisor: 'uuid',
  /** Whose mail it is that is supervised. */
  people: 'uuids',
  /** The rules that ask for the copy, and the version of each. */
  rules: 'uuids',
  ruleVersions: 'integers',
  /** When it is to have been reviewed; null where no rule says. */
  dueAt: 'time?',
  /** These people are not told that the supervisor looked at it. */
  sealed: 'boolean',
} as const;

export const supervisionPersonal = {
  reasons: 'for each rule its name',
  sealedBecause: 'why these people are not told, or empty',
} as const;

export const supervisionEvents = defineEvents({
  CopiedForSupervision: {
    version: 1,
    means: 'A supervisor has a mail to look at; the copy has no octets of its own.',
    clear: { message: 'uuid', ...supervisionMembers },
    personal: supervisionPersonal,
  },
  SupervisorReplaced: {
    version: 1,
    means: 'The supervisor has left before the review; somebody else supervises the mail from here on.',
    clear: { message: 'uuid', supervisor: 'uuid' },
  },
  CopyReviewed: {
    version: 1,
    means: 'The supervisor has reviewed the mail. That it was opened is no review.',
    clear: { message: 'uuid', by: 'uuid', outcome: 'oneOf:inOrder|objection|escalated' },
    personal: { note: 'what was found or done, or empty' },
  },
});
