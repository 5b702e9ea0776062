/**
 * What a condition answers: yes with reasons, no, or that a fact is missing on which it depends. Joined as in Kleene's
 * logic: what is missing counts only where it could change the answer.
 */
import type { Place } from './mail-view.ts';

/** Why a condition was true. */
export interface Reason {
  /** Where in the rule the condition stands: `when › all › 1`. */
  readonly at: string;
  /** The name of its test; `not` for a condition that had to be untrue. */
  readonly test: string;
  /** How often it was found, where that can be counted. */
  readonly count: number;
  /** The first places. */
  readonly places: readonly Place[];
}

export type Answer =
  | { readonly is: 'yes'; readonly reasons: readonly Reason[] }
  | { readonly is: 'no' }
  /** `missing`: names of facts. */
  | { readonly is: 'unknown'; readonly missing: readonly string[] };

export const no: Answer = { is: 'no' };

export function unknown(...missing: readonly string[]): Answer {
  return { is: 'unknown', missing };
}

/** Each is asked only while the answer is open. */
export function allOf(asked: Iterable<Answer>): Answer {
  const reasons: Reason[] = [];
  const missing: string[] = [];
  for (const answer of asked) {
    if (answer.is === 'no') return no;
    if (answer.is === 'yes') reasons.push(...answer.reasons);
    else missing.push(...answer.missing);
  }
  return missing.length > 0 ? unknown(...missing) : { is: 'yes', reasons };
}

/** All of them are asked, so that every reason is known. */
export function anyOf(asked: Iterable<Answer>): Answer {
  const reasons: Reason[] = [];
  const missing: string[] = [];
  let isTrue = false;
  for (const answer of asked) {
    if (answer.is === 'yes') {
      isTrue = true;
      reasons.push(...answer.reasons);
    } else if (answer.is === 'unknown') missing.push(...answer.missing);
  }
  if (isTrue) return { is: 'yes', reasons };
  return missing.length > 0 ? unknown(...missing) : no;
}

export function notSo(answer: Answer, at: string): Answer {
  if (answer.is === 'unknown') return answer;
  return answer.is === 'yes' ? no : { is: 'yes', reasons: [{ at, test: 'not', count: 0, places: [] }] };
}
