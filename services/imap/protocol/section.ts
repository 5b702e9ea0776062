import { type Cursor, parenthesised } from './cursor.ts';
import { commandLimits } from './limits.ts';
import type { OctetString } from './octet-string.ts';
import { quotedOrLiteral } from './reply-strings.ts';
import { astring, largeNumber, positiveNumber } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** What of a part is meant (RFC 9051 §6.4.5 `section-text`); `CONTENT` where nothing is named. */
export type SectionText = 'CONTENT' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME';

/** RFC 9051 §9 `section`, without its brackets. */
export interface Section {
  /** Empty for the message itself. */
  readonly part: readonly number[];
  readonly text: SectionText;
  /** Field names of HEADER.FIELDS and HEADER.FIELDS.NOT as written; otherwise empty. */
  readonly fields: readonly OctetString[];
}

/** `<offset.length>` behind a section: octets of it. */
export interface PartialRange {
  readonly offset: number;
  readonly length: number;
}

const sectionTexts = ['HEADER.FIELDS.NOT', 'HEADER.FIELDS', 'HEADER', 'TEXT', 'MIME'] as const;

/** Reads `[…]` of BODY. */
export function section(cursor: Cursor): Section {
  cursor.expect('[', 'a section');
  const { part, endsInDot } = partPath(cursor);
  const text = part.length === 0 || endsInDot ? sectionText(cursor, part.length > 0) : 'CONTENT';
  const takesFields = text === 'HEADER.FIELDS' || text === 'HEADER.FIELDS.NOT';
  const fields = takesFields ? fieldNames(cursor) : [];
  cursor.expect(']', 'the end of the section');
  return { part, text, fields };
}

/** Reads `[1.2]` of BINARY; `[]` is the whole message. */
export function binaryPart(cursor: Cursor): readonly number[] {
  cursor.expect('[', 'a part');
  const { part, endsInDot } = partPath(cursor);
  if (endsInDot) throw new SyntaxFailure('Expected a part number');
  cursor.expect(']', 'the end of the part');
  return part;
}

function partPath(cursor: Cursor): { part: number[]; endsInDot: boolean } {
  const part: number[] = [];
  let endsInDot = false;
  while (/[0-9]/.test(cursor.next)) {
    part.push(positiveNumber(cursor, 'a part number'));
    if (part.length > commandLimits.maxPartDepth) throw new SyntaxFailure('The part is nested too deeply');
    endsInDot = cursor.take('.');
    if (!endsInDot) break;
  }
  return { part, endsInDot };
}

function sectionText(cursor: Cursor, insidePart: boolean): SectionText {
  for (const text of sectionTexts) {
    if (!cursor.takeWord(text)) continue;
    if (text === 'MIME' && !insidePart) throw new SyntaxFailure('MIME needs a part number');
    return text;
  }
  if (insidePart || cursor.next !== ']') throw new SyntaxFailure('Unknown section');
  return 'CONTENT';
}

function fieldNames(cursor: Cursor): OctetString[] {
  cursor.expectSpace();
  return parenthesised(cursor, () => astring(cursor, 'a header field name'));
}

/** Reads `<offset.length>` where it stands; null otherwise. */
export function partialRange(cursor: Cursor): PartialRange | null {
  if (!cursor.take('<')) return null;
  const offset = largeNumber(cursor, 'an offset');
  cursor.expect('.', 'a length');
  const length = largeNumber(cursor, 'a length');
  if (length === 0) throw new SyntaxFailure('A partial fetch needs a length above 0');
  cursor.expect('>', 'the end of the range');
  return { offset, length };
}

/** The section as a reply names it, with its brackets: `[1.2.HEADER.FIELDS (SUBJECT)]`. */
export function sectionLabel({ part, text, fields }: Section): OctetString {
  const path = part.join('.');
  if (text === 'CONTENT') return `[${path}]`;
  const names = fields.length > 0 ? ` (${fields.map(fieldLabel).join(' ')})` : '';
  return `[${path}${path === '' ? '' : '.'}${text}${names}]`;
}

function fieldLabel(name: OctetString): OctetString {
  return /^[^ (){%*"\\\]\x00-\x1f\x7f-\uffff]+$/.test(name) ? name : quotedOrLiteral(name);
}
