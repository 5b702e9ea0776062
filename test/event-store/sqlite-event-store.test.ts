import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { collectFrom } from '../support/collected-records.ts';
import { ids, newRecords } from '../support/event-store-kit.ts';
import { openSqliteEngine } from '../support/sqlite-engine.ts';

eventStoreContract('SQLite behind the keeper thread', openSqliteEngine);

describe('SQLite and a slow subscriber', () => {
  test('who falls behind what is kept in memory goes on from the log, then from memory again', async () => {
    const engine = await openSqliteEngine();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = collectFrom(engine.store, -1, () => released);
    const written: string[] = [];
    const append = async (count: number, octets: number) => {
      const records = newRecords(count, octets);
      await engine.store.append('message-1', written.length === 0 ? 'absent' : written.length - 1, records);
      written.push(...ids(records));
    };
    await append(1, 50);
    await slow.reached(0);
    // Three times as much as is kept in memory.
    for (let i = 0; i < 25; i++) await append(10, 50_000);
    release();
    await slow.reached(await engine.store.head());
    await append(5, 50);
    await slow.reached(await engine.store.head());
    assert.deepEqual(ids(slow.records), written);
    await slow.close();
    await engine.close();
  });
});

test('what is appended right behind an announcement is announced together with what follows it', async (t) => {
  const engine = await openSqliteEngine();
  const batches: number[] = [];
  const subscription = engine.store.subscribe(-1, async (batch) => {
    batches.push(batch.length);
  });
  const append = (stream: string) => engine.store.append(stream, 'absent', newRecords(1, 50));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await append('message-1');
  while (batches.length === 0) await nextLoopTurn();
  await append('message-2');
  await append('message-3');
  for (let turn = 0; turn < 20; turn++) await nextLoopTurn();
  assert.deepEqual(batches, [1]);
  t.mock.timers.tick(10);
  while (batches.length === 1) await nextLoopTurn();
  assert.deepEqual(batches, [1, 2]);
  await subscription.close();
  await engine.close();
});
