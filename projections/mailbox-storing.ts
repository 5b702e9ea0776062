/** Stores many states without keeping the event loop: in several transactions, the last with the checkpoint. */
import type { MailstoreState } from '../services/domain/mailstore-state.ts';
import type { Checkpoint } from './log-reader.ts';
import type { MailboxModel } from './mailboxes.ts';
import { TimeSlice } from './time-slice.ts';

/** Row pages of one transaction: about 4 MB, some milliseconds. One account is never divided. */
const pagesPerTransaction = 200;

/**
 * Each account is stored whole. Until the checkpoint is, some accounts are ahead of it; that is harmless, because a
 * state knows its own revision and takes in no event twice.
 */
export async function storeInSlices(
  model: MailboxModel,
  states: Iterable<MailstoreState>,
  checkpoint: Checkpoint | null,
): Promise<void> {
  const slice = new TimeSlice();
  let group: MailstoreState[] = [];
  let pages = 0;
  for (const state of states) {
    if (!state.dirty) continue;
    group.push(state);
    pages += 1 + dirtyPages(state);
    if (pages < pagesPerTransaction) continue;
    model.store(group, null);
    group = [];
    pages = 0;
    if (slice.isOver()) await slice.next();
  }
  model.store(group, checkpoint);
}

function dirtyPages({ mailboxes }: MailstoreState): number {
  let pages = 0;
  for (const { rows } of mailboxes.values()) for (const head of rows.pages) if (head.dirty) pages++;
  return pages;
}
