/**
 * Digests of mailstores, to compare a stored one with its rebuild, mailbox by mailbox. Pages follow from the events
 * alone, so the layout counts as well: two states with equal digests find each other's pages.
 */
import { createHash, type Hash } from 'node:crypto';
import type { ExpungedRow } from '../services/domain/mailbox-rows.ts';
import type { Mailbox, MailstoreState } from '../services/domain/mailstore-state.ts';
import type { Uuid } from '../services/domain/values.ts';
import { compactRows } from './mailbox-file.ts';
import { encodeHead } from './mailstore-head.ts';
import { TimeSlice } from './time-slice.ts';

/** What concerns no mailbox by itself: keywords, the last UIDVALIDITY, what was filed last. */
export const accountPart = 'account';

/** All rows ever expunged from a mailbox: `MailboxModel.expungedSince(mailbox, 0)`. */
export type ExpungedOf = (mailbox: Mailbox) => Iterable<ExpungedRow>;

/** SHA-256, hex, by mailbox id, and `accountPart`. The state must not change meanwhile. */
export async function digestMailstore(
  state: MailstoreState,
  expungedOf: ExpungedOf,
): Promise<Map<Uuid | typeof accountPart, string>> {
  const slice = new TimeSlice();
  const { mailboxes, ...account } = JSON.parse(encodeHead(state)) as { mailboxes: { id: Uuid }[] };
  const digests = new Map([
    [accountPart, createHash('sha256').update(JSON.stringify(account)).digest('hex')],
  ]);
  for (const plain of mailboxes) {
    const mailbox = state.mailboxes.get(plain.id)!;
    const hash = createHash('sha256').update(JSON.stringify(plain));
    await digestPages(hash, mailbox, slice);
    await digestExpunged(hash, expungedOf(mailbox), slice);
    digests.set(plain.id, hash.digest('hex'));
  }
  return digests;
}

async function digestPages(hash: Hash, { rows }: Mailbox, slice: TimeSlice): Promise<void> {
  for (const [index, head] of rows.pages.entries()) {
    const { number, firstUid, lastUid, count, content: loaded } = head;
    hash.update(JSON.stringify([number, firstUid, lastUid, count]));
    hash.update(compactRows(rows.page(index), count));
    // A large mailbox is not to stay in memory for having been compared.
    if (!head.dirty) head.content = loaded;
    if (slice.isOver()) await slice.next();
  }
}

async function digestExpunged(hash: Hash, expunged: Iterable<ExpungedRow>, slice: TimeSlice): Promise<void> {
  for (const { uid, message, filedModseq, expungedModseq } of expunged) {
    hash.update(JSON.stringify([uid, message, filedModseq, expungedModseq]));
    if (slice.isOver()) await slice.next();
  }
}
