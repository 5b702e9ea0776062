/** A small house around the ledger: a log and keys in memory, a folder on disk, and mails to put in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DraftEvent } from '../../services/domain/event.ts';
import type { EventStore, ExpectedRevision, StoredRecord } from '../../services/event-store/event-store.ts';
import {
  MemoryEventStore,
  MemoryLog,
  type PositionRule,
} from '../../services/event-store/memory-event-store.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { LedgerFolder } from '../../services/ledger/ledger-folder.ts';
import type { Appender } from '../../services/ledger/ledger-stream.ts';
import type { LedgerOptions } from '../../services/ledger/open-ledger.ts';

/** A key store that has seen the log. */
export class SeeingKeyStore extends MemoryKeyStore {
  seenPosition = -1;
  override async beginEpoch(epoch: number, logPosition: number): Promise<void> {
    await super.beginEpoch(epoch, logPosition);
    this.seenPosition = logPosition;
  }
  override async lastLogPosition(): Promise<number> {
    return this.seenPosition;
  }
}

/** Positions as EventStoreDB has them: octets, with gaps. */
export const gappedPositions: PositionRule = (last, { record }) => last + record.length + 90;

export class LedgerHouse {
  readonly log: MemoryLog;
  readonly store: EventStore;
  readonly keys: SeeingKeyStore;
  readonly folder: LedgerFolder;
  readonly sealed: SealedEventStore;
  nowMs = 1_700_000_000_000;

  constructor(path: string, log: MemoryLog, keys = new SeeingKeyStore()) {
    this.keys = keys;
    this.log = log;
    this.store = new MemoryEventStore(log);
    this.folder = new LedgerFolder(path);
    this.sealed = new SealedEventStore(this.store, this.keys);
  }

  readonly append: Appender = (stream, expected, drafts, { actor, cause, now }) =>
    this.sealed.appendDrafts(stream, expected, drafts, {
      ids: drafts.map(() => newEventId(now)),
      epoch: 1,
      at: now,
      actor,
      cause,
    });

  get options(): LedgerOptions {
    return {
      store: this.store,
      keys: this.keys,
      folder: this.folder,
      append: this.append,
      now: () => this.nowMs,
    };
  }

  /** Appends small events to a stream of their own each. */
  async fill(count: number): Promise<void> {
    for (let i = 0; i < count; i++)
      await this.add(`rule-${crypto.randomUUID()}`, 'absent', [draft('RuleNoted', { number: i })]);
  }

  add(stream: string, expected: ExpectedRevision, drafts: readonly DraftEvent[]) {
    return this.append(stream, expected, drafts, { actor: 'system', cause: null, now: this.nowMs });
  }
}

export function draft(
  type: string,
  data: DraftEvent['data'],
  personal: DraftEvent['personal'] = null,
): DraftEvent {
  return { type, version: 1, data, personal };
}

/** A house in a folder of its own, which goes when the test ends. */
export async function ledgerHouse(t: TestContext, log: MemoryLog = new MemoryLog()): Promise<LedgerHouse> {
  return new LedgerHouse(join(await temporaryFolder(t), 'ledger'), log);
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muniment-ledger-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A log that somebody has changed: each record as `change` returns it, or gone where it returns null. */
export async function changedLog(
  log: MemoryLog,
  change: (record: StoredRecord, index: number) => StoredRecord | null,
): Promise<MemoryLog> {
  const changed = log.records.flatMap((record, index) => change(record, index) ?? []);
  const positions = changed.map(({ position }) => position);
  let next = 0;
  const copy = new MemoryLog((last) => positions[next++] ?? last + 1);
  for (const { stream, revision, id, record, sealed } of changed)
    copy.write(stream, revision, [{ id, record, sealed }]);
  return copy;
}
