/**
 * Finds numbers of persons, cards, accounts and telephones in a text: runs of digits with single blanks or hyphens
 * between them, tried at each run, so that the time is linear in the text.
 */
import { isBankCard } from './bank-card.ts';
import { ibanLength, isIban } from './iban.ts';
import { isIdentityCard } from './identity-card.ts';
import type { NormalText } from './normal-text.ts';
import type { NumberKind } from './rule-conditions.ts';

export interface FoundNumber {
  readonly kind: NumberKind;
  /** Digits and letters without what separates them: equal for equal numbers. */
  readonly number: string;
  /** Units [start, end) of the normal text. */
  readonly start: number;
  readonly end: number;
}

/** Letters and digits without a gap. */
interface Run {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Single blank or hyphen between this run and the one before. */
  readonly joins: boolean;
}

/** A number is written in so many groups at most. */
const maxRuns = 9;
const maxRunUnits = 40;
/** No kind of number is shorter. */
const minNumberUnits = 8;
const plus = 0x2b;

export function findNumbers(text: NormalText): FoundNumber[] {
  const runs = runsOf(text);
  const found: FoundNumber[] = [];
  for (let first = 0; first < runs.length; ) {
    const number = numberAt(runs, first, text);
    if (number) found.push(number.found);
    first += number ? number.runs : 1;
  }
  return found;
}

/** Runs that a number may consist of. */
function runsOf({ units, length }: NormalText): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < length; at++) {
    if (!isAlphanumeric(units[at]!)) continue;
    const start = at;
    let digits = 0;
    for (; at < length && isAlphanumeric(units[at]!); at++) if (isDigit(units[at]!)) digits++;
    const joins = runs.at(-1)?.end === start - 1 && (units[start - 1] === 0x20 || units[start - 1] === 0x2d);
    const mayBelong = digits > 0 || (joins && at - start <= 4); // groups of an account number may be letters alone
    if (!mayBelong || at - start > maxRunUnits) continue;
    runs.push({ text: String.fromCharCode(...units.subarray(start, at)), start, end: at, joins });
  }
  return runs;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isAlphanumeric(unit: number): boolean {
  return isDigit(unit) || (unit >= 0x61 && unit <= 0x7a);
}

/** The longest number that begins with the run `first`. */
function numberAt(
  runs: readonly Run[],
  first: number,
  text: NormalText,
): { readonly found: FoundNumber; readonly runs: number } | null {
  const begin = runs[first]!;
  const hasPlus = begin.start > 0 && text.units[begin.start - 1] === plus;
  let number = '';
  let best: { readonly found: FoundNumber; readonly runs: number } | null = null;
  for (let i = first; i < runs.length && i < first + maxRuns; i++) {
    const run = runs[i]!;
    if (i > first && !run.joins) break;
    number += run.text;
    if (number.length > maxRunUnits) break;
    if (number.length < minNumberUnits) continue;
    const groups = runs.slice(first, i + 1).map((each) => each.text.length);
    const kind = kindOf(number, groups, hasPlus);
    if (kind) best = { found: { kind, number, start: begin.start, end: run.end }, runs: i - first + 1 };
  }
  return best;
}

function kindOf(number: string, groups: readonly number[], hasPlus: boolean): NumberKind | null {
  if (isIdentityCard(number)) return 'identityCard';
  if (/^[a-z]{2}[0-9]{2}/.test(number) && number.length === ibanLength(number.slice(0, 2))) {
    return isIban(number) ? 'iban' : null;
  }
  if (!/^[0-9]+$/.test(number)) return null;
  if (isGroupedCard(groups) && isBankCard(number)) return 'bankCard';
  return isPhone(number, groups, hasPlus) ? 'phone' : null;
}

/** One run, or groups of four to six with a shorter one at the end. */
function isGroupedCard(groups: readonly number[]): boolean {
  return groups.slice(0, -1).every((length) => length >= 4 && length <= 6) || groups.length === 1;
}

/** Mobile and fixed numbers of China (with or without 86), and E.164 numbers behind a plus. */
function isPhone(number: string, groups: readonly number[], hasPlus: boolean): boolean {
  if (hasPlus) return /^[1-9][0-9]{7,14}$/.test(number);
  if (/^(0086|86)?1[3-9][0-9]{9}$/.test(number)) return true;
  return groups.length > 1 && /^0(10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}$/.test(number);
}
