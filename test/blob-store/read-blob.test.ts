/** How much is read for a part of a large blob. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { BlobStore } from '../../services/blob-store/blob-store.ts';
import { sealFrame } from '../../services/blob-store/frame-sealer.ts';
import { openBlob, readBlobRange, streamBlob } from '../../services/blob-store/read-blob.ts';

const chunk = 65_536;
const blob = randomBytes(100 * 1024 * 1024);
const [frame, key] = [randomUUID(), randomBytes(32)];
const stored = sealFrame(frame, key, 'ab'.repeat(32), blob);

/** A store with one frame, which notes what is read of it. */
function noting(): { blobs: BlobStore; reads: { offset: number; octets: number }[] } {
  const reads: { offset: number; octets: number }[] = [];
  const read = async (_: string, offset: number, length: number) => {
    const octets = new Uint8Array(stored.subarray(offset, offset + length));
    reads.push({ offset, octets: octets.length });
    return octets;
  };
  return { blobs: { read, place: async () => 'memory' } as unknown as BlobStore, reads };
}

describe('a blob of 100 MiB', () => {
  test('is read for the wanted chunks only', async () => {
    const { blobs, reads } = noting();
    const from = 50 * 1024 * 1024 + 7;
    const range = await readBlobRange(blobs, frame, key, from, from + chunk);
    assert.ok(Buffer.from(range).equals(blob.subarray(from, from + chunk)));
    const [start, table, chunks, ...others] = reads;
    assert.deepEqual(others, []);
    assert.deepEqual(start, { offset: 0, octets: chunk });
    assert.equal(table!.octets, 4 * 1600);
    assert.deepEqual(chunks, { offset: 96 + 800 * (chunk + 17), octets: 2 * (chunk + 17) });
  });

  test('that stays open is asked for its table once', async () => {
    const { blobs, reads } = noting();
    const open = await openBlob(blobs, frame, key);
    for (const from of [10, 70 * chunk, 90 * chunk]) await open.read(from, from + 100);
    assert.equal(reads.length, 2 + 3);
  });

  test('is streamed in pieces, never far ahead of the reader', async () => {
    const { blobs, reads } = noting();
    let octets = 0;
    for await (const piece of streamBlob(blobs, frame, key)) {
      octets += piece.length;
      const readAhead = reads.reduce((sum, each) => sum + each.octets, 0) - octets;
      assert.ok(readAhead <= 8 * (chunk + 17) + chunk + 4 * 1600 + 100_000);
      if (octets > 20 * chunk) break;
    }
    assert.ok(reads.length <= 5);
  });

  test('gives nothing outside of its octets', async () => {
    const { blobs } = noting();
    for (const [from, to] of [
      [blob.length, blob.length + 5],
      [5, 5],
      [9, 3],
      [-10, 0],
    ] as const) {
      assert.equal((await readBlobRange(blobs, frame, key, from, to)).length, 0);
    }
    assert.deepEqual(Buffer.from(await readBlobRange(blobs, frame, key, -5, 5)), blob.subarray(0, 5));
  });
});
