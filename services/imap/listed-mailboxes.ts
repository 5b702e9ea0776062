/** The mailboxes of an account as LIST shows them (RFC 9051 §6.3.9, §7.3.1). */
import type { MailboxRole } from '../domain/mailstore.ts';
import { pathOf } from '../domain/mailstore-naming.ts';
import type { Mailbox, MailstoreState } from '../domain/mailstore-state.ts';
import { hierarchySeparator } from './protocol/mailbox-name.ts';

export interface ListedMailbox {
  readonly mailbox: Mailbox;
  readonly path: string;
  readonly hasChildren: boolean;
}

/** RFC 6154 §2. */
const specialUses: Readonly<Record<MailboxRole, string | null>> = {
  none: null,
  inbox: null,
  sent: '\\Sent',
  drafts: '\\Drafts',
  trash: '\\Trash',
  junk: '\\Junk',
  archive: '\\Archive',
};

export function specialUseOf({ role }: Mailbox): string | null {
  return specialUses[role];
}

/** The role of a special use that CREATE asks for; null where this server has none for it. */
export function roleOfSpecialUse(use: string): MailboxRole | null {
  const wanted = use.toLowerCase();
  const found = Object.entries(specialUses).find(([, name]) => name?.toLowerCase() === wanted);
  return found === undefined ? null : (found[0] as MailboxRole);
}

/** INBOX and what is below it first, then by path. */
export function listedMailboxes(state: MailstoreState): ListedMailbox[] {
  const parents = new Set([...state.mailboxes.values()].map(({ parent }) => parent));
  const listed = [...state.mailboxes.values()].map((mailbox) => ({
    mailbox,
    path: pathOf(state, mailbox),
    hasChildren: parents.has(mailbox.id),
  }));
  return listed.sort((a, b) => compare(sortKey(a.path), sortKey(b.path)));
}

/** A separator sorts before everything else, so that a mailbox's children follow it. */
function sortKey(path: string): string {
  const inInbox = path === 'INBOX' || path.startsWith(`INBOX${hierarchySeparator}`);
  return `${inInbox ? '0' : '1'}${path.replaceAll(hierarchySeparator, '\0')}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Paths above a path, nearest first. */
export function pathsAbove(path: string): string[] {
  const names = path.split(hierarchySeparator);
  return names.slice(1).map((_, depth) => names.slice(0, names.length - 1 - depth).join(hierarchySeparator));
}
