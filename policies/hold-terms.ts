/**
 * On what terms a mail waits that rules hold: for which recipients, who decides, until when, and what happens then. Pure.
 * A mail has one approval; where several rules hold it, the first names who decides, the shortest times count, and it
 * returns to its sender where one of them says so.
 */
import type { DeadlineOutcome, HoldKind } from '../services/domain/approval.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { Action } from './rule-language/rule-actions.ts';
import type { Verdict, VerdictPart } from './rule-language/verdict.ts';

type HoldAction = Extract<Action, { do: 'holdForApproval' }>;

export interface HoldTerms {
  readonly kind: HoldKind;
  /** Ascending. */
  readonly ordinals: readonly number[];
  /** As the rule says it: an address, `leader`, or `role:<role>`. */
  readonly reviewer: string;
  readonly deputy: string | null;
  /** Working hours. */
  readonly remindAfterHours: number | null;
  /** Working hours; null in quarantine. */
  readonly deadlineHours: number | null;
  readonly onDeadline: DeadlineOutcome;
  readonly holds: readonly { readonly rule: Uuid; readonly version: number; readonly reason: string }[];
}

/** Where a rule breaks, or cannot be decided and says nothing of approval. */
const withoutTerms: HoldAction = {
  do: 'holdForApproval',
  reviewer: 'role:administrator',
  remindAfterHours: 8,
  deadlineHours: 24,
  atDeadline: 'return',
};

/** Null where nobody is held. */
export function holdTermsOf(verdict: Verdict): HoldTerms | null {
  const ordinals = [...verdict.recipients.keys()].filter((ordinal) =>
    ['hold', 'quarantine'].includes(verdict.recipients[ordinal]!),
  );
  if (ordinals.length === 0) return null;
  const isQuarantined = verdict.recipients.includes('quarantine');
  const disposition = isQuarantined ? 'quarantine' : 'hold';
  const parts = verdict.parts.filter(
    (part) => part.disposition === disposition && part.recipients.length > 0,
  );
  const holds = parts.map(({ rule, version, name }) => ({ rule, version, reason: name }));
  if (isQuarantined) {
    const nobody = {
      deputy: null,
      remindAfterHours: null,
      deadlineHours: null,
      onDeadline: 'return',
    } as const;
    return { kind: 'quarantine', ordinals, reviewer: withoutTerms.reviewer, ...nobody, holds };
  }
  return { kind: 'approval', ordinals, ...joined(parts.map(actionOf)), holds };
}

function actionOf({ actions }: VerdictPart): HoldAction {
  return actions.find((action) => action.do === 'holdForApproval') ?? withoutTerms;
}

function joined(actions: readonly HoldAction[]) {
  const { reviewer, deputy = null } = actions[0]!;
  const reminders = actions.flatMap(({ remindAfterHours }) => remindAfterHours ?? []);
  return {
    reviewer,
    deputy,
    remindAfterHours: reminders.length === 0 ? null : Math.min(...reminders),
    deadlineHours: Math.min(...actions.map(({ deadlineHours }) => deadlineHours)),
    onDeadline: actions.some(({ atDeadline }) => atDeadline === 'return') ? 'return' : 'deliver',
  } as const;
}
