import { firstRevisionBehind, judgeAppend } from './append-judgement.ts';
import {
  type Appended,
  checkAppend,
  type EventStore,
  type ExpectedRevision,
  type NewRecord,
  type RecordHandler,
  type StoredRecord,
  type Subscription,
  WrongExpectedRevision,
} from './event-store.ts';
import { OpenSubscriptions, type RecordSource, Signal } from './pulled-subscription.ts';

const maxBatchRecords = 500;

/** Gives a record its position, above that of the record before it (-1: none). */
export type PositionRule = (lastPosition: number, record: NewRecord) => number;

/** The log of a `MemoryEventStore`. It outlives the store, so that a test can restart one. */
export class MemoryLog implements RecordSource {
  readonly grown = new Signal();
  readonly records: StoredRecord[] = [];
  readonly #streams = new Map<string, StoredRecord[]>();
  readonly #positionOf: PositionRule;

  constructor(positionOf: PositionRule = (last) => last + 1) {
    this.#positionOf = positionOf;
  }

  stream(name: string): readonly StoredRecord[] {
    return this.#streams.get(name) ?? [];
  }

  get lastPosition(): number {
    return this.records.at(-1)?.position ?? -1;
  }

  readBehind(position: number, maxCount: number = maxBatchRecords): StoredRecord[] {
    const start = this.#indexBehind(position);
    return this.records.slice(start, start + maxCount);
  }

  /** The last records up to a position; empty where none stands there. */
  readBack(position: number, maxCount: number): StoredRecord[] {
    const end = this.#indexBehind(position);
    return this.records[end - 1]?.position === position
      ? this.records.slice(Math.max(0, end - maxCount), end)
      : [];
  }

  /** Writes; what may be written has been judged before. */
  write(stream: string, firstRevision: number, records: readonly NewRecord[]): StoredRecord[] {
    const own = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, own);
    const written = records.map((record, i) => {
      const position = this.#positionOf(this.lastPosition, record);
      const stored = { ...record, position, stream, revision: firstRevision + i };
      this.records.push(stored);
      own.push(stored);
      return stored;
    });
    this.grown.raise();
    return written;
  }

  /** Index of the first record behind a position. Positions may have gaps, so it is searched by halves. */
  #indexBehind(position: number): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.records[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The engine for tests: keeps every promise of the port but survival of the process. */
export class MemoryEventStore implements EventStore {
  readonly #log: MemoryLog;
  readonly #subscriptions: OpenSubscriptions;

  constructor(log: MemoryLog = new MemoryLog()) {
    this.#log = log;
    this.#subscriptions = new OpenSubscriptions(log);
  }

  async append(stream: string, expected: ExpectedRevision, records: readonly NewRecord[]): Promise<Appended> {
    checkAppend(stream, expected, records);
    const present = this.#log.stream(stream);
    const actual = present.length === 0 ? 'absent' : present.length - 1;
    const standsAt = (first: number) => records.every(({ id }, i) => present[first + i]?.id === id);
    const judgement = judgeAppend(expected, actual, standsAt);
    if (judgement === 'conflict') throw new WrongExpectedRevision(stream, expected, actual);
    const firstRevision = firstRevisionBehind(expected);
    const stored =
      judgement === 'write'
        ? this.#log.write(stream, firstRevision, records)
        : present.slice(firstRevision, firstRevision + records.length);
    return { firstRevision, positions: stored.map((each) => each.position) };
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#log.stream(stream).slice(fromRevision, fromRevision + maxCount);
  }

  async readAll(afterPosition: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#log.readBehind(afterPosition, maxCount);
  }

  async readBack(position: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#log.readBack(position, maxCount);
  }

  async head(): Promise<number> {
    return this.#log.lastPosition;
  }

  subscribe(afterPosition: number, handler: RecordHandler): Subscription {
    return this.#subscriptions.add(afterPosition, handler);
  }

  async close(): Promise<void> {
    await this.#subscriptions.close();
  }
}
