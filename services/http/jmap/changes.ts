/** What has changed since a state (RFC 8620 §5.2), out of rows and of what was expunged. Pure. */
import { rowsPerPage } from '../../domain/mailbox-rows.ts';
import { type MailstoreState, modseqOf } from '../../domain/mailstore-state.ts';
import type { Uuid } from '../../domain/values.ts';
import type { MailAccount } from './mail-account.ts';
import { revisionOf, stateText } from './mail-account.ts';
import { MethodError } from './problem.ts';
import type { ArgumentReader } from './read-arguments.ts';
import type { JsonMap } from './request.ts';

export interface Changes {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly destroyed: readonly string[];
}

/** A message that something happened to. */
interface Touched {
  /** Of the last thing that happened. */
  modseq: number;
  /** It was in the account at the state that the client knows. */
  wasThere: boolean;
}

/** Ids of what changed, each with the MODSEQ of its last change and what became of it. */
export interface Change {
  readonly id: string;
  readonly modseq: number;
  readonly became: keyof Changes;
}

export function emailChanges(account: MailAccount, state: MailstoreState, since: number): Change[] {
  return [...touchedSince(account, state, since)].flatMap(([id, { modseq, wasThere }]) => {
    const isThere = account.email(state, id) !== null;
    if (!isThere && !wasThere) return [];
    return [{ id, modseq, became: !isThere ? 'destroyed' : wasThere ? 'updated' : 'created' }];
  });
}

/**
 * A thread is there as long as one of its messages is. Of a message that is gone nobody knows the thread any more:
 * then changes of threads cannot be told.
 */
export function threadChanges(account: MailAccount, state: MailstoreState, since: number): Change[] {
  const threads = new Map<string, Change>();
  for (const { id, modseq, became } of emailChanges(account, state, since)) {
    const thread = account.email(state, id)?.threadId;
    if (thread === undefined)
      throw new MethodError('cannotCalculateChanges', 'messages are gone: begin anew with threads');
    const known = threads.get(thread);
    const isNew = (known?.became ?? 'created') === 'created' && became === 'created';
    threads.set(thread, {
      id: thread,
      modseq: Math.max(modseq, known?.modseq ?? 0),
      became: isNew ? 'created' : 'updated',
    });
  }
  return [...threads.values()].map((each) => withOlderMessages(each, account, state, since));
}

/** New messages of a thread that the client knows change it. */
function withOlderMessages(
  change: Change,
  account: MailAccount,
  state: MailstoreState,
  since: number,
): Change {
  if (change.became === 'updated') return change;
  const isOld = account
    .thread(state, change.id)
    .some(({ id }) =>
      account.places(state, id).some(({ mailbox: { rows }, place }) => rows.filedModseqAt(place) <= since),
    );
  return isOld ? { ...change, became: 'updated' } : change;
}

function touchedSince({ parts }: MailAccount, state: MailstoreState, since: number): Map<Uuid, Touched> {
  const touched = new Map<Uuid, Touched>();
  const note = (message: Uuid, modseq: number, wasThere: boolean): void => {
    const known = touched.get(message);
    if (!known) touched.set(message, { modseq, wasThere });
    else {
      known.modseq = Math.max(known.modseq, modseq);
      known.wasThere ||= wasThere;
    }
  };
  for (const mailbox of state.mailboxes.values()) {
    if (mailbox.changedModseq <= since) continue;
    const { rows } = mailbox;
    for (let index = 0; index < rows.pages.length; index++) {
      const { modseq, filed } = rows.page(index);
      for (let slot = 0; slot < rows.pages[index]!.count; slot++) {
        if (modseq[slot]! <= since) continue;
        note(rows.messageAt(index * rowsPerPage + slot), modseq[slot]!, filed[slot]! <= since);
      }
    }
    for (const row of parts.expungedSince(mailbox, since))
      note(row.message, row.expungedModseq, row.filedModseq <= since);
  }
  return touched;
}

export interface ChangesRequest {
  readonly sinceState: string;
  readonly maxChanges: number | null;
}

export function readChanges(reader: ArgumentReader): ChangesRequest {
  const sinceState = reader.text('sinceState');
  const maxChanges = reader.optionalUnsigned('maxChanges');
  if (maxChanges === 0) throw new MethodError('invalidArguments', 'maxChanges is 0');
  return { sinceState, maxChanges };
}

/** The MODSEQ that a client's state is; throws `cannotCalculateChanges`. */
export function modseqSince(sinceState: string, state: MailstoreState): number {
  const revision = revisionOf(sinceState, state);
  if (revision === null)
    throw new MethodError('cannotCalculateChanges', 'that state is not known here any more: begin anew');
  return modseqOf(state.epoch, revision);
}

/**
 * The answer to /changes. Where there are more than the client takes, the oldest come first, and the new state is
 * the one behind the last of them.
 */
export function changesAnswer(
  accountId: string,
  state: MailstoreState,
  { sinceState, maxChanges }: ChangesRequest,
  changes: readonly Change[],
): JsonMap {
  const sorted = [...changes].sort((a, b) => a.modseq - b.modseq);
  const hasMore = maxChanges !== null && sorted.length > maxChanges;
  // Changes of one event stay together.
  const next = hasMore ? sorted[maxChanges]!.modseq : Number.POSITIVE_INFINITY;
  const taken = sorted.filter(({ modseq }) => modseq < next);
  if (hasMore && taken.length === 0)
    throw new MethodError('cannotCalculateChanges', 'more changed at once than maxChanges');
  const of = (became: keyof Changes) => taken.filter((each) => each.became === became).map(({ id }) => id);
  return {
    accountId,
    oldState: sinceState,
    newState: hasMore ? String(taken.at(-1)!.modseq) : stateText(state),
    hasMoreChanges: hasMore,
    created: of('created'),
    updated: of('updated'),
    destroyed: of('destroyed'),
  };
}
