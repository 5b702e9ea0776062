/**
 * What every event store promises: the promises of `services/event-store/event-store.ts`, for each engine alike. It
 * asks nothing of an empty log, because a real server may hold what earlier runs have left.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  CauseMissing,
  type EventStore,
  type ExpectedRevision,
  type NewRecord,
  type StoredRecord,
  UnknownOutcome,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import {
  appendAtHead,
  assertAscending,
  assertSameRecords,
  type Declare,
  filledStream,
  hex,
  ids,
  newRecord,
  newRecords,
  type OpenEngine,
  readAllBehind,
  settled,
  streamName,
} from '../support/event-store-kit.ts';
import { expectedRevisions, repeats } from './event-store-conflicts.contract.ts';
import { limits } from './event-store-limits.contract.ts';
import { subscriptions } from './event-store-subscriptions.contract.ts';

/** Runs the suite on an engine that `open` makes afresh for every test. */
export function eventStoreContract(engineName: string, open: () => Promise<OpenEngine>): void {
  const promise: Declare = (name, body) =>
    test(name, async () => {
      const engine = await open();
      try {
        await body(engine);
      } finally {
        await engine.close();
      }
    });

  describe(`event store contract: ${engineName}`, () => {
    orderAndOctets(promise);
    expectedRevisions(promise);
    repeats(promise);
    outcomes(promise);
    causes(promise);
    limits(promise);
    subscriptions(promise);
  });
}

function causes(promise: Declare): void {
  promise(
    'what names a cause is written where that stands at its place, or not at all',
    async ({ store }) => {
      const { nextPosition } = store;
      if (nextPosition === undefined) return;
      const [cause, effect] = [newRecord(), newRecord()];
      const stream = streamName();
      const place = { position: nextPosition.call(store), id: cause.id };
      const early = store.append(stream, 'absent', [effect], [place]);
      const refused = assert.rejects(early, CauseMissing);
      const written = store.append(streamName(), 'absent', [newRecord(), cause]);
      await refused;
      const { positions } = await written;
      assert.equal(nextPosition.call(store), positions[1]! + 1);
      await assert.rejects(store.append(stream, 'absent', [effect], [place]), CauseMissing);
      const at = { position: nextPosition.call(store), id: newEventId() };
      const together = [
        store.append(streamName(), 'absent', [{ ...newRecord(), id: at.id }]),
        store.append(stream, 'absent', [effect], [at, { position: positions[1]!, id: cause.id }]),
      ];
      const [first, behind] = await Promise.all(together);
      assert.deepEqual([first!.positions, behind!.positions], [[at.position], [at.position + 1]]);
      assert.deepEqual(ids(await store.readStream(stream, 0, 9)), [effect.id]);
    },
  );
}

function orderAndOctets(promise: Declare): void {
  promise('records come back octet for octet, in order of stream and log', async ({ store }) => {
    const start = await store.head();
    const stream = streamName();
    const sealed = Buffer.concat([Buffer.from([1]), randomBytes(300)]);
    const batch = [newRecord(), { ...newRecord(5_000), sealed }, newRecord()];
    const { firstRevision, positions } = await settled(store, stream, 'absent', batch);
    assert.equal(firstRevision, 0);
    assert.equal(positions.length, 3);
    const read = await store.readStream(stream, 0, 10);
    assertSameRecords(await store.readAll(start, 10), read, 'the log');
    assertAscending(read);
    for (const [i, stored] of read.entries()) {
      const { id, record, sealed } = batch[i]!;
      assert.deepEqual([stored.id, stored.stream, stored.revision], [id, stream, i]);
      assert.equal(stored.position, positions[i]);
      assert.equal(hex(stored.record), hex(record));
      assert.equal(stored.sealed && hex(stored.sealed), sealed && hex(sealed));
    }
    assert.equal(await store.head(), positions[2]);
  });

  promise('the log is read back from a record, and from nowhere else', async ({ store }) => {
    const start = await store.head();
    await filledStream(store, 700);
    const log = await readAllBehind(store, start);
    const positions = log.map(({ position }) => position);
    const at = positions[697]!;
    assertSameRecords(await store.readBack(at, 2), log.slice(696, 698), 'two of them');
    assertSameRecords(await store.readBack(at, 650), log.slice(48, 698), 'many of them');
    const nowhere = [at + 1, positions[0]! - 1, positions.at(-1)! + 1_000_000];
    for (const position of nowhere.filter((each) => each > start && !positions.includes(each)))
      assert.deepEqual(await store.readBack(position, 10), [], `${position}`);
  });

  promise('an unknown stream is empty, and so is what lies behind the head', async ({ store }) => {
    assert.deepEqual(await store.readStream(streamName(), 0, 10), []);
    const { stream } = await filledStream(store, 2);
    assert.deepEqual(await store.readStream(stream, 2, 10), []);
    assert.deepEqual(await store.readAll(await store.head(), 10), []);
  });

  promise('pages of a large stream and of the log join without gap or repeat', async ({ store }) => {
    const start = await store.head();
    const { stream, records } = await filledStream(store, 5_000);
    const read: StoredRecord[] = [];
    for (let from = 0; from < 5_000; from += 700) read.push(...(await store.readStream(stream, from, 700)));
    assert.deepEqual(ids(read), ids(records));
    assert.deepEqual(
      read.map(({ revision }) => revision),
      records.map((_, i) => i),
    );
    const behind = await readAllBehind(store, start, 999);
    assert.deepEqual(ids(behind), ids(records));
    assertAscending(behind);
  });

  promise('an append is never interleaved with others', async ({ store }) => {
    const start = await store.head();
    const streams = Array.from({ length: 10 }, streamName);
    const work = streams.flatMap((stream) => [0, 1, 2].map(() => appendAtHead(store, stream, newRecords(7))));
    const appended = await Promise.all(work);
    const log = await readAllBehind(store, start);
    assert.equal(log.length, 210);
    const placeOf = new Map(log.map(({ position }, place) => [position, place]));
    for (const { positions } of appended) {
      const places = positions.map((position) => placeOf.get(position)!);
      assert.deepEqual(
        places,
        places.map((_, i) => places[0]! + i),
      );
    }
  });
}

/** What `dispatch.ts` does: after anything but a clear answer the tail tells whether the batch was written. */
async function appendReadingTheTail(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  records: readonly NewRecord[],
): Promise<void> {
  for (;;) {
    try {
      await store.append(stream, expected, records);
      return;
    } catch (error) {
      assert.ok(error instanceof UnknownOutcome || error instanceof WrongExpectedRevision, String(error));
      const [found] = await store.readStream(stream, expected === 'absent' ? 0 : expected + 1, 1);
      if (found?.id === records[0]!.id) return;
      assert.ok(error instanceof UnknownOutcome, 'nobody else writes to this stream');
    }
  }
}

function outcomes(promise: Declare): void {
  promise('an unknown outcome is resolved by the tail: nothing lost, nothing twice', async ({ store }) => {
    const start = await store.head();
    const writers = Array.from({ length: 10 }, async () => {
      const stream = streamName();
      const records = newRecords(20);
      for (let at = 0; at < records.length; at += 2) {
        await appendReadingTheTail(store, stream, at === 0 ? 'absent' : at - 1, records.slice(at, at + 2));
      }
      return { stream, records };
    });
    const written = await Promise.all(writers);
    const log = await readAllBehind(store, start);
    assert.equal(log.length, 200);
    for (const { stream, records } of written) {
      assert.deepEqual(ids(await store.readStream(stream, 0, 100)), ids(records));
    }
  });
}
