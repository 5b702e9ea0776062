import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordHandler, StoredRecord, Subscription } from './event-store.ts';
import { Signal } from './pulled-subscription.ts';

/** What a remote engine's client pushes events through: a readable stream that can be given up. */
export interface PushingStream<Event> {
  on(event: 'readable' | 'end' | 'close' | 'error', listener: () => void): unknown;
  read(): Event | null;
  unsubscribe(): Promise<void>;
}

export interface PushedSubscriptionOptions<Event> {
  readonly afterPosition: number;
  readonly handler: RecordHandler;
  /** Opens a stream of everything behind a position (exclusive; -1 for all). */
  readonly open: (behindPosition: number) => PushingStream<Event>;
  /** The record in an event; null where there is none. */
  readonly recordOf: (event: Event) => StoredRecord | null;
  /** Longest pause before a stream that broke is opened again, milliseconds. */
  readonly maxPauseMs: number;
}

const maxBatchRecords = 500;
const firstPauseMs = 10;

/**
 * A subscription on a stream that breaks whenever the server does. It is opened again behind the last record that
 * was processed, as often as it takes; what the broken stream still holds is thrown away, because it comes again.
 */
export class PushedSubscription<Event> implements Subscription {
  readonly ended: Promise<void>;
  readonly #options: PushedSubscriptionOptions<Event>;
  readonly #moved = new Signal();
  #position: number;
  #closed = false;

  constructor(options: PushedSubscriptionOptions<Event>) {
    this.#options = options;
    this.#position = options.afterPosition;
    this.ended = this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#moved.raise();
    await this.ended.catch(() => {});
  }

  async #run(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.#closed) {
      const before = this.#position;
      await this.#deliverOneStream();
      pauseMs = this.#position > before ? firstPauseMs : Math.min(pauseMs * 2, this.#options.maxPauseMs);
      if (!this.#closed) await sleep(pauseMs);
    }
  }

  /** Resolves when the stream broke or the subscription was closed; rejects with what the handler threw. */
  async #deliverOneStream(): Promise<void> {
    const stream = this.#options.open(this.#position);
    let broken = false;
    const breakOff = () => {
      broken = true;
      this.#moved.raise();
    };
    // At once: an error that nobody listens to would end the process.
    for (const event of ['error', 'end', 'close'] as const) stream.on(event, breakOff);
    stream.on('readable', () => this.#moved.raise());
    try {
      while (!broken && !this.#closed) {
        const moved = this.#moved.next();
        const batch = this.#takeFrom(stream);
        if (batch.length === 0) await moved;
        else await this.#handOver(batch);
      }
    } finally {
      // Not waited for: with the server away it would take for ever, and nothing is read from it any more.
      stream.unsubscribe().catch(() => {});
    }
  }

  #takeFrom(stream: PushingStream<Event>): StoredRecord[] {
    const batch: StoredRecord[] = [];
    let last = this.#position;
    while (batch.length < maxBatchRecords) {
      const event = stream.read();
      if (event === null) break;
      const record = this.#options.recordOf(event);
      if (record === null || record.position <= last) continue;
      batch.push(record);
      last = record.position;
    }
    return batch;
  }

  async #handOver(batch: readonly StoredRecord[]): Promise<void> {
    await this.#options.handler(batch);
    this.#position = batch[batch.length - 1]!.position;
  }
}
