/** A subscriber that keeps what it gets, for tests. */
import type { EventStore, StoredRecord } from '../../services/event-store/event-store.ts';

export interface Collector {
  /** The position behind which it began. */
  readonly start: number;
  readonly records: readonly StoredRecord[];
  /** Resolves when the record at that position, or one behind it, was delivered. */
  reached(position: number): Promise<void>;
  close(): Promise<void>;
  readonly ended: Promise<void>;
}

export function collectFrom(
  store: EventStore,
  start: number,
  pause: () => Promise<unknown> = async () => {},
): Collector {
  const records: StoredRecord[] = [];
  const waiting: (() => void)[] = [];
  const subscription = store.subscribe(start, async (batch) => {
    records.push(...batch);
    for (const wake of waiting.splice(0)) wake();
    await pause();
  });
  const reached = async (position: number) => {
    while ((records.at(-1)?.position ?? start) < position) {
      await Promise.race([new Promise<void>((wake) => waiting.push(wake)), subscription.ended]);
    }
  };
  return { start, records, reached, close: () => subscription.close(), ended: subscription.ended };
}
