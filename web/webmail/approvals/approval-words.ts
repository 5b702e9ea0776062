/** What the desk says of held mail: its state, who decides, what happened. Pure. */
import type { IconName } from '../../elements/icon.ts';
import type { Messages } from '../../i18n/en.ts';
import type { Approval } from './approvals.ts';

type Role = Approval['reviewerRole'];

export function stateWord({ state, endedBy }: Pick<Approval, 'state' | 'endedBy'>, words: Messages): string {
  const isLate = endedBy === 'deadline';
  const said: Readonly<Record<Approval['state'], string>> = {
    waiting: words.stateWaiting,
    released: isLate ? words.stateSentLate : words.stateReleased,
    returned: isLate ? words.stateReturnedLate : words.stateReturned,
    withdrawn: words.stateWithdrawn,
  };
  return said[state];
}

export const statePicture: Readonly<Record<Approval['state'], IconName>> = {
  waiting: 'hold',
  released: 'check',
  returned: 'reply',
  withdrawn: 'close',
};

/** A class of the desk's sheet. */
export function stateTone(state: Approval['state']): 'good' | 'bad' | 'open' {
  if (state === 'released') return 'good';
  return state === 'returned' ? 'bad' : 'open';
}

/** Who decides: somebody by address, or whoever has the role. */
export function deciderWord(
  { reviewer, reviewerRole }: { readonly reviewer: string | null; readonly reviewerRole: Role },
  words: Messages,
): string {
  if (reviewer) return reviewer;
  if (reviewerRole === 'supervisor') return words.supervisors;
  return reviewerRole === 'auditor' ? words.auditors : words.administrators;
}

export function stepWord(type: string, words: Messages): string {
  const said: Readonly<Record<string, string>> = {
    ApprovalRequested: words.stepRequested,
    ReviewerReminded: words.stepReminded,
    ReviewerReplaced: words.stepReassigned,
    ApprovalDecided: words.stepDecided,
    ApprovalLapsed: words.stepLapsed,
    ApprovalWithdrawn: words.stepWithdrawn,
  };
  return said[type] ?? words.stepOther;
}
