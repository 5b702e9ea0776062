/**
 * Keys by which the rules are found that a mail may concern: what a condition asks for and what a mail shows have the
 * same key. Those of words are in `word-finder.ts`.
 */
import type { AddressField } from './rule-conditions.ts';

/** `pattern` as `addressPattern` makes it. */
export function addressKey(field: AddressField, pattern: string): string {
  return `${field} ${pattern}`;
}

export function headerKey(name: string): string {
  return `header:${name.toLowerCase()}`;
}
