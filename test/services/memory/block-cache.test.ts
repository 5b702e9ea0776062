import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockCache } from '../../../services/memory/block-cache.ts';

const mebi = 1024 * 1024;

function cacheOf(maxOctets: number): BlockCache<number, Uint8Array> {
  return new BlockCache({
    maxOctets,
    besides: () => 100,
    octetsOf: (value) => value.length,
    placed: (value, place) => place(value),
  });
}

/** Octets of which each tells whose they are. */
function octetsOf(key: number, length = 1000): Uint8Array {
  return new Uint8Array(length).fill(key % 251);
}

test('values are copied side by side, and are what was set last', () => {
  const cache = cacheOf(4 * mebi);
  const given = octetsOf(1);
  const kept = cache.set(1, given);
  const next = cache.set(2, octetsOf(2));
  assert.notEqual(kept, given);
  assert.equal(kept.buffer, next.buffer);
  assert.equal(next.byteOffset, kept.byteOffset + 1000);
  cache.set(1, octetsOf(7));
  assert.equal(cache.get(1)![0], 7);
  assert.equal(kept[0], 1);
  assert.deepEqual(cache.get(2), Buffer.from(octetsOf(2)));
  assert.equal(cache.get(3), undefined);
});

test('memory is bounded, the oldest go first, and what is used stays whole', () => {
  const cache = cacheOf(4 * mebi);
  for (let key = 0; key < 20_000; key++) {
    cache.set(key, octetsOf(key));
    assert.deepEqual(cache.get(0), Buffer.from(octetsOf(0)));
    assert.ok(cache.octets <= 4 * mebi);
  }
  const left = Array.from({ length: 20_000 }, (_, key) => key).filter((key) => cache.get(key) !== undefined);
  assert.equal(left[0], 0);
  assert.ok(left.length > 2000);
  for (const key of left) assert.deepEqual(cache.get(key), Buffer.from(octetsOf(key)));
  assert.equal(left.at(-1), 19_999);
});

test('where everything is used, memory is bounded all the same', () => {
  const cache = cacheOf(4 * mebi);
  for (let key = 0; key < 20_000; key++) {
    cache.set(key, octetsOf(key));
    cache.get(key);
  }
  assert.ok(cache.octets <= 4 * mebi);
});

test('a value larger than a block has one of its own; one far too large is not kept', () => {
  const cache = cacheOf(8 * mebi);
  cache.set(1, octetsOf(1, 2 * mebi));
  assert.deepEqual(cache.get(1), Buffer.from(octetsOf(1, 2 * mebi)));
  const large = octetsOf(2, 3 * mebi);
  assert.equal(cache.set(2, large), large);
  assert.equal(cache.get(2), undefined);
});

test('what is wiped is overwritten, and nothing beside it; nothing is left of what is cleared', () => {
  const cache = cacheOf(4 * mebi);
  const [wiped, beside] = [cache.set(1, octetsOf(1)), cache.set(2, octetsOf(2))];
  cache.wipe(1);
  assert.equal(cache.get(1), undefined);
  assert.deepEqual(wiped, Buffer.alloc(1000));
  assert.deepEqual(beside, Buffer.from(octetsOf(2)));
  cache.clear();
  assert.equal(cache.get(2), undefined);
  assert.equal(cache.octets, 0);
});
