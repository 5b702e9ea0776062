import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import { LiveTail } from '../../services/event-store/live-tail.ts';
import { PulledSubscription, Signal } from '../../services/event-store/pulled-subscription.ts';

function record(position: number, octets = 500): StoredRecord {
  return {
    position,
    id: '',
    stream: 'a-1',
    revision: position,
    record: new Uint8Array(octets),
    sealed: null,
  };
}

const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => record(first + i));
const positions = (records: readonly StoredRecord[] | null) =>
  records?.map(({ position }) => position) ?? null;

describe('live tail', () => {
  test('knows what it has, and what it has not', () => {
    const tail = new LiveTail(1_000_000);
    assert.equal(tail.behind(-1, 10), null);
    tail.push(from(7, 3));
    assert.deepEqual(positions(tail.behind(6, 10)), [7, 8, 9]);
    assert.deepEqual(positions(tail.behind(7, 1)), [8]);
    assert.deepEqual(positions(tail.behind(9, 10)), []);
    assert.deepEqual(positions(tail.behind(12, 10)), []);
    assert.equal(tail.behind(5, 10), null);
    tail.push(from(10, 2));
    assert.deepEqual(positions(tail.behind(8, 10)), [9, 10, 11]);
  });

  test('begins anew behind a gap and takes no record twice', () => {
    const tail = new LiveTail(1_000_000);
    tail.push(from(0, 3));
    tail.push(from(5, 2));
    assert.equal(tail.behind(2, 10), null);
    assert.deepEqual(positions(tail.behind(4, 10)), [5, 6]);
    tail.push(from(4, 3));
    tail.push(from(6, 2));
    assert.deepEqual(positions(tail.behind(4, 10)), [5, 6, 7]);
  });

  test('drops the oldest beyond its bound', () => {
    const tail = new LiveTail(10_240);
    for (let i = 0; i < 1000; i++) tail.push([record(i)]);
    assert.equal(tail.behind(980, 100), null);
    assert.deepEqual(positions(tail.behind(995, 100)), [996, 997, 998, 999]);
    tail.push([record(1000, 50_000)]);
    assert.deepEqual(positions(tail.behind(999, 100)), [1000]);
    assert.equal(tail.behind(998, 100), null);
  });
});

describe('pulled subscription', () => {
  test('a slow handler is asked for one batch at a time, wherever it comes from', async () => {
    const log = from(0, 900);
    let reads = 0;
    let taken = 0;
    const grown = new Signal();
    const readBehind = (position: number) => {
      reads++;
      return log.slice(position + 1, position + 101);
    };
    const delivered: number[] = [];
    let release = () => {};
    const subscription = new PulledSubscription({ grown, readBehind }, -1, async (batch) => {
      delivered.push(...batch.map(({ position }) => position));
      taken++;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    for (let batch = 1; batch <= 9; batch++) {
      while (taken < batch) await new Promise((resolve) => setImmediate(resolve));
      grown.raise();
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(reads, batch);
      release();
    }
    log.push(...from(900, 5));
    grown.raise();
    while (taken < 10) await new Promise((resolve) => setImmediate(resolve));
    const closed = subscription.close();
    release();
    await closed;
    assert.deepEqual(
      delivered,
      log.map(({ position }) => position),
    );
  });

  test('a record that comes between the look and the wait is not missed', async () => {
    const log: StoredRecord[] = [];
    const grown = new Signal();
    let seen = () => {};
    const delivered = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const readBehind = async (position: number) => {
      const found = log.slice(position + 1);
      if (log.length === 0) {
        log.push(record(0));
        grown.raise();
      }
      return found;
    };
    const subscription = new PulledSubscription({ grown, readBehind }, -1, () => seen());
    await delivered;
    await subscription.close();
  });
});
