import type { Cursor } from './cursor.ts';
import { maxNumber } from './limits.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** `$` (RFC 9051 §6.4.4.1): what the last SEARCH RETURN (SAVE) found. */
export interface SavedResult {
  readonly saved: true;
}

/**
 * RFC 9051 §9 `sequence-set`: pairs of message numbers or UIDs as they were written, `[from, to, from, to, …]`.
 * `*` is Infinity until `resolveSet` knows the largest number in use.
 */
export interface NumberSet {
  readonly saved: false;
  readonly pairs: readonly number[];
}

export type SequenceSet = SavedResult | NumberSet;

const setPattern = /[0-9*][0-9*:,]*/y;
const elementPattern = /^([1-9][0-9]{0,9}|\*)(?::([1-9][0-9]{0,9}|\*))?$/;

/** Reads a sequence set or `$`. The line's length bounds how many pairs there are. */
export function sequenceSet(cursor: Cursor): SequenceSet {
  if (cursor.take('$')) return { saved: true };
  return numberSet(cursor);
}

/** Reads a sequence set without `$`. */
export function numberSet(cursor: Cursor): NumberSet {
  const text = cursor.match(setPattern);
  if (text === null) throw new SyntaxFailure('Expected a sequence set');
  const pairs: number[] = [];
  for (const element of text.split(',')) {
    const found = elementPattern.exec(element);
    if (found === null) throw new SyntaxFailure('Invalid sequence set');
    const first = bound(found[1]!);
    pairs.push(first, found[2] === undefined ? first : bound(found[2]));
  }
  return { saved: false, pairs };
}

function bound(text: string): number {
  if (text === '*') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (value > maxNumber) throw new SyntaxFailure('A number of the sequence set is too large');
  return value;
}

/**
 * Ascending, disjoint ranges `[first, last, …]` of a set within 1 to `largest`; `*` is `largest`, so that
 * `559:*` holds the last message whatever its number (RFC 9051 §9). Costs the pairs, not the numbers.
 */
export function resolveSet(set: NumberSet, largest: number): number[] {
  const sorted: [number, number][] = [];
  for (let i = 0; i < set.pairs.length; i += 2) {
    const a = known(set.pairs[i]!, largest);
    const b = known(set.pairs[i + 1]!, largest);
    const first = Math.min(a, b);
    if (first >= 1 && first <= largest) sorted.push([first, Math.min(Math.max(a, b), largest)]);
  }
  sorted.sort((left, right) => left[0] - right[0]);
  return joined(sorted);
}

function known(value: number, largest: number): number {
  return value === Number.POSITIVE_INFINITY ? largest : value;
}

function joined(sorted: readonly (readonly [number, number])[]): number[] {
  const ranges: number[] = [];
  for (const [first, last] of sorted) {
    const end = ranges.length - 1;
    if (end > 0 && first <= ranges[end]! + 1) ranges[end] = Math.max(ranges[end]!, last);
    else ranges.push(first, last);
  }
  return ranges;
}

/** Largest number that a set names outright, `*` aside; 0 where it names none. */
export function largestNamed(set: NumberSet): number {
  let largest = 0;
  for (const value of set.pairs) if (value !== Number.POSITIVE_INFINITY && value > largest) largest = value;
  return largest;
}

/** `1:3,7` of flat ranges: the shortest text for them (RFC 9051 §9 `uid-set`). */
export function rangesText(ranges: readonly number[]): string {
  const elements: string[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const first = ranges[i]!;
    const last = ranges[i + 1]!;
    elements.push(first === last ? `${first}` : `${first}:${last}`);
  }
  return elements.join(',');
}

/** Flat ranges of numbers in the order given: a new pair wherever a number is not its predecessor plus one. */
export function rangesInOrder(numbers: Iterable<number>): number[] {
  const ranges: number[] = [];
  for (const value of numbers) {
    const end = ranges.length - 1;
    if (end > 0 && ranges[end] === value - 1) ranges[end] = value;
    else ranges.push(value, value);
  }
  return ranges;
}
