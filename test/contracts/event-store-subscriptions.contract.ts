/** Part of the event store contract: promise 7, subscriptions. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Collector, collectFrom } from '../support/collected-records.ts';
import {
  assertSameRecords,
  type Declare,
  filledStream,
  newRecords,
  readAllBehind,
  settled,
  streamName,
} from '../support/event-store-kit.ts';

export function subscriptions(promise: Declare): void {
  promise(
    'backfill, cutover and live join without gap or repeat under concurrent appends',
    async ({ store }) => {
      const start = await store.head();
      await filledStream(store, 1_500);
      const collectors: Collector[] = [collectFrom(store, start), collectFrom(store, await store.head())];
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        const stream = streamName();
        for (let i = 0; i < 60; i++) {
          await settled(store, stream, i === 0 ? 'absent' : i * 2 - 1, newRecords(2));
          if (i % 30 === writer)
            collectors.push(collectFrom(store, i % 3 === 0 ? start : await store.head()));
          if (i % 40 === writer) collectors.push(collectFrom(store, start, () => sleep(5)));
        }
      });
      await Promise.all(writers);
      const head = await store.head();
      const log = await readAllBehind(store, start);
      assert.equal(log.length, 1_500 + 8 * 60 * 2);
      for (const [i, collector] of collectors.entries()) {
        await collector.reached(head);
        const behind = log.filter(({ position }) => position > collector.start);
        assertSameRecords(collector.records, behind, `subscription ${i}`);
        await collector.close();
      }
    },
  );

  promise('a record that comes later is delivered, also to many and behind a restart', async (engine) => {
    const { store } = engine;
    const start = await store.head();
    const many = Array.from({ length: 5 }, () => collectFrom(store, start));
    for (let i = 0; i < 3; i++) {
      await filledStream(store, 1);
      const head = await store.head();
      for (const each of many) await each.reached(head);
    }
    for (const each of many) await each.close();
    const reopened = await engine.restart();
    const later = collectFrom(reopened, start);
    await filledStream(reopened, 2);
    await later.reached(await reopened.head());
    assertSameRecords(later.records, await readAllBehind(reopened, start), 'behind the restart');
    await later.close();
  });

  promise('one batch at a time, and none behind close', async ({ store }) => {
    const start = await store.head();
    let running = 0;
    const collector = collectFrom(store, start, async () => {
      assert.equal(++running, 1);
      await sleep(2);
      running--;
    });
    for (let i = 0; i < 10; i++) await filledStream(store, 3);
    await collector.reached(await store.head());
    await collector.close();
    assert.equal(running, 0);
    const delivered = collector.records.length;
    await filledStream(store, 3);
    await sleep(20);
    assert.equal(collector.records.length, delivered);
    await collector.close();
  });

  promise('a handler that throws ends its subscription and no other', async ({ store }) => {
    const start = await store.head();
    const other = collectFrom(store, start);
    let batches = 0;
    const failing = store.subscribe(start, async () => {
      batches++;
      throw new Error('poison');
    });
    const ended = assert.rejects(failing.ended, /poison/);
    await filledStream(store, 3);
    await ended;
    await filledStream(store, 3);
    await other.reached(await store.head());
    assert.equal(batches, 1);
    assert.equal(other.records.length, 6);
    await failing.close();
    await other.close();
  });

  promise('closing the store ends its subscriptions', async (engine) => {
    const collector = collectFrom(engine.store, await engine.store.head());
    await engine.restart();
    await collector.ended;
  });
}
