/** Mailboxes as JMAP shows them (RFC 8621 §2). Pure. */
import { deletedBit, seenBit } from '../../domain/flags.ts';
import { rowsPerPage } from '../../domain/mailbox-rows.ts';
import type { MailboxRole } from '../../domain/mailstore.ts';
import type { Mailbox, MailstoreState } from '../../domain/mailstore-state.ts';
import type { JsonMap } from './request.ts';

/** In the order in which mail programs show them; other mailboxes follow by name. */
const sortOrders: Readonly<Record<MailboxRole, number>> = {
  inbox: 1,
  drafts: 2,
  sent: 3,
  archive: 4,
  junk: 5,
  trash: 6,
  none: 10,
};

export interface MailboxCounts {
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
}

export function mailboxObject(mailbox: Mailbox, counts: MailboxCounts): JsonMap {
  const { id, name, parent, role, subscribed } = mailbox;
  return {
    id,
    // A mailbox whose name was erased stays, and must be called something.
    name: name ?? id,
    parentId: parent,
    role: role === 'none' ? null : role,
    sortOrder: sortOrders[role],
    ...counts,
    myRights: rightsTo(role),
    isSubscribed: subscribed,
  };
}

/** One's own mailboxes; those that every account has keep their place. */
function rightsTo(role: MailboxRole): JsonMap {
  const isOwn = role === 'none';
  return {
    mayReadItems: true,
    mayAddItems: true,
    mayRemoveItems: true,
    maySetSeen: true,
    maySetKeywords: true,
    mayCreateChild: true,
    mayRename: isOwn,
    mayDelete: isOwn,
    maySubmit: true,
  };
}

/** Counts of a mailbox by a look at its rows: places with \Deleted are left out, threads counted once. */
export function countMailbox({ rows }: Mailbox): MailboxCounts {
  const threads = new Map<string, boolean>();
  let totalEmails = 0;
  let unreadEmails = 0;
  for (let index = 0; index < rows.pages.length; index++) {
    const { count } = rows.pages[index]!;
    const { flagsLow } = rows.page(index);
    for (let slot = 0; slot < count; slot++) {
      const flags = flagsLow[slot]!;
      if ((flags & deletedBit) !== 0) continue;
      const isUnread = (flags & seenBit) === 0;
      totalEmails++;
      if (isUnread) unreadEmails++;
      const thread = rows.threadAt(index * rowsPerPage + slot);
      threads.set(thread, isUnread || (threads.get(thread) ?? false));
    }
  }
  const unreadThreads = [...threads.values()].filter(Boolean).length;
  return { totalEmails, unreadEmails, totalThreads: threads.size, unreadThreads };
}

/** Counts are made anew where the mailbox has changed since. Weak: they go with the state that they are of. */
export class MailboxCounter {
  readonly #known = new WeakMap<
    Mailbox,
    { readonly changedModseq: number; readonly counts: MailboxCounts }
  >();

  countsOf(mailbox: Mailbox): MailboxCounts {
    const known = this.#known.get(mailbox);
    if (known?.changedModseq === mailbox.changedModseq) return known.counts;
    const counts = countMailbox(mailbox);
    this.#known.set(mailbox, { changedModseq: mailbox.changedModseq, counts });
    return counts;
  }
}

/** Parents before their children, siblings by sort order and name. */
export function inTreeOrder(state: MailstoreState): Mailbox[] {
  const below = new Map<string | null, Mailbox[]>();
  for (const mailbox of state.mailboxes.values()) {
    const parent = mailbox.parent !== null && state.mailboxes.has(mailbox.parent) ? mailbox.parent : null;
    below.set(parent, [...(below.get(parent) ?? []), mailbox]);
  }
  const walk = (parent: string | null): Mailbox[] =>
    (below.get(parent) ?? []).sort(byOrderAndName).flatMap((mailbox) => [mailbox, ...walk(mailbox.id)]);
  return walk(null);
}

export function byOrderAndName(a: Mailbox, b: Mailbox): number {
  return sortOrders[a.role] - sortOrders[b.role] || (a.name ?? '').localeCompare(b.name ?? '');
}
