/** The desks of webmail: what each says of itself where one is not on it. Pure. */
import type { IconName } from '../../elements/icon.ts';
import type { Messages } from '../../i18n/en.ts';
import type { Approvals } from '../approvals/approvals.ts';
import type { Supervision } from '../supervision/supervision.ts';

export const deskNames = ['approvals', 'supervision'] as const;
export type DeskName = (typeof deskNames)[number];

export interface DeskStates {
  readonly approvals: Approvals;
  readonly supervision: Supervision;
}

export interface NamedDesk {
  readonly isOpen: boolean;
  /** Whether there is a way to it among the folders. */
  readonly isShown: boolean;
  /** How many wait, in words; empty where none does. */
  readonly waiting: string;
  /** The number in it. */
  readonly count: number;
  /** Some wait longer than they should. */
  readonly isLate: boolean;
  readonly picture: IconName;
  /** Name of the badge, for whoever looks for it. */
  readonly badge: string;
}

export function deskNamed(
  name: DeskName,
  { approvals, supervision }: DeskStates,
  words: Messages,
): NamedDesk {
  if (name === 'approvals') {
    const { waiting, place } = approvals;
    return {
      isOpen: place !== null,
      isShown: true,
      waiting: waiting > 0 ? words.toApprove(waiting) : '',
      count: waiting,
      isLate: false,
      picture: 'check',
      badge: 'approval-badge',
    };
  }
  const { waiting, overdue, place, isSupervisor } = supervision;
  return {
    isOpen: place !== null,
    isShown: isSupervisor || place !== null,
    waiting: overdue > 0 ? words.reviewsOverdue(overdue) : waiting > 0 ? words.toReview(waiting) : '',
    count: overdue || waiting,
    isLate: overdue > 0,
    picture: 'eye',
    badge: 'supervision-badge',
  };
}
