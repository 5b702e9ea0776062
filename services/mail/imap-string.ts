/**
 * Strings of IMAP responses (RFC 9051 §4.3). Text here holds one octet per character (Latin-1), as header
 * values arrive: nothing is decoded, nothing is lost.
 */

/** What a quoted string cannot hold: CR, LF, NUL, and octets above 127. */
const needsLiteral = /[\0\r\n\x80-\xff]/;
const needsEscape = /["\\]/g;

/** A quoted string where the octets allow it, a literal otherwise. */
export function imapString(octets: string): string {
  if (needsLiteral.test(octets)) return `{${octets.length}}\r\n${octets}`;
  return `"${octets.replace(needsEscape, '\\$&')}"`;
}

export function imapNstring(octets: string | null): string {
  return octets === null ? 'NIL' : imapString(octets);
}
