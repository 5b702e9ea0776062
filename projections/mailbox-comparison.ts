/** Compares two files of stored mailstores, account by account, at the revision of the one that is ahead. */
import type { LoggedEvent } from '../services/domain/event.ts';
import { evolveMailstore } from '../services/domain/mailstore-state.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { LogReader } from './log-reader.ts';
import { digestMailstore } from './mailbox-digest.ts';
import { type MailboxModel, openedByMailboxes } from './mailboxes.ts';
import { differingParts } from './table-digest.ts';

export interface DifferingMailstore {
  readonly account: Uuid;
  /** Ids of the mailboxes, and `account` for what concerns none of them. */
  readonly parts: readonly string[];
}

const eventsPerRead = 1000;

/** Accounts that either file has; those that either leaves out are not compared. */
export function* accountsToCompare(one: MailboxModel, other: MailboxModel): Generator<Uuid> {
  const compared = (account: Uuid) =>
    !one.file.hasPoison(`mailstore-${account}`) && !other.file.hasPoison(`mailstore-${account}`);
  for (const account of one.accounts()) if (compared(account)) yield account;
  for (const account of other.accounts()) {
    if (one.revision(account) < 0 && compared(account)) yield account;
  }
}

/** Null where they are equal. Neither file may change meanwhile. */
export async function compareMailstore(
  one: MailboxModel,
  other: MailboxModel,
  account: Uuid,
  log: LogReader,
): Promise<DifferingMailstore | null> {
  const revision = Math.max(one.revision(account), other.revision(account));
  const first = await digestAt(revision, one, account, log);
  const second = await digestAt(revision, other, account, log);
  const parts = differingParts(first, second);
  return parts.length === 0 ? null : { account, parts };
}

/** The digests, or where the account cannot be read out of its file, the reason as a part of its own. */
async function digestAt(
  revision: number,
  model: MailboxModel,
  account: Uuid,
  log: LogReader,
): Promise<Map<string, string>> {
  const tail = await readTail(account, model.revision(account), revision, log);
  try {
    const state = model.load(account);
    for (const event of tail) evolveMailstore(state, event);
    return await digestMailstore(state, (mailbox) => model.expungedSince(mailbox, 0));
  } catch (error) {
    return new Map([['unreadable', String(error)]]);
  }
}

/** What the file does not have yet: at most what is appended between two stores. */
async function readTail(
  account: Uuid,
  behind: number,
  revision: number,
  log: LogReader,
): Promise<LoggedEvent[]> {
  const tail: LoggedEvent[] = [];
  while (behind + tail.length < revision) {
    const read = await log.readStream(`mailstore-${account}`, behind + tail.length + 1, eventsPerRead);
    if (read.length === 0) break;
    tail.push(...read.filter((event) => event.revision <= revision));
  }
  await log.prepare(tail.filter(({ type }) => openedByMailboxes.has(type)));
  return tail;
}

/** Does replaying the account's events up to that revision fail by itself? Throws where the log cannot be read. */
export async function cannotBeReplayed(
  model: MailboxModel,
  account: Uuid,
  revision: number,
  log: LogReader,
): Promise<boolean> {
  const state = model.load(account);
  const tail = await readTail(account, state.revision, revision, log);
  try {
    for (const event of tail) evolveMailstore(state, event);
    return false;
  } catch {
    return true;
  }
}
