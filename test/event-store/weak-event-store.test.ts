import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type NewRecord,
  UnknownOutcome,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import type { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { collectFrom } from '../support/collected-records.ts';
import { WeakEventStore, weakLog } from '../support/weak-event-store.ts';

let seed = 1;

eventStoreContract('weak', async () => {
  const log = weakLog();
  let store = new WeakEventStore({ seed: seed++, log });
  return {
    store,
    restart: async () => {
      await store.close();
      store = new WeakEventStore({ seed: seed++, log });
      return store;
    },
    close: () => store.close(),
  };
});

function record(): NewRecord {
  const id = newEventId();
  return { id, record: Buffer.from(`{"id":"${id}"}`), sealed: null };
}

type Fate = 'acknowledged' | 'written' | 'absent';

/** What became of appends to streams of their own: acknowledged, or unknown and there at once, or not. */
async function fates(seed: number, count: number): Promise<{ fates: Fate[]; log: MemoryLog }> {
  const log = weakLog();
  const store = new WeakEventStore({ seed, log });
  const found: Fate[] = [];
  for (let i = 0; i < count; i++) {
    const fate = await store.append(`message-${i}`, 'absent', [record()]).then(
      (): Fate => 'acknowledged',
      (error): Fate => {
        assert.ok(error instanceof UnknownOutcome);
        return log.stream(`message-${i}`).length > 0 ? 'written' : 'absent';
      },
    );
    found.push(fate);
  }
  return { fates: found, log };
}

describe('the weak store is weak', () => {
  test('acknowledgements get lost, with and without the write, and writes land late', async () => {
    const { fates: found, log } = await fates(5, 300);
    const count = (fate: Fate) => found.filter((each) => each === fate).length;
    assert.ok(
      count('acknowledged') > 200 && count('written') > 3 && count('absent') > 6,
      JSON.stringify(found),
    );
    await sleep(80);
    const late = found.filter((fate, i) => fate === 'absent' && log.stream(`message-${i}`).length > 0);
    assert.ok(late.length > 0 && late.length < count('absent'), `${late.length} late`);
  });

  test('what it does follows from its seed', async () => {
    const [a, b, c] = [await fates(9, 60), await fates(9, 60), await fates(10, 60)];
    assert.deepEqual(a.fates, b.fates);
    assert.notDeepEqual(a.fates, c.fates);
  });

  test('positions have gaps', async () => {
    const { log } = await fates(3, 5);
    const positions = log.records.map(({ position }) => position);
    assert.ok(
      positions.every((position, i) => position > (positions[i - 1] ?? -1) + 50),
      String(positions),
    );
  });

  test('a second writer is faster, and a known id at the head is appended again', async () => {
    const foreign = record();
    const store = new WeakEventStore({
      seed: 1,
      unknownRate: 0,
      secondWriterRate: 1,
      secondWriter: () => [foreign],
    });
    const own = record();
    await assert.rejects(store.append('message-1', 'absent', [own]), WrongExpectedRevision);
    await assert.rejects(store.append('message-1', 0, [own]), WrongExpectedRevision);
    const ids = (await store.readStream('message-1', 0, 10)).map(({ id }) => id);
    assert.deepEqual(ids, [foreign.id, foreign.id]);
  });

  test('subscriptions come late, break off and deliver again, and nobody notices', async () => {
    const log = weakLog();
    const store = new WeakEventStore({ seed: 4, log, unknownRate: 0, maxLateMs: 40, breakRate: 0.5 });
    const collector = collectFrom(store, -1);
    let behind = 0;
    for (let i = 0; i < 100; i++) {
      await store.append('message-1', i === 0 ? 'absent' : i - 1, [record()]);
      await sleep(1);
      if (collector.records.length <= i) behind++;
    }
    await collector.reached(log.lastPosition);
    assert.deepEqual(collector.records, log.records);
    assert.ok(behind > 10, `late ${behind} times`);
    await collector.close();
  });
});
