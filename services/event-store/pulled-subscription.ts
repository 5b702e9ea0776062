import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { RecordHandler, StoredRecord, Subscription } from './event-store.ts';

/** Wakes everybody who waits, once; whoever asks again waits for the next time. */
export class Signal {
  #raise: () => void = () => {};
  #raised: Promise<void> | null = null;

  /** Ask BEFORE looking for what the signal announces, or a raise between the two is lost. */
  next(): Promise<void> {
    this.#raised ??= new Promise((resolve) => {
      this.#raise = resolve;
    });
    return this.#raised;
  }

  raise(): void {
    this.#raised = null;
    this.#raise();
  }
}

/** Where a pulled subscription gets its records: a log with random access by position. */
export interface RecordSource {
  /** Some records directly behind that position, in order, bounded in number and octets; empty at the end. */
  readBehind(position: number): readonly StoredRecord[] | Promise<readonly StoredRecord[]>;
  /** Raised whenever records have come. */
  readonly grown: Signal;
}

/**
 * A subscription that asks for what lies behind the last record it delivered. Backfill, cutover and live are the
 * same question, so there is no seam at which a record could be lost or delivered twice, and a slow handler holds
 * no more than one batch.
 */
export class PulledSubscription implements Subscription {
  readonly ended: Promise<void>;
  readonly #source: RecordSource;
  readonly #handler: RecordHandler;
  #position: number;
  #closed = false;

  constructor(source: RecordSource, afterPosition: number, handler: RecordHandler) {
    this.#source = source;
    this.#handler = handler;
    this.#position = afterPosition;
    this.ended = this.#deliver();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#source.grown.raise();
    await this.ended.catch(() => {});
  }

  async #deliver(): Promise<void> {
    while (!this.#closed) {
      // A source that answers at once, and a handler that does, would keep everybody else from running; and who
      // appended answers its peer before anybody reacts.
      await nextLoopTurn();
      const grown = this.#source.grown.next();
      const batch = await this.#source.readBehind(this.#position);
      if (this.#closed) return;
      if (batch.length === 0) await grown;
      else await this.#handOver(batch);
    }
  }

  async #handOver(batch: readonly StoredRecord[]): Promise<void> {
    await this.#handler(batch);
    this.#position = batch[batch.length - 1]!.position;
  }
}

/**
 * The subscriptions that a store must close before itself. It watches none of them: a failure that nobody waits
 * for on `ended` must stay an unhandled rejection, never be swallowed here.
 */
export class OpenSubscriptions {
  readonly #source: RecordSource;
  readonly #open = new Set<Subscription>();

  constructor(source: RecordSource) {
    this.#source = source;
  }

  add(afterPosition: number, handler: RecordHandler): Subscription {
    const pulled = new PulledSubscription(this.#source, afterPosition, handler);
    const subscription = {
      ended: pulled.ended,
      close: async () => {
        this.#open.delete(subscription);
        await pulled.close();
      },
    };
    this.#open.add(subscription);
    return subscription;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((each) => each.close()));
  }
}
