/**
 * Reads the fields of a header block (RFC 5322 §2.2). Text holds one octet per character (Latin-1), so that
 * octets of any charset pass through. Beware of `trim`, `\s` and the like on it: U+00A0 is a blank to them,
 * and half of a Chinese character here.
 */

import { trimBlanksAtStart } from './blanks.ts';

export interface HeaderField {
  /** Lower case, without blanks before the colon. */
  readonly name: string;
  /** Unfolded: line ends are gone, blanks at the start too; NUL has become U+FFFD in UTF-8. */
  readonly value: string;
}

/** U+FFFD in UTF-8: IMAP strings cannot hold NUL (RFC 9051 §9, CHAR8). */
const replacementOctets = '\xef\xbf\xbd';

/**
 * The fields named in `wanted` (lower case), in their order. A line without a colon is no field; neither are the
 * continuation lines behind it.
 */
export function readHeaderFields(block: string, wanted: ReadonlySet<string>): HeaderField[] {
  const fields: HeaderField[] = [];
  let start = 0;
  while (start < block.length) {
    const end = fieldEnd(block, start);
    const name = fieldName(block, start, end);
    if (wanted.has(name)) fields.push({ name, value: fieldValue(block, block.indexOf(':', start) + 1, end) });
    start = end;
  }
  return fields;
}

/** Where the field that starts at `start` ends: behind the last of its continuation lines. */
export function fieldEnd(block: string, start: number): number {
  let end = start;
  do {
    const lineFeed = block.indexOf('\n', end);
    if (lineFeed < 0) return block.length;
    end = lineFeed + 1;
  } while (isBlank(block.charCodeAt(end)));
  return end;
}

/** Lower-case name of the field in [start, end); '' where it has no colon. A name that spans lines is nobody's. */
export function fieldName(block: string, start: number, end: number): string {
  let at = start;
  while (at < end && block.charCodeAt(at) !== colon) at++;
  if (at === end) return '';
  while (at > start && isBlank(block.charCodeAt(at - 1))) at--;
  return block.slice(start, at).toLowerCase();
}

const colon = 0x3a;
const lineFeedOctet = 0x0a;
const carriageReturn = 0x0d;

function isBlank(octet: number): boolean {
  return octet === 0x20 || octet === 0x09;
}

function fieldValue(block: string, start: number, end: number): string {
  const value = unfolded(block, start, end);
  return value.includes('\0') ? value.replaceAll('\0', replacementOctets) : value;
}

/** [start, end) of a header block without its line ends (RFC 5322 §2.2.3) and without blanks at its start. */
export function unfolded(block: string, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; ) {
    const lineFeed = block.indexOf('\n', at);
    const next = lineFeed < 0 || lineFeed >= end ? end : lineFeed + 1;
    text += withoutLineEnd(block, at, next);
    at = next;
  }
  return trimBlanksAtStart(text);
}

function withoutLineEnd(block: string, start: number, end: number): string {
  if (block.charCodeAt(end - 1) !== lineFeedOctet) return block.slice(start, end);
  let last = end - 1;
  while (last > start && block.charCodeAt(last - 1) === carriageReturn) last--;
  return block.slice(start, last);
}
