import { type Cursor, parenthesised } from './cursor.ts';
import { date } from './dates.ts';
import { commandLimits } from './limits.ts';
import type { SearchDecoder } from './search-charset.ts';
import { type SequenceSet, sequenceSet } from './sequence-set.ts';
import { astring, atom, largeNumber, positiveNumber } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** One condition of SEARCH (RFC 9051 §6.4.4, RFC 7162 §3.1.5, RFC 8474 §6, RFC 5032). */
export type SearchKey =
  | { readonly key: 'ALL' | 'RECENT' | 'NEW' | 'OLD' }
  /** A system flag or keyword that is set or not. */
  | { readonly key: 'FLAG'; readonly flag: string; readonly set: boolean }
  /** `text` empty: the field is there. */
  | { readonly key: 'HEADER'; readonly field: string; readonly text: string }
  | { readonly key: 'BODY' | 'TEXT'; readonly text: string }
  /** Of INTERNALDATE, or of the Date field. `day`: days since 1970-01-01. */
  | {
      readonly key: 'DATE';
      readonly of: 'internal' | 'sent';
      readonly relation: DateRelation;
      readonly day: number;
    }
  /** INTERNALDATE at most (YOUNGER) or at least (OLDER) that long ago. */
  | { readonly key: 'OLDER' | 'YOUNGER'; readonly seconds: number }
  | { readonly key: 'LARGER' | 'SMALLER'; readonly octets: number }
  | { readonly key: 'SEQUENCE' | 'UID'; readonly set: SequenceSet }
  /** MODSEQ at least that. */
  | { readonly key: 'MODSEQ'; readonly atLeast: number }
  | { readonly key: 'EMAILID' | 'THREADID'; readonly id: string }
  | { readonly key: 'NOT'; readonly of: SearchKey }
  | { readonly key: 'OR'; readonly left: SearchKey; readonly right: SearchKey }
  | { readonly key: 'AND'; readonly of: readonly SearchKey[] };

export type DateRelation = 'before' | 'on' | 'since';

interface Reading {
  readonly cursor: Cursor;
  readonly decode: SearchDecoder;
  readonly depth: number;
}

type KeyReader = (reading: Reading) => SearchKey;

const flagNames = ['Seen', 'Answered', 'Flagged', 'Deleted', 'Draft'] as const;
const addressFields = ['From', 'To', 'Cc', 'Bcc', 'Subject'] as const;

const flagReaders = flagNames.flatMap((name): [string, KeyReader][] => [
  [name.toUpperCase(), () => ({ key: 'FLAG', flag: `\\${name}`, set: true })],
  [`UN${name.toUpperCase()}`, () => ({ key: 'FLAG', flag: `\\${name}`, set: false })],
]);

const fieldReaders = addressFields.map((field): [string, KeyReader] => [
  field.toUpperCase(),
  (reading) => ({ key: 'HEADER', field, text: textBehindSpace(reading) }),
]);

const dateReaders = (['before', 'on', 'since'] as const).flatMap((relation): [string, KeyReader][] => [
  [
    relation.toUpperCase(),
    ({ cursor }) => ({ key: 'DATE', of: 'internal', relation, day: dateBehindSpace(cursor) }),
  ],
  [
    `SENT${relation.toUpperCase()}`,
    ({ cursor }) => ({ key: 'DATE', of: 'sent', relation, day: dateBehindSpace(cursor) }),
  ],
]);

const readers: ReadonlyMap<string, KeyReader> = new Map<string, KeyReader>([
  ...flagReaders,
  ...fieldReaders,
  ...dateReaders,
  ['ALL', () => ({ key: 'ALL' })],
  ['RECENT', () => ({ key: 'RECENT' })],
  ['NEW', () => ({ key: 'NEW' })],
  ['OLD', () => ({ key: 'OLD' })],
  ['KEYWORD', (reading) => ({ key: 'FLAG', flag: keywordBehindSpace(reading), set: true })],
  ['UNKEYWORD', (reading) => ({ key: 'FLAG', flag: keywordBehindSpace(reading), set: false })],
  ['BODY', (reading) => ({ key: 'BODY', text: textBehindSpace(reading) })],
  ['TEXT', (reading) => ({ key: 'TEXT', text: textBehindSpace(reading) })],
  [
    'HEADER',
    (reading) => ({ key: 'HEADER', field: fieldBehindSpace(reading), text: textBehindSpace(reading) }),
  ],
  ['LARGER', ({ cursor }) => ({ key: 'LARGER', octets: sizeBehindSpace(cursor) })],
  ['SMALLER', ({ cursor }) => ({ key: 'SMALLER', octets: sizeBehindSpace(cursor) })],
  ['OLDER', ({ cursor }) => ({ key: 'OLDER', seconds: secondsBehindSpace(cursor) })],
  ['YOUNGER', ({ cursor }) => ({ key: 'YOUNGER', seconds: secondsBehindSpace(cursor) })],
  ['UID', ({ cursor }) => ({ key: 'UID', set: setBehindSpace(cursor) })],
  ['MODSEQ', ({ cursor }) => ({ key: 'MODSEQ', atLeast: modseqBehindSpace(cursor) })],
  ['EMAILID', ({ cursor }) => ({ key: 'EMAILID', id: objectIdBehindSpace(cursor) })],
  ['THREADID', ({ cursor }) => ({ key: 'THREADID', id: objectIdBehindSpace(cursor) })],
  ['NOT', (reading) => ({ key: 'NOT', of: keyBehindSpace(reading) })],
  ['OR', (reading) => ({ key: 'OR', left: keyBehindSpace(reading), right: keyBehindSpace(reading) })],
]);

/** Reads the keys of a SEARCH to the end of the command; several are joined by AND. */
export function searchKeys(cursor: Cursor, decode: SearchDecoder): SearchKey {
  const reading: Reading = { cursor, decode, depth: 0 };
  const keys = [searchKey(reading)];
  while (cursor.take(' ')) keys.push(searchKey(reading));
  return joinedByAnd(keys);
}

function searchKey(reading: Reading): SearchKey {
  const { cursor } = reading;
  if (reading.depth > commandLimits.maxSearchDepth)
    throw new SyntaxFailure('The search is nested too deeply');
  if (cursor.next === '(') return joinedByAnd(parenthesised(cursor, () => searchKey(deeper(reading))));
  if (/[0-9*$]/.test(cursor.next)) return { key: 'SEQUENCE', set: sequenceSet(cursor) };
  const name = atom(cursor, 'a search key').toUpperCase();
  const reader = readers.get(name);
  if (reader === undefined) throw new SyntaxFailure('Unknown search key');
  return reader(reading);
}

function joinedByAnd(keys: readonly SearchKey[]): SearchKey {
  return keys.length === 1 ? keys[0]! : { key: 'AND', of: keys };
}

function deeper(reading: Reading): Reading {
  return { ...reading, depth: reading.depth + 1 };
}

function keyBehindSpace(reading: Reading): SearchKey {
  reading.cursor.expectSpace();
  return searchKey(deeper(reading));
}

function textBehindSpace({ cursor, decode }: Reading): string {
  cursor.expectSpace();
  return decode(astring(cursor, 'a search string'));
}

function fieldBehindSpace({ cursor }: Reading): string {
  cursor.expectSpace();
  return astring(cursor, 'a header field name');
}

function keywordBehindSpace({ cursor }: Reading): string {
  cursor.expectSpace();
  return atom(cursor, 'a keyword');
}

function dateBehindSpace(cursor: Cursor): number {
  cursor.expectSpace();
  return date(cursor);
}

function sizeBehindSpace(cursor: Cursor): number {
  cursor.expectSpace();
  return largeNumber(cursor, 'a size in octets');
}

function secondsBehindSpace(cursor: Cursor): number {
  cursor.expectSpace();
  return positiveNumber(cursor, 'a number of seconds');
}

function setBehindSpace(cursor: Cursor): SequenceSet {
  cursor.expectSpace();
  return sequenceSet(cursor);
}

const entryNamePattern = /"(?:[^"\\\r\n\x00]|\\["\\])*" /y;

/** RFC 7162 §3.1.5: the entry may be named, and this server keeps one MODSEQ for all entries of a message. */
function modseqBehindSpace(cursor: Cursor): number {
  cursor.expectSpace();
  if (cursor.match(entryNamePattern) !== null) {
    if (!['PRIV', 'SHARED', 'ALL'].some((kind) => cursor.takeWord(kind)))
      throw new SyntaxFailure('Expected an entry type');
    cursor.expectSpace();
  }
  return largeNumber(cursor, 'a mod-sequence');
}

/** RFC 8474 §7 `objectid`. */
function objectIdBehindSpace(cursor: Cursor): string {
  cursor.expectSpace();
  return atom(cursor, 'an object id');
}
