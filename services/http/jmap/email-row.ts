/** A message as all of its places in an account show it: one Email (RFC 8621 §4). Pure. */
import { deletedBit, flagNames, lowWord, withFlags, withoutFlags } from '../../domain/flags.ts';
import type { Mailbox, MailstoreState } from '../../domain/mailstore-state.ts';
import type { MessagePlace } from '../../domain/message-places.ts';
import type { Uuid } from '../../domain/values.ts';

export interface EmailRow {
  readonly id: Uuid;
  readonly threadId: Uuid;
  readonly mailboxes: readonly Mailbox[];
  /** As JMAP names them, lower case. */
  readonly keywords: readonly string[];
  readonly sizeOctets: number;
  readonly receivedAtMs: number;
}

/** IMAP's system flags under the names of RFC 8621 §4.1.1. */
const systemKeywords: ReadonlyMap<string, string> = new Map([
  ['\\Seen', '$seen'],
  ['\\Answered', '$answered'],
  ['\\Flagged', '$flagged'],
  ['\\Draft', '$draft'],
]);
const systemFlags = new Map([...systemKeywords].map(([flag, keyword]) => [keyword, flag]));

export function keywordOf(flag: string): string {
  return systemKeywords.get(flag) ?? flag.toLowerCase();
}

export function flagOf(keyword: string): string {
  return systemFlags.get(keyword) ?? keyword;
}

/** A place with \Deleted does not exist for JMAP (docs/standards.md, RFC 8621). */
export function isShown({ mailbox, place }: MessagePlace): boolean {
  return (lowWord(mailbox.rows.flagsAt(place)) & deletedBit) === 0;
}

/** Null where none of the places is shown. A keyword counts that any of them has. */
export function emailRow(state: MailstoreState, places: readonly MessagePlace[]): EmailRow | null {
  const shown = places.filter(isShown);
  const first = shown[0];
  if (!first) return null;
  let flags = 0;
  for (const { mailbox, place } of shown) flags = withFlags(flags, mailbox.rows.flagsAt(place));
  return new ShownEmail(first, mailboxesOf(shown), withoutFlags(flags, deletedBit), state.keywords);
}

/** Names of keywords are made where they are asked for: most queries go over every row and ask for none. */
class ShownEmail implements EmailRow {
  readonly id: Uuid;
  readonly threadId: Uuid;
  readonly mailboxes: readonly Mailbox[];
  readonly sizeOctets: number;
  readonly receivedAtMs: number;
  readonly #flags: number;
  readonly #names: readonly string[];

  constructor(
    { mailbox: { rows }, place }: MessagePlace,
    mailboxes: readonly Mailbox[],
    flags: number,
    names: readonly string[],
  ) {
    this.id = rows.messageAt(place);
    this.threadId = rows.threadAt(place);
    this.mailboxes = mailboxes;
    this.sizeOctets = rows.sizeOctetsAt(place);
    this.receivedAtMs = rows.dateMsAt(place);
    this.#flags = flags;
    this.#names = names;
  }

  get keywords(): readonly string[] {
    return flagNames(this.#flags, this.#names).map(keywordOf);
  }
}

function mailboxesOf(places: readonly MessagePlace[]): Mailbox[] {
  if (places.length === 1) return [places[0]!.mailbox];
  return [...new Set(places.map(({ mailbox }) => mailbox))];
}
