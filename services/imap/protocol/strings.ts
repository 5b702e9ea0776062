import type { Cursor } from './cursor.ts';
import { maxNumber } from './limits.ts';
import { type OctetString, utf8Text } from './octet-string.ts';
import { SyntaxFailure } from './syntax-failure.ts';

const atomPattern = /[^ (){%*"\\\]\x00-\x1f\x7f-\uffff]+/y;
const astringPattern = /[^ (){%*"\\\x00-\x1f\x7f-\uffff]+/y;
const quotedPattern = /"(?:[^"\\\r\n\x00]|\\["\\])*"/y;
const numberPattern = /[0-9]+/y;

/** RFC 9051 §9 `atom`. */
export function atom(cursor: Cursor, meaning: string): string {
  const text = cursor.match(atomPattern);
  if (text === null) throw new SyntaxFailure(`Expected ${meaning}`);
  return text;
}

/** RFC 9051 §9 `string`: quoted or literal; null where neither stands. */
function stringOrNull(cursor: Cursor): OctetString | null {
  const quoted = cursor.match(quotedPattern);
  if (quoted !== null) return quoted.slice(1, -1).replace(/\\(["\\])/g, '$1');
  if (!cursor.atLiteral) return null;
  const literal = cursor.takeLiteral();
  if (literal.binary) throw new SyntaxFailure('A binary literal is not allowed here');
  if (literal.octets.includes('\0')) throw new SyntaxFailure('A literal may not hold NUL');
  return literal.octets;
}

/** RFC 9051 §9 `astring`, as octets: what they mean depends on the argument. */
export function astring(cursor: Cursor, meaning: string): OctetString {
  const octets = stringOrNull(cursor) ?? cursor.match(astringPattern);
  if (octets === null) throw new SyntaxFailure(`Expected ${meaning}`);
  return octets;
}

/** An astring that is text: UTF-8, or the command is refused. */
export function textArgument(cursor: Cursor, meaning: string): string {
  const text = utf8Text(astring(cursor, meaning));
  if (text === null) throw new SyntaxFailure(`Expected UTF-8 in ${meaning}`);
  return text;
}

/** RFC 9051 §9 `nstring` as text; octets that are not UTF-8 become null like NIL. */
export function nullableText(cursor: Cursor, meaning: string): string | null {
  const octets = stringOrNull(cursor);
  if (octets !== null) return utf8Text(octets);
  if (cursor.takeWord('NIL')) return null;
  throw new SyntaxFailure(`Expected ${meaning}`);
}

/** RFC 9051 §9 `number`: 0 to 2^32 - 1. */
export function number(cursor: Cursor, meaning: string): number {
  const value = Number(cursor.match(numberPattern) ?? Number.NaN);
  if (!(value <= maxNumber)) throw new SyntaxFailure(`Expected ${meaning}`);
  return value;
}

/** RFC 9051 §9 `nz-number`: 1 to 2^32 - 1. */
export function positiveNumber(cursor: Cursor, meaning: string): number {
  const value = number(cursor, meaning);
  if (value === 0) throw new SyntaxFailure(`Expected ${meaning}`);
  return value;
}

/**
 * RFC 9051 §9 `number64`, RFC 7162 §7 `mod-sequence-valzer`: below 2^63. Values above 2^53 come rounded; nothing
 * that this server counts gets that far, so comparisons hold.
 */
export function largeNumber(cursor: Cursor, meaning: string): number {
  const value = Number(cursor.match(numberPattern) ?? Number.NaN);
  if (!(value < 2 ** 63)) throw new SyntaxFailure(`Expected ${meaning}`);
  return value;
}
