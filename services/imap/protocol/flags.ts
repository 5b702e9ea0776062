import type { Cursor } from './cursor.ts';
import { parenthesised } from './cursor.ts';
import { atom } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** RFC 9051 §2.3.2, as they are spelled. */
const systemFlags: ReadonlyMap<string, string> = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'].map((flag) => [flag.toUpperCase(), flag]),
);

/** One flag that a client sets: a system flag in its own spelling, a keyword, or null for `\Recent`. */
function flag(cursor: Cursor): string | null {
  if (!cursor.take('\\')) return atom(cursor, 'a flag');
  const name = `\\${atom(cursor, 'the name of a system flag')}`;
  // Clients hand \Recent back as they got it; it cannot be set (RFC 3501 §2.3.2) and need not fail the rest.
  if (name.toUpperCase() === '\\RECENT') return null;
  const known = systemFlags.get(name.toUpperCase());
  if (known === undefined) throw new SyntaxFailure(`There is no system flag ${name}`);
  return known;
}

/** `(\Seen $Junk)`, without `\Recent` and without repeats. */
export function flagList(cursor: Cursor): string[] {
  return distinct(parenthesised(cursor, () => flag(cursor), true));
}

/** A flag list with or without its parentheses (RFC 9051 §9 `store-att-flags`). */
export function looseFlagList(cursor: Cursor): string[] {
  if (cursor.next === '(') return flagList(cursor);
  const flags = [flag(cursor)];
  while (cursor.take(' ')) flags.push(flag(cursor));
  return distinct(flags);
}

function distinct(flags: readonly (string | null)[]): string[] {
  const byName = new Map<string, string>();
  for (const name of flags)
    if (name !== null && !byName.has(name.toUpperCase())) byName.set(name.toUpperCase(), name);
  return [...byName.values()];
}
