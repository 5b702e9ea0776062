/** What the desk says of supervised mail: its state, what its review came to. Pure. */
import type { IconName } from '../../elements/icon.ts';
import { shortTime } from '../../i18n/dates.ts';
import type { Messages } from '../../i18n/en.ts';
import type { ReviewOutcome, Supervised } from './supervision.ts';

export function outcomeWord(outcome: ReviewOutcome, words: Messages): string {
  const said: Readonly<Record<ReviewOutcome, string>> = {
    inOrder: words.reviewInOrder,
    objection: words.reviewObjection,
    escalated: words.reviewEscalated,
  };
  return said[outcome];
}

export const outcomePicture: Readonly<Record<ReviewOutcome, IconName>> = {
  inOrder: 'check',
  objection: 'close',
  escalated: 'forward',
};

/** A class of the desk's sheet. */
export function supervisedTone({ state, outcome }: Pick<Supervised, 'state' | 'outcome'>): string {
  if (state === 'overdue') return 'bad';
  if (outcome === null) return 'open';
  return outcome === 'inOrder' ? 'good' : 'bad';
}

/** The term while it waits, what the review came to from then on. */
export function supervisedState(
  { state, outcome, dueAtMs }: Pick<Supervised, 'state' | 'outcome' | 'dueAtMs'>,
  words: Messages,
): string {
  if (outcome !== null) return outcomeWord(outcome, words);
  if (state === 'overdue') return words.reviewOverdue;
  if (dueAtMs === null) return words.reviewWaits;
  return `${words.reviewBy} ${shortTime(new Date(dueAtMs).toISOString(), new Date())}`;
}
