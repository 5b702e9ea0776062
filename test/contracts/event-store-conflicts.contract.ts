/** Part of the event store contract: promises 2 and 4, expected revisions and repeats. */
import assert from 'node:assert/strict';
import {
  type Appended,
  AppendRefused,
  type EventStore,
  type NewRecord,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import { collectFrom } from '../support/collected-records.ts';
import {
  assertSameRecords,
  conflict,
  type Declare,
  filledStream,
  ids,
  newRecord,
  newRecords,
  readAllBehind,
  settled,
  streamName,
} from '../support/event-store-kit.ts';

export function expectedRevisions(promise: Declare): void {
  promise('only "absent" or the exact revision is written', async ({ store }) => {
    const start = await store.head();
    const { stream, records } = await filledStream(store, 3);
    for (const expected of ['absent', 0, 1, 3, 400] as const) {
      await conflict(store, stream, expected, newRecords(2), 2);
    }
    for (const expected of [-1, 0.5, Number.NaN, 2 ** 53]) {
      await assert.rejects(store.append(stream, expected, newRecords(1)), AppendRefused);
      await assert.rejects(store.append(streamName(), expected, newRecords(1)), AppendRefused);
    }
    for (const expected of [0, 7] as const)
      await conflict(store, streamName(), expected, newRecords(1), 'absent');
    assert.deepEqual(ids(await readAllBehind(store, start)), ids(records));
    const { firstRevision } = await settled(store, stream, 2, newRecords(2));
    assert.equal(firstRevision, 3);
  });

  promise('of many who expect the same, exactly one is written', async ({ store }) => {
    for (const present of [0, 4]) {
      const { stream } = present === 0 ? { stream: streamName() } : await filledStream(store, present);
      const expected = present === 0 ? 'absent' : present - 1;
      const tries = Array.from({ length: 20 }, () => settled(store, stream, expected, newRecords(2)));
      const results = await Promise.allSettled(tries);
      const refused = results.filter((each) => each.status === 'rejected');
      assert.equal(refused.length, 19);
      for (const { reason } of refused) assert.ok(reason instanceof WrongExpectedRevision, String(reason));
      assert.equal((await store.readStream(stream, 0, 100)).length, present + 2);
    }
  });

  promise('appends that are not awaited fail alone', async ({ store }) => {
    const start = await store.head();
    const streams = Array.from({ length: 40 }, streamName);
    const batches = streams.map(() => newRecords(3));
    const tries = streams.map((stream, i) =>
      settled(store, stream, i % 4 === 0 ? 17 : 'absent', batches[i]!),
    );
    const results = await Promise.allSettled(tries);
    const log = await readAllBehind(store, start);
    for (const [i, result] of results.entries()) {
      assert.equal(result.status, i % 4 === 0 ? 'rejected' : 'fulfilled', `append ${i}`);
      const written = log.filter(({ stream }) => stream === streams[i]);
      assert.deepEqual(ids(written), i % 4 === 0 ? [] : ids(batches[i]!));
    }
  });
}

export function repeats(promise: Declare): void {
  promise('the identical batch, repeated, gives the original result and writes nothing', async (engine) => {
    let { store } = engine;
    const { stream, records } = await filledStream(store, 2);
    const batch = newRecords(3);
    const original = await settled(store, stream, 1, batch);
    const first = await settled(store, streamName(), 'absent', newRecords(1));
    assert.equal(first.firstRevision, 0);
    assert.deepEqual(await settled(store, stream, 1, batch), original, 'at once');
    await settled(store, stream, 4, newRecords(2));
    assert.deepEqual(await settled(store, stream, 1, batch), original, 'behind others in the stream');
    const otherContent = batch.map(({ id }) => ({ ...newRecord(), id }));
    assert.deepEqual(await settled(store, stream, 1, otherContent), original, 'known by its ids');
    await filledStream(store, 20_000);
    store = await engine.restart();
    const head = await store.head();
    assert.deepEqual(await settled(store, stream, 1, batch), original, 'behind 20,000 others and a restart');
    assert.deepEqual(await settled(store, stream, 'absent', records), await firstOf(store, stream, 2));
    assert.equal(await store.head(), head);
    assert.equal((await store.readStream(stream, 0, 100)).length, 7);
    // A repeat is no news: who reads behind it gets everything that came since.
    const reader = collectFrom(store, original.positions[2]!);
    await reader.reached(head);
    await reader.close();
  });

  promise('what is not the identical batch is a conflict', async ({ store }) => {
    const { stream } = await filledStream(store, 2);
    const [a, b] = newRecords(2) as [NewRecord, NewRecord];
    await settled(store, stream, 1, [a, b]);
    const head = await store.head();
    await conflict(store, stream, 1, [b, a], 3);
    await conflict(store, stream, 1, [a, newRecord()], 3);
    await conflict(store, stream, 1, [newRecord(), b], 3);
    await conflict(store, stream, 1, [a, b, newRecord()], 3);
    await conflict(store, stream, 0, [a, b], 3);
    await conflict(store, stream, 2, [a, b], 3);
    await conflict(store, stream, 'absent', [a, b], 3);
    await conflict(store, streamName(), 1, [a, b], 'absent');
    assert.equal(await store.head(), head);
  });

  promise('everything acknowledged is there after a restart', async (engine) => {
    const start = await engine.store.head();
    const streams = Array.from({ length: 30 }, streamName);
    const appended = await Promise.all(
      streams.map((stream) => settled(engine.store, stream, 'absent', newRecords(2))),
    );
    const before = await readAllBehind(engine.store, start);
    const store = await engine.restart();
    const after = await readAllBehind(store, start);
    assertSameRecords(after, before, 'after the restart');
    const positions = new Set(after.map(({ position }) => position));
    assert.ok(appended.every((each) => each.positions.every((position) => positions.has(position))));
  });
}

async function firstOf(store: EventStore, stream: string, count: number): Promise<Appended> {
  const first = await store.readStream(stream, 0, count);
  return { firstRevision: 0, positions: first.map(({ position }) => position) };
}
