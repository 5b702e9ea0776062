import type {
  Appended,
  EventStore,
  ExpectedRevision,
  NewRecord,
  RecordHandler,
  StoredRecord,
  Subscription,
} from './event-store.ts';

/** Brings to this disk what an append may rest on; `lastLogPosition` is the log's last known to be durable (-1: none). */
export type SyncBeforeAppend = (lastLogPosition: number) => Promise<void>;

/**
 * A log elsewhere, beside keys and octets that are here (design §4, order on disk): no record is sent before this disk
 * has what the record names. Appends are sent in the order in which they were asked for.
 */
export class AfterSyncEventStore implements EventStore {
  readonly #log: EventStore;
  readonly #sync: SyncBeforeAppend;
  #lastPosition = -1;

  constructor(log: EventStore, sync: SyncBeforeAppend) {
    this.#log = log;
    this.#sync = sync;
  }

  async append(stream: string, expected: ExpectedRevision, records: readonly NewRecord[]): Promise<Appended> {
    await this.#sync(this.#lastPosition);
    const appended = await this.#log.append(stream, expected, records);
    this.#lastPosition = Math.max(this.#lastPosition, appended.positions.at(-1)!);
    return appended;
  }

  readStream(stream: string, fromRevision: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#log.readStream(stream, fromRevision, maxCount);
  }

  readAll(afterPosition: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#log.readAll(afterPosition, maxCount);
  }

  readBack(position: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#log.readBack(position, maxCount);
  }

  async head(): Promise<number> {
    const head = await this.#log.head();
    this.#lastPosition = Math.max(this.#lastPosition, head);
    return head;
  }

  subscribe(afterPosition: number, handler: RecordHandler): Subscription {
    return this.#log.subscribe(afterPosition, handler);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
