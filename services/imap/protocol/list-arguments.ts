import { type Cursor, parenthesised } from './cursor.ts';
import type { OctetString } from './octet-string.ts';
import { type StatusItem, statusItems } from './status-items.ts';
import { astring } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

const selectionOptions = ['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'] as const;
export type ListSelection = (typeof selectionOptions)[number];

export interface ListReturn {
  readonly subscribed: boolean;
  readonly children: boolean;
  readonly specialUse: boolean;
  /** RFC 5819: a STATUS behind each LIST; null where not asked for. */
  readonly status: readonly StatusItem[] | null;
}

/** RFC 9051 §6.3.9. Reference and patterns as they came: `mailboxPath` gives them meaning. */
export interface ListArguments {
  /** True in the extended form: selection options, several patterns or RETURN. */
  readonly extended: boolean;
  readonly selection: readonly ListSelection[];
  readonly reference: OctetString;
  readonly patterns: readonly OctetString[];
  readonly returns: ListReturn;
}

const patternPattern = /[^ (){"\\\x00-\x1f\x7f-\uffff]+/y;

/** What stands behind `LIST `. */
export function listArguments(cursor: Cursor): ListArguments {
  const selection = cursor.next === '(' ? listSelection(cursor) : null;
  const reference = astring(cursor, 'a reference name');
  cursor.expectSpace();
  const several = cursor.next === '(';
  const patterns = several
    ? parenthesised(cursor, () => listPatternArgument(cursor))
    : [listPatternArgument(cursor)];
  const returns = cursor.take(' ') ? listReturn(cursor) : null;
  const extended = selection !== null || several || returns !== null;
  return { extended, selection: selection ?? [], reference, patterns, returns: returns ?? noReturn };
}

const noReturn: ListReturn = { subscribed: false, children: false, specialUse: false, status: null };

/** RFC 9051 §9 `list-mailbox`: like an astring, and wildcards need no quotes. */
export function listPatternArgument(cursor: Cursor): OctetString {
  return cursor.match(patternPattern) ?? astring(cursor, 'a mailbox pattern');
}

function listSelection(cursor: Cursor): ListSelection[] {
  const chosen = parenthesised(cursor, () => selectionOption(cursor), true);
  cursor.expectSpace();
  // RFC 9051 §6.3.9.1: it modifies another criterion and is nothing by itself.
  if (
    chosen.includes('RECURSIVEMATCH') &&
    !chosen.some((option) => option === 'SUBSCRIBED' || option === 'SPECIAL-USE')
  ) {
    throw new SyntaxFailure('RECURSIVEMATCH needs another selection option');
  }
  return chosen;
}

function selectionOption(cursor: Cursor): ListSelection {
  const option = selectionOptions.find((name) => cursor.takeWord(name));
  if (option === undefined) throw new SyntaxFailure('Unknown LIST selection option');
  return option;
}

function listReturn(cursor: Cursor): ListReturn {
  if (!cursor.takeWord('RETURN')) throw new SyntaxFailure('Expected RETURN');
  cursor.expectSpace();
  let returns = noReturn;
  parenthesised(cursor, () => (returns = withReturnOption(cursor, returns)), true);
  return returns;
}

function withReturnOption(cursor: Cursor, returns: ListReturn): ListReturn {
  if (cursor.takeWord('SUBSCRIBED')) return { ...returns, subscribed: true };
  if (cursor.takeWord('CHILDREN')) return { ...returns, children: true };
  if (cursor.takeWord('SPECIAL-USE')) return { ...returns, specialUse: true };
  if (!cursor.takeWord('STATUS')) throw new SyntaxFailure('Unknown LIST return option');
  cursor.expectSpace();
  return { ...returns, status: statusItems(cursor) };
}
