import { Cursor } from './cursor.ts';
import { dateTime } from './dates.ts';
import { flagList } from './flags.ts';
import type { LiteralAnnouncement } from './literal.ts';
import type { OctetString } from './octet-string.ts';
import { astring } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** One message of APPEND (RFC 9051 §6.3.12; several by RFC 3502): what comes before its octets. */
export interface AppendMessage {
  readonly flags: readonly string[];
  /** INTERNALDATE that the client wants, UTC milliseconds; null for now. */
  readonly dateMs: number | null;
  /** `utf8` is `UTF8 (~{n} …)` of RFC 6855 §4: the header may hold UTF-8. */
  readonly form: 'literal' | 'literal8' | 'utf8';
  readonly octets: number;
  /** True where the client waits for a continuation before it sends the octets. */
  readonly synchronising: boolean;
}

/** What an APPEND says before its first message. */
export interface AppendHead {
  readonly mailbox: OctetString;
  readonly message: AppendMessage;
}

/**
 * The head of an APPEND whose last line ended in `announced`; null where that literal is not the message
 * but the mailbox's name. The cursor stands behind `APPEND `.
 */
export function appendHead(cursor: Cursor, announced: LiteralAnnouncement): AppendHead | null {
  if (cursor.atEnd) return null;
  const mailbox = astring(cursor, 'a mailbox');
  cursor.expectSpace();
  return { mailbox, message: appendMessage(cursor, announced) };
}

/** `[flags SP] [date-time SP]` and the literal that the line ended in. */
function appendMessage(cursor: Cursor, announced: LiteralAnnouncement): AppendMessage {
  const flagged = cursor.next === '(';
  const flags = flagged ? flagList(cursor) : [];
  if (flagged) cursor.expectSpace();
  const dated = cursor.next === '"';
  const dateMs = dated ? dateTime(cursor) : null;
  if (dated) cursor.expectSpace();
  const utf8 = cursor.takeWord('UTF8');
  if (utf8) cursor.expect(' (', 'a message in parentheses');
  cursor.expectEnd();
  if (utf8 && !announced.binary) throw new SyntaxFailure('UTF8 needs a binary literal');
  const form = utf8 ? 'utf8' : announced.binary ? 'literal8' : 'literal';
  return { flags, dateMs, form, octets: announced.octets, synchronising: announced.synchronising };
}

/**
 * The line behind a message's octets: null where it ends the command, else the next message (RFC 3502).
 * `afterUtf8`: the message stood in `UTF8 (…)` and the parenthesis is to be closed.
 */
export function appendTail(
  line: OctetString,
  announced: LiteralAnnouncement | null,
  afterUtf8: boolean,
): AppendMessage | null {
  const cursor = new Cursor({ lines: [line], literals: [] });
  if (afterUtf8) cursor.expect(')', 'the end of UTF8');
  if (announced === null) {
    cursor.expectEnd();
    return null;
  }
  cursor.expectSpace();
  return appendMessage(cursor, announced);
}
