import type { IdField, ImapCommand, PlainVerb } from './command.ts';
import { type CommandParts, Cursor, parenthesised } from './cursor.ts';
import { fetchItems, fetchModifiers } from './fetch-items.ts';
import { commandLimits } from './limits.ts';
import { listArguments, listPatternArgument } from './list-arguments.ts';
import type { OctetString } from './octet-string.ts';
import { searchArguments } from './search-arguments.ts';
import { selectParameters } from './select-arguments.ts';
import { sequenceSet } from './sequence-set.ts';
import { statusItems } from './status-items.ts';
import { storeArguments } from './store-arguments.ts';
import { astring, atom, nullableText, textArgument } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

export interface ParsedCommand {
  readonly tag: string;
  readonly command: ImapCommand;
}

/** What is to be answered to a command that cannot be read. */
export interface ParseFailure {
  /** `*` where not even the tag could be read. */
  readonly tag: string;
  readonly status: 'BAD' | 'NO';
  /** Response code without brackets. */
  readonly code: string | null;
  readonly text: string;
}

const tagPattern = /[^ (){%*"\\+\x00-\x1f\x7f-\uffff]+(?= |$)/y;

/** Reads a whole command. Never throws. */
export function parseCommand(parts: CommandParts): ParsedCommand | ParseFailure {
  return attempt(parts.lines[0] ?? '', () => {
    const cursor = new Cursor(parts);
    const tag = tagOf(cursor);
    const command = commandOf(cursor);
    cursor.expectEnd();
    return { tag, command };
  });
}

/** Runs a piece of parsing; what breaks the grammar becomes the answer to the command that begins in `firstLine`. */
export function attempt<T>(firstLine: OctetString, parse: () => T): T | ParseFailure {
  try {
    return parse();
  } catch (failure) {
    if (!(failure instanceof SyntaxFailure)) throw failure;
    return { tag: tagOrStar(firstLine), status: failure.status, code: failure.code, text: failure.message };
  }
}

export function isParseFailure(value: object | null): value is ParseFailure {
  return value !== null && 'status' in value;
}

/** The tag of a command for its answer; `*` where there is none. */
export function tagOrStar(firstLine: OctetString): string {
  return new Cursor({ lines: [firstLine], literals: [] }).match(tagPattern) ?? '*';
}

/** Stands behind `tag SP APPEND SP` where this command is one. */
export function cursorInAppend(parts: CommandParts): { tag: string; cursor: Cursor } | null {
  const cursor = new Cursor(parts);
  const tag = cursor.match(tagPattern);
  if (tag === null || !cursor.take(' ') || !cursor.takeWord('APPEND') || !cursor.take(' ')) return null;
  return { tag, cursor };
}

function tagOf(cursor: Cursor): string {
  const tag = cursor.match(tagPattern);
  if (tag === null) throw new SyntaxFailure('Expected a tag');
  cursor.expect(' ', 'a command behind the tag');
  return tag;
}

type ArgumentReader = (cursor: Cursor) => ImapCommand;

function commandOf(cursor: Cursor): ImapCommand {
  const word = atom(cursor, 'a command').toUpperCase();
  const name = word === 'UID' && cursor.take(' ') ? `UID ${atom(cursor, 'a command').toUpperCase()}` : word;
  const reader = readers.get(name);
  if (reader === undefined) throw new SyntaxFailure('Unknown command');
  return reader(cursor);
}

const plain = (verb: PlainVerb): [string, ArgumentReader] => [verb, () => ({ verb })];

/** Both forms of a command that takes message numbers, or UIDs behind `UID`. */
const byNumberAndUid = (
  name: string,
  read: (cursor: Cursor, byUid: boolean) => ImapCommand,
): [string, ArgumentReader][] => [
  [name, (cursor) => read(cursor, false)],
  [`UID ${name}`, (cursor) => read(cursor, true)],
];

/** An argument with the space before it. */
function behindSpace<T>(cursor: Cursor, read: (cursor: Cursor) => T): T {
  cursor.expectSpace();
  return read(cursor);
}

const mailbox = (cursor: Cursor): OctetString => behindSpace(cursor, () => astring(cursor, 'a mailbox'));
const setArgument = (cursor: Cursor) => behindSpace(cursor, sequenceSet);

const readers: ReadonlyMap<string, ArgumentReader> = new Map<string, ArgumentReader>([
  plain('CAPABILITY'),
  plain('NOOP'),
  plain('LOGOUT'),
  plain('STARTTLS'),
  plain('NAMESPACE'),
  plain('CHECK'),
  plain('CLOSE'),
  plain('UNSELECT'),
  plain('IDLE'),
  ['APPEND', refuseAppend],
  ['LOGIN', login],
  ['AUTHENTICATE', authenticate],
  ['ID', (cursor) => ({ verb: 'ID', fields: behindSpace(cursor, idFields) })],
  ['ENABLE', (cursor) => ({ verb: 'ENABLE', capabilities: capabilities(cursor) })],
  ['SELECT', (cursor) => ({ verb: 'SELECT', mailbox: mailbox(cursor), ...selectParameters(cursor) })],
  ['EXAMINE', (cursor) => ({ verb: 'EXAMINE', mailbox: mailbox(cursor), ...selectParameters(cursor) })],
  ['CREATE', (cursor) => ({ verb: 'CREATE', mailbox: mailbox(cursor), uses: createUses(cursor) })],
  ['DELETE', (cursor) => ({ verb: 'DELETE', mailbox: mailbox(cursor) })],
  ['SUBSCRIBE', (cursor) => ({ verb: 'SUBSCRIBE', mailbox: mailbox(cursor) })],
  ['UNSUBSCRIBE', (cursor) => ({ verb: 'UNSUBSCRIBE', mailbox: mailbox(cursor) })],
  ['RENAME', (cursor) => ({ verb: 'RENAME', from: mailbox(cursor), to: mailbox(cursor) })],
  ['LIST', (cursor) => ({ verb: 'LIST', ...behindSpace(cursor, listArguments) })],
  ['LSUB', lsub],
  [
    'STATUS',
    (cursor) => ({ verb: 'STATUS', mailbox: mailbox(cursor), items: behindSpace(cursor, statusItems) }),
  ],
  ['EXPUNGE', () => ({ verb: 'EXPUNGE', uids: null })],
  ['UID EXPUNGE', (cursor) => ({ verb: 'EXPUNGE', uids: setArgument(cursor) })],
  ...byNumberAndUid('SEARCH', (cursor, byUid) => ({
    verb: 'SEARCH',
    byUid,
    ...behindSpace(cursor, searchArguments),
  })),
  ...byNumberAndUid('FETCH', (cursor, byUid) => {
    const set = setArgument(cursor);
    const items = behindSpace(cursor, fetchItems);
    return { verb: 'FETCH', byUid, set, items, ...fetchModifiers(cursor) };
  }),
  ...byNumberAndUid('STORE', (cursor, byUid) => {
    const set = setArgument(cursor);
    return { verb: 'STORE', byUid, set, ...behindSpace(cursor, storeArguments) };
  }),
  ...byNumberAndUid('COPY', (cursor, byUid) => transfer('COPY', cursor, byUid)),
  ...byNumberAndUid('MOVE', (cursor, byUid) => transfer('MOVE', cursor, byUid)),
]);

/** An APPEND with its message never gets here: `command-reader.ts` sees the literal first. */
function refuseAppend(): never {
  throw new SyntaxFailure('APPEND needs a message as a literal');
}

function transfer(verb: 'COPY' | 'MOVE', cursor: Cursor, byUid: boolean): ImapCommand {
  const set = setArgument(cursor);
  return { verb, byUid, set, mailbox: mailbox(cursor) };
}

function login(cursor: Cursor): ImapCommand {
  const user = behindSpace(cursor, () => textArgument(cursor, 'a user name'));
  const password = behindSpace(cursor, () => textArgument(cursor, 'a password'));
  return { verb: 'LOGIN', user, password };
}

const base64Pattern = /=|[A-Za-z0-9+/]+={0,2}/y;

function authenticate(cursor: Cursor): ImapCommand {
  const mechanism = behindSpace(cursor, () => atom(cursor, 'a mechanism')).toUpperCase();
  if (!cursor.take(' ')) return { verb: 'AUTHENTICATE', mechanism, initialResponse: null };
  const response = cursor.match(base64Pattern);
  if (response === null) throw new SyntaxFailure('Expected base64');
  return { verb: 'AUTHENTICATE', mechanism, initialResponse: response === '=' ? '' : response };
}

function idFields(cursor: Cursor): IdField[] {
  if (cursor.takeWord('NIL')) return [];
  const fields = parenthesised(
    cursor,
    (): IdField => {
      const name = textArgument(cursor, 'a field name');
      cursor.expectSpace();
      return [name, nullableText(cursor, 'a field value')];
    },
    true,
  );
  if (fields.length > commandLimits.maxIdFields) throw new SyntaxFailure('Too many ID fields');
  return fields;
}

function capabilities(cursor: Cursor): string[] {
  const names: string[] = [];
  while (cursor.take(' ')) names.push(atom(cursor, 'a capability').toUpperCase());
  if (names.length === 0) throw new SyntaxFailure('Expected a capability');
  return names;
}

/** ` (USE (\Drafts \Sent))` of RFC 6154 §3, where it stands. */
function createUses(cursor: Cursor): string[] {
  if (!cursor.take(' ')) return [];
  cursor.expect('(', 'CREATE parameters');
  if (!cursor.takeWord('USE')) throw new SyntaxFailure('Unknown CREATE parameter');
  cursor.expectSpace();
  const uses = parenthesised(cursor, () => {
    cursor.expect('\\', 'a special use');
    return `\\${atom(cursor, 'a special use')}`;
  });
  cursor.expect(')', 'the end of the parameters');
  return uses;
}

function lsub(cursor: Cursor): ImapCommand {
  const reference = mailbox(cursor);
  const pattern = behindSpace(cursor, listPatternArgument);
  return { verb: 'LSUB', reference, pattern };
}
