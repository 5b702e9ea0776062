import {
  type Appended,
  CauseMissing,
  checkAppend,
  type EventStore,
  type ExpectedRevision,
  type LogPlace,
  type NewRecord,
  type RecordHandler,
  type StoredRecord,
  type Subscription,
  WrongExpectedRevision,
} from './event-store.ts';
import { LiveTail } from './live-tail.ts';
import { OpenSubscriptions, type RecordSource, Signal } from './pulled-subscription.ts';
import type { LogOutcome } from './sqlite-log.ts';
import type { SqliteLogReader } from './sqlite-log-reader.ts';

/** The way to the thread that owns the log. Outcomes come in the order of the commits. */
export interface LogCommands {
  append(
    stream: string,
    expected: ExpectedRevision,
    records: readonly NewRecord[],
    causes: readonly LogPlace[],
  ): Promise<LogOutcome>;
  /** See `EventStore.nextPosition`. */
  nextPosition(): number;
}

/** What is appended within so much of an announcement is announced together: each wakes everybody who follows the log. */
const announcePauseMs = 10;
const maxTailOctets = 4 * 1024 * 1024;
const maxBatchRecords = 500;
const maxBatchOctets = 4 * 1024 * 1024;

/**
 * The embedded engine: appends go to the log's own thread, reads happen here. Subscribers who keep up get what was
 * acknowledged straight from memory; one who has fallen behind reads the log until it has caught up.
 */
export class SqliteEventStore implements EventStore {
  readonly #commands: LogCommands;
  readonly #reader: SqliteLogReader;
  readonly #tail = new LiveTail(maxTailOctets);
  readonly #grown = new Signal();
  readonly #subscriptions: OpenSubscriptions;
  #announcing: 'idle' | 'pausing' | 'due' = 'idle';

  constructor(commands: LogCommands, reader: SqliteLogReader) {
    this.#commands = commands;
    this.#reader = reader;
    const source: RecordSource = { grown: this.#grown, readBehind: (position) => this.#readBehind(position) };
    this.#subscriptions = new OpenSubscriptions(source);
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    records: readonly NewRecord[],
    causes: readonly LogPlace[] = [],
  ): Promise<Appended> {
    checkAppend(stream, expected, records);
    const result = await this.#commands.append(stream, expected, records, causes);
    if (result.outcome === 'conflict') throw new WrongExpectedRevision(stream, expected, result.actual);
    if (result.outcome === 'causeMissing')
      throw new CauseMissing(`${stream}: what it follows from is not there`);
    const { firstRevision, positions } = result;
    if (result.outcome === 'written') this.#publish(stream, firstRevision, positions, records);
    return { firstRevision, positions };
  }

  nextPosition(): number {
    return this.#commands.nextPosition();
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#reader.readStream(stream, fromRevision, maxCount);
  }

  async readAll(afterPosition: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#reader.readBehind(afterPosition, maxCount);
  }

  async readBack(position: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#reader.readBack(position, maxCount);
  }

  async head(): Promise<number> {
    return this.#reader.head();
  }

  subscribe(afterPosition: number, handler: RecordHandler): Subscription {
    return this.#subscriptions.add(afterPosition, handler);
  }

  async close(): Promise<void> {
    await this.#subscriptions.close();
    this.#reader.close();
  }

  #publish(
    stream: string,
    firstRevision: number,
    positions: readonly number[],
    records: readonly NewRecord[],
  ) {
    this.#tail.push(
      records.map(({ id, record, sealed }, i) => {
        return { id, record, sealed, position: positions[i]!, stream, revision: firstRevision + i };
      }),
    );
    this.#announce();
  }

  /** At once where nothing was announced shortly before. */
  #announce(): void {
    if (this.#announcing !== 'idle') {
      this.#announcing = 'due';
      return;
    }
    this.#grown.raise();
    this.#announcing = 'pausing';
    setTimeout(() => {
      const isDue = this.#announcing === 'due';
      this.#announcing = 'idle';
      if (isDue) this.#announce();
    }, announcePauseMs);
  }

  #readBehind(position: number): StoredRecord[] {
    return (
      this.#tail.behind(position, maxBatchRecords) ??
      this.#reader.readBatchBehind(position, maxBatchRecords, maxBatchOctets)
    );
  }
}
