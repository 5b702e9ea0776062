/**
 * An event store that does everything a distributed one may do, and keeps the port's promises all the same: lost
 * acknowledgements, writes that land after the caller gave up, positions with gaps, subscriptions that come late,
 * break off and deliver again below the surface, a second writer. What it does follows from its seed.
 */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Appended,
  checkAppend,
  type EventStore,
  type ExpectedRevision,
  type NewRecord,
  type RecordHandler,
  type StoredRecord,
  type Subscription,
  UnknownOutcome,
} from '../../services/event-store/event-store.ts';
import { MemoryEventStore, MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { PushedSubscription, type PushingStream } from '../../services/event-store/pushed-subscription.ts';
import { seededRandom } from './seeded-random.ts';

export interface WeakOptions {
  readonly seed: number;
  /** Taken over from a store before it, as after a restart. */
  readonly log?: MemoryLog;
  /** Part of the appends that end with `UnknownOutcome`: a third of them written, a third not, a third written later. */
  readonly unknownRate?: number;
  /** Part of the appends before which a second writer writes what `secondWriter` gives. */
  readonly secondWriterRate?: number;
  readonly secondWriter?: (stream: string, expected: ExpectedRevision) => readonly NewRecord[];
  /** Subscribers get a record at most so long after it was written. Mostly it is much less. */
  readonly maxLateMs?: number;
  /** Chance that a subscription's stream breaks off at a delivery. */
  readonly breakRate?: number;
}

const defaults = {
  unknownRate: 0.1,
  secondWriterRate: 0.05,
  secondWriter: (): readonly NewRecord[] => [],
  maxLateMs: 500,
  breakRate: 0.05,
};

/** A log whose positions have gaps, as octet offsets in a file have. */
export function weakLog(): MemoryLog {
  return new MemoryLog((last, { record, sealed }) => last + 90 + record.length + (sealed?.length ?? 0));
}

/** The first so many records of a log, where they stood. */
export function copyOfLog(log: MemoryLog, count = log.records.length): MemoryLog {
  const kept = log.records.slice(0, count);
  const positions = kept.map(({ position }) => position);
  const copy = new MemoryLog((last, record) => positions.shift() ?? last + 90 + record.record.length);
  for (const record of kept) copy.write(record.stream, record.revision, [record]);
  return copy;
}

export class WeakEventStore implements EventStore {
  readonly #options: Required<WeakOptions>;
  readonly #random: () => number;
  readonly #inner: MemoryEventStore;
  readonly #subscriptions = new Set<Subscription>();

  constructor(options: WeakOptions) {
    this.#options = { log: weakLog(), ...defaults, ...options };
    this.#random = seededRandom(options.seed);
    this.#inner = new MemoryEventStore(this.#options.log);
  }

  async append(stream: string, expected: ExpectedRevision, records: readonly NewRecord[]): Promise<Appended> {
    checkAppend(stream, expected, records);
    await this.#disturb(stream, expected);
    const write = () => this.#inner.append(stream, expected, records);
    if (this.#random() >= this.#options.unknownRate) {
      const appended = await write();
      // Subscribers may be faster than the acknowledgement.
      if (this.#random() < 0.1) await sleep(this.#random() * 5);
      return appended;
    }
    const fate = this.#random();
    if (fate < 1 / 3) await write();
    else if (fate < 2 / 3) setTimeout(() => write().catch(() => {}), this.#random() * 50);
    throw new UnknownOutcome('the connection was lost before an answer came');
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#inner.readStream(stream, fromRevision, maxCount);
  }

  async readAll(afterPosition: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#inner.readAll(afterPosition, maxCount);
  }

  async readBack(position: number, maxCount: number): Promise<StoredRecord[]> {
    return this.#inner.readBack(position, maxCount);
  }

  async head(): Promise<number> {
    return this.#inner.head();
  }

  subscribe(afterPosition: number, handler: RecordHandler): Subscription {
    const { log, maxLateMs, breakRate } = this.#options;
    const open = (behind: number) => new LateStream(log, behind, this.#random, maxLateMs, breakRate);
    const recordOf = (record: StoredRecord) => record;
    const subscription = new PushedSubscription({ afterPosition, handler, open, recordOf, maxPauseMs: 20 });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((each) => each.close()));
    await this.#inner.close();
  }

  /** Lets the second writer be first. */
  async #disturb(stream: string, expected: ExpectedRevision): Promise<void> {
    if (this.#random() >= this.#options.secondWriterRate) return;
    const records = this.#options.secondWriter(stream, expected);
    if (records.length > 0) await this.#inner.append(stream, expected, records).catch(() => {});
  }
}

const maxBufferedRecords = 64;

/** The stream under a subscription: late, now and then broken, and not above delivering a record again. */
export class LateStream extends EventEmitter implements PushingStream<StoredRecord> {
  readonly #log: MemoryLog;
  readonly #random: () => number;
  readonly #maxLateMs: number;
  readonly #breakRate: number;
  #buffered: StoredRecord[] = [];
  #position: number;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(log: MemoryLog, behind: number, random: () => number, maxLateMs: number, breakRate: number) {
    super();
    this.#log = log;
    this.#position = behind;
    this.#random = random;
    this.#maxLateMs = maxLateMs;
    this.#breakRate = breakRate;
    this.#waitForMore();
  }

  read(): StoredRecord | null {
    return this.#buffered.shift() ?? null;
  }

  async unsubscribe(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async #waitForMore(): Promise<void> {
    while (!this.#ended) {
      const grown = this.#log.grown.next();
      if (this.#log.lastPosition > this.#position) break;
      await grown;
    }
    // The sixth power: half of the deliveries are later than a 64th of the most, few come near it.
    if (!this.#ended) this.#timer = setTimeout(() => this.#push(), this.#random() ** 6 * this.#maxLateMs);
  }

  #push(): void {
    if (this.#buffered.length >= maxBufferedRecords) {
      this.#timer = setTimeout(() => this.#push(), 1);
      return;
    }
    const again =
      this.#random() < 0.1 ? this.#log.records.filter((each) => each.position <= this.#position) : [];
    const fresh = this.#log.readBehind(this.#position, maxBufferedRecords);
    this.#position = fresh.at(-1)!.position;
    this.#buffered = [...this.#buffered, ...again.slice(-2), ...fresh];
    this.emit('readable');
    if (this.#random() < this.#breakRate)
      this.emit(this.#random() < 0.5 ? 'error' : 'end', new Error('connection lost'));
    else this.#waitForMore();
  }
}
