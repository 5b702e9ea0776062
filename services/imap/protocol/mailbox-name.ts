import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts';
import { isAscii, type OctetString, utf8Octets, utf8Text } from './octet-string.ts';
import { astringText, quotedOrLiteral, type TextMode, textString } from './reply-strings.ts';

/** Between the levels of a mailbox's path. */
export const hierarchySeparator = '/';

/**
 * The Unicode path (NFC) that a mailbox argument or a LIST pattern means; null where it means none. With UTF-8
 * enabled it is UTF-8 as it stands (RFC 6855 §3), otherwise modified UTF-7. Raw 8-bit octets of a client that has
 * enabled nothing mean nothing: it would look in vain for the mailbox in LIST. INBOX is one mailbox in any case.
 */
export function mailboxPath(wire: OctetString, mode: TextMode): string | null {
  const text = mode.utf8 ? utf8Text(wire) : decodeModifiedUtf7(wire);
  return text === null ? null : withInbox(text.normalize('NFC'));
}

/** RFC 9051 §5.1: INBOX in any case; also as the first level of a path. */
function withInbox(path: string): string {
  const firstLevel = path.slice(0, 6).toUpperCase();
  if (firstLevel === 'INBOX' || firstLevel === `INBOX${hierarchySeparator}`) return `INBOX${path.slice(5)}`;
  return path;
}

/** A mailbox's path in a reply, as an astring in the form that this client understands. */
export function mailboxText(path: string, mode: TextMode): OctetString {
  if (mode.utf8) return isAscii(path) ? astringText(path) : textString(path, mode);
  return astringText(encodeModifiedUtf7(path));
}

/** The same, always quoted where possible: what clients with weak parsers expect in LIST. */
export function quotedMailboxText(path: string, mode: TextMode): OctetString {
  return mode.utf8 ? textString(path, mode) : quotedOrLiteral(utf8Octets(encodeModifiedUtf7(path)));
}
