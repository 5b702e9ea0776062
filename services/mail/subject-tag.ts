/** A tag in front of a subject, as the fewest octets that do it (RFC 5322 §2.2.3, RFC 2047). Pure. */
import { foldedText } from './folded-text.ts';
import { encodedText } from './generated-text.ts';
import { fieldEnd, fieldName, unfolded } from './header-fields.ts';
import { decodeHeaderText } from './header-text.ts';
import type { OctetEdit } from './octet-edits.ts';

/**
 * `header`: the header from the mail's first octet on, in Latin-1. Of several subjects the first one counts. Null where
 * the tag stands there already: an answer to a mail that was tagged is not tagged again.
 */
export function subjectTag(header: string, tag: string): OctetEdit | null {
  for (let start = 0, end: number; start < header.length; start = end) {
    end = fieldEnd(header, start);
    if (fieldName(header, start, end) === 'subject') return inFront(header, start, end, tag);
  }
  return { at: 0, remove: 0, insert: Buffer.from(`Subject: ${encodedText(tag)}\r\n`) };
}

function inFront(header: string, start: number, end: number, tag: string): OctetEdit | null {
  const valueStart = header.indexOf(':', start) + 1;
  const value = unfolded(header, valueStart, end);
  if (foldedText(decodeHeaderText(value)).includes(foldedText(tag))) return null;
  return {
    at: valueStart,
    remove: 0,
    insert: Buffer.from(tagText(header.slice(valueStart, end), value, tag)),
  };
}

/** A line of its own, so that no line becomes longer than it was. */
function tagText(raw: string, value: string, tag: string): string {
  const words = encodedText(tag);
  // Blanks between two encoded words are not shown (RFC 2047 §6.2): the space has to stand inside.
  const isBeforeWord = words.startsWith('=?') && value.startsWith('=?');
  const shown = isBeforeWord ? `${words}\r\n =?utf-8?B?IA==?=` : words;
  if (value === '' || /^[ \t]*\r?\n/.test(raw)) return ` ${shown}`;
  return /^[ \t]/.test(raw) ? ` ${shown}\r\n` : ` ${shown}\r\n `;
}
