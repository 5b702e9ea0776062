/** The identical batch behind so many others: what the event store contract tries behind 20,000, at length. */
import assert from 'node:assert/strict';
import { filledStream, newRecords, settled, streamName } from '../support/event-store-kit.ts';
import { openSqliteEngine } from '../support/sqlite-engine.ts';

export interface RepeatOptions {
  /** Records between the batch and its repeat, in appends of 500. */
  readonly others: number;
  readonly report: (line: string) => void;
}

const recordsPerStream = 10_000;

/** Rejects where the repeat is not answered with the original result, or writes anything. */
export async function runRepeatedBatch({ others, report }: RepeatOptions): Promise<void> {
  const engine = await openSqliteEngine();
  try {
    const stream = streamName();
    const batch = newRecords(3);
    const original = await settled(engine.store, stream, 'absent', batch);
    const startedMs = performance.now();
    for (let done = 0; done < others; done += recordsPerStream)
      await filledStream(engine.store, Math.min(recordsPerStream, others - done));
    const filledMs = performance.now();
    const store = await engine.restart();
    const head = await store.head();
    const restartedMs = performance.now();
    assert.deepEqual(await settled(store, stream, 'absent', batch), original);
    const repeatedMs = performance.now();
    assert.equal(await store.head(), head);
    const took = [filledMs - startedMs, restartedMs - filledMs, repeatedMs - restartedMs];
    const [filled, restarted, repeated] = took.map((ms) => `${Math.round(ms)} ms`);
    report(`${others} others written in ${filled}, restart ${restarted}, repeat ${repeated}`);
  } finally {
    await engine.close();
  }
}
