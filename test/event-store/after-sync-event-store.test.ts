import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AfterSyncEventStore } from '../../services/event-store/after-sync-event-store.ts';
import { StorageFull } from '../../services/event-store/event-store.ts';
import { MemoryEventStore } from '../../services/event-store/memory-event-store.ts';
import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { newRecords, streamName } from '../support/event-store-kit.ts';
import { weakLog } from '../support/weak-event-store.ts';

eventStoreContract('a log elsewhere behind syncs here', async () => {
  const log = weakLog();
  const open = () => new AfterSyncEventStore(new MemoryEventStore(log), async () => {});
  let store = open();
  const restart = async () => {
    await store.close();
    store = open();
    return store;
  };
  return { store, restart, close: () => store.close() };
});

describe('the order on disk with a log elsewhere', () => {
  test('nothing is sent before the sync is done', async () => {
    const log = new MemoryEventStore();
    const sync = Promise.withResolvers<void>();
    const store = new AfterSyncEventStore(log, () => sync.promise);
    const appended = store.append(streamName(), 'absent', newRecords(1));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await log.head(), -1);
    sync.resolve();
    await appended;
    assert.equal(await log.head(), 0);
  });

  test('each sync carries the last position that is known to be durable', async () => {
    const told: number[] = [];
    const log = new MemoryEventStore(weakLog());
    const store = new AfterSyncEventStore(log, async (lastPosition) => void told.push(lastPosition));
    const stream = streamName();
    const first = await store.append(stream, 'absent', newRecords(2));
    await log.append(streamName(), 'absent', newRecords(1));
    await store.append(stream, 1, newRecords(1));
    const head = await store.head();
    await store.append(stream, 2, newRecords(1));
    assert.deepEqual(told, [-1, first.positions[1], head]);
  });

  test('where the sync lacks space nothing is sent', async () => {
    const log = new MemoryEventStore();
    const store = new AfterSyncEventStore(log, async () => {
      throw new StorageFull('no space');
    });
    await assert.rejects(store.append(streamName(), 'absent', newRecords(1)), StorageFull);
    assert.equal(await log.head(), -1);
  });
});
