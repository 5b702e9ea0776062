/**
 * What rules want supervised of a mail, and by whom: pure. Each rule may name supervisors of its own; a supervisor gets
 * a mail once, however many rules ask for it.
 */
import type { SupervisedCopy } from '../services/domain/supervision.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { Action } from './rule-language/rule-actions.ts';
import type { Verdict } from './rule-language/verdict.ts';

/** The leader over whoever's mail it is. */
export const leaderOffice = 'leader';

/** What one rule asks for. */
export interface SupervisionWanted {
  readonly rule: Uuid;
  readonly version: number;
  readonly reason: string;
  readonly people: readonly Uuid[];
  /** As the rule says it: addresses, or `leader`. */
  readonly to: readonly string[];
  /** Working hours; null where the review has no term. */
  readonly reviewWithinHours: number | null;
  readonly sealedBecause: string | null;
}

export function supervisionWanted({ parts }: Verdict): SupervisionWanted[] {
  return parts.flatMap(({ rule, version, name, people, actions }) =>
    actions.filter(isCopy).map(({ to = [leaderOffice], reviewWithinHours = null, sealed = null }) => ({
      ...{ rule, version, people, to, reviewWithinHours },
      reason: name,
      sealedBecause: sealed,
    })),
  );
}

function isCopy(action: Action): action is Extract<Action, { do: 'copyToSupervisors' }> {
  return action.do === 'copyToSupervisors';
}

/** People of all copies of one mail together: the events of a mail keep within one append. */
const maxPeople = 5000;

/** One copy for each supervisor: the nearest term counts, and it is sealed only where every rule seals it. */
export function joinedCopies(copies: readonly SupervisedCopy[]): SupervisedCopy[] {
  const joined = new Map<Uuid, SupervisedCopy>();
  for (const copy of copies) {
    const known = joined.get(copy.supervisor);
    joined.set(copy.supervisor, known ? join(known, copy) : copy);
  }
  const room = Math.max(1, Math.floor(maxPeople / Math.max(1, joined.size)));
  return [...joined.values()].map((copy) => ({ ...copy, people: copy.people.slice(0, room) }));
}

function join(one: SupervisedCopy, other: SupervisedCopy): SupervisedCopy {
  const terms = [one.dueAtMs, other.dueAtMs].filter((dueAtMs) => dueAtMs !== null);
  const isTold = one.sealedBecause === null || other.sealedBecause === null;
  const known = new Set(one.copies.map(({ rule }) => rule));
  const copies = [one, other].map((each) => (isTold ? unnamed(each) : each.copies));
  return {
    supervisor: one.supervisor,
    people: [...new Set([...one.people, ...other.people])],
    copies: [...copies[0]!, ...copies[1]!.filter(({ rule }) => !known.has(rule))],
    dueAtMs: terms.length === 0 ? null : Math.min(...terms),
    sealedBecause: isTold ? null : one.sealedBecause,
  };
}

/** What people may know of a copy does not name a rule that would keep it from them. */
function unnamed({ copies, sealedBecause }: SupervisedCopy): SupervisedCopy['copies'] {
  return sealedBecause === null ? copies : copies.map((copy) => ({ ...copy, reason: '' }));
}
