import { isAscii, type OctetString, utf8Octets } from './octet-string.ts';

/** What the client has enabled: decides how text leaves (RFC 9051 §4.3, RFC 6855 §3). */
export interface TextMode {
  /** UTF8=ACCEPT or IMAP4rev2 is enabled: UTF-8 in quoted strings, mailbox names in UTF-8. */
  readonly utf8: boolean;
}

const maxQuotedOctets = 1000;

/** An ASCII string quoted where that can say it, otherwise a literal. */
export function quotedOrLiteral(octets: OctetString): OctetString {
  if (octets.length <= maxQuotedOctets && /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/.test(octets))
    return quoted(octets);
  return literal(octets);
}

function quoted(octets: OctetString): OctetString {
  return `"${octets.replace(/["\\]/g, '\\$&')}"`;
}

/** A literal of octets without NUL. */
export function literal(octets: OctetString): OctetString {
  return `{${octets.length}}\r\n${octets}`;
}

/** A string of text: quoted where possible, UTF-8 inside quotes only for clients that enabled it. */
export function textString(text: string, mode: TextMode): OctetString {
  const octets = utf8Octets(text.replaceAll('\0', '\ufffd'));
  if (mode.utf8 && octets.length <= maxQuotedOctets && !/[\r\n]/.test(octets)) return quoted(octets);
  return isAscii(octets) ? quotedOrLiteral(octets) : literal(octets);
}

const atomPattern = /^[^ (){%*"\\\]\x00-\x1f\x7f-\uffff]+$/;

/** An astring: an atom where possible. `NIL` is quoted, because it would read as nothing. */
export function astringText(octets: OctetString): OctetString {
  return atomPattern.test(octets) && octets.toUpperCase() !== 'NIL' ? octets : quotedOrLiteral(octets);
}
