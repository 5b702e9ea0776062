import { type Cursor, parenthesised } from './cursor.ts';
import {
  binaryPart,
  type PartialRange,
  partialRange,
  type Section,
  section,
  sectionLabel,
} from './section.ts';
import { largeNumber } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** Items without arguments: RFC 9051 §6.4.5, MODSEQ of RFC 7162 §3.1.5, EMAILID and THREADID of RFC 8474 §5. */
const plainItems = [
  'BODYSTRUCTURE',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'THREADID',
  'EMAILID',
  'MODSEQ',
  'FLAGS',
  'BODY',
  'UID',
] as const;

export type PlainFetchItem = (typeof plainItems)[number];

/** Octets of a message: `BODY[…]`, `BODY.PEEK[…]` and the RFC822 items of IMAP4rev1. */
export interface SectionItem {
  readonly item: 'SECTION';
  readonly section: Section;
  readonly partial: PartialRange | null;
  /** True where \Seen stays as it is. */
  readonly peek: boolean;
  /** Name in the reply: `BODY[TEXT]<0>`, `RFC822.HEADER`. */
  readonly label: string;
}

/** Decoded octets of a part (RFC 9051 §6.4.5 BINARY). */
export interface BinaryItem {
  readonly item: 'BINARY';
  readonly part: readonly number[];
  readonly partial: PartialRange | null;
  readonly peek: boolean;
  readonly label: string;
}

export interface BinarySizeItem {
  readonly item: 'BINARY.SIZE';
  readonly part: readonly number[];
  readonly label: string;
}

export type FetchItem = { readonly item: PlainFetchItem } | SectionItem | BinaryItem | BinarySizeItem;

const macros: readonly (readonly [string, readonly PlainFetchItem[]])[] = [
  ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
  ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
  ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
];

const rfc822Items: readonly (readonly [string, Section, boolean])[] = [
  ['RFC822.HEADER', { part: [], text: 'HEADER', fields: [] }, true],
  ['RFC822.TEXT', { part: [], text: 'TEXT', fields: [] }, false],
  ['RFC822', { part: [], text: 'CONTENT', fields: [] }, false],
];

/** A macro, one item, or a parenthesised list of items. */
export function fetchItems(cursor: Cursor): FetchItem[] {
  if (cursor.next === '(') return parenthesised(cursor, () => fetchItem(cursor));
  for (const [name, items] of macros) {
    if (cursor.takeWord(name)) return items.map((item) => ({ item }));
  }
  return [fetchItem(cursor)];
}

function fetchItem(cursor: Cursor): FetchItem {
  const item = octetsItem(cursor) ?? rfc822Item(cursor) ?? plainItem(cursor);
  if (item === null) throw new SyntaxFailure('Unknown FETCH item');
  return item;
}

function plainItem(cursor: Cursor): FetchItem | null {
  const item = plainItems.find((name) => cursor.takeWord(name));
  return item === undefined ? null : { item };
}

function rfc822Item(cursor: Cursor): FetchItem | null {
  for (const [label, section, peek] of rfc822Items) {
    if (cursor.takeWord(label)) return { item: 'SECTION', section, partial: null, peek, label };
  }
  return null;
}

const bracketPattern = /(?:BODY|BODY\.PEEK|BINARY|BINARY\.PEEK|BINARY\.SIZE)(?=\[)/iy;

function octetsItem(cursor: Cursor): FetchItem | null {
  const name = cursor.match(bracketPattern)?.toUpperCase();
  if (name === undefined) return null;
  if (name.startsWith('BODY')) return sectionItem(cursor, name.endsWith('PEEK'));
  if (name === 'BINARY.SIZE') {
    const part = binaryPart(cursor);
    return { item: 'BINARY.SIZE', part, label: `BINARY.SIZE[${part.join('.')}]` };
  }
  const part = binaryPart(cursor);
  const partial = partialRange(cursor);
  const label = `BINARY[${part.join('.')}]${originLabel(partial)}`;
  return { item: 'BINARY', part, partial, peek: name.endsWith('PEEK'), label };
}

function sectionItem(cursor: Cursor, peek: boolean): SectionItem {
  const wanted = section(cursor);
  const partial = partialRange(cursor);
  const label = `BODY${sectionLabel(wanted)}${originLabel(partial)}`;
  return { item: 'SECTION', section: wanted, partial, peek, label };
}

/** The reply names the first octet only (RFC 9051 §7.5.2). */
function originLabel(partial: PartialRange | null): string {
  return partial === null ? '' : `<${partial.offset}>`;
}

export interface FetchModifiers {
  /** Only messages with a higher MODSEQ (RFC 7162 §3.1.4.1); null for all. */
  readonly changedSince: number | null;
  /** Also the UIDs expunged since (RFC 7162 §3.2.6). */
  readonly vanished: boolean;
}

/** Reads ` (CHANGEDSINCE n VANISHED)` where it stands. */
export function fetchModifiers(cursor: Cursor): FetchModifiers {
  if (!cursor.take(' ')) return { changedSince: null, vanished: false };
  let changedSince: number | null = null;
  let vanished = false;
  parenthesised(cursor, () => {
    if (cursor.takeWord('VANISHED')) {
      vanished = true;
    } else if (cursor.takeWord('CHANGEDSINCE')) {
      cursor.expectSpace();
      changedSince = largeNumber(cursor, 'a mod-sequence');
    } else {
      throw new SyntaxFailure('Unknown FETCH modifier');
    }
  });
  if (vanished && changedSince === null) throw new SyntaxFailure('VANISHED needs CHANGEDSINCE');
  return { changedSince, vanished };
}
