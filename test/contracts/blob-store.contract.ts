/** What every blob store promises. Each engine runs the whole suite. */
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  type BlobStore,
  FrameDamaged,
  FrameMissing,
  type SealedFrame,
} from '../../services/blob-store/blob-store.ts';
import { sealFrame } from '../../services/blob-store/frame-sealer.ts';
import { openBlob, readBlob, readBlobRange, streamBlob } from '../../services/blob-store/read-blob.ts';

/** A place where a store lives. */
export interface BlobStoreHouse {
  readonly store: BlobStore;
  /** The store is closed and opened again; events name every frame. */
  restart(): Promise<BlobStore>;
  /** Exchanges one octet of a stored frame, behind the store's back. */
  damage(frame: string, offset: number): Promise<void>;
  remove(): Promise<void>;
}

interface Made {
  readonly sealed: SealedFrame;
  readonly key: Uint8Array;
  readonly blob: Buffer;
  /** The frame's octets; `put` may take those of `sealed` over. */
  readonly octets: Buffer;
}

/** A frame of a blob, and everything that is needed to read it. */
export function makeFrame(blob: Buffer, address = createHash('sha256').update(blob).digest('hex')): Made {
  const [frame, key] = [randomUUID(), randomBytes(32)];
  const octets = Buffer.from(sealFrame(frame, key, address, blob));
  const sealed = { frame, address, blobOctets: blob.length, content: { bytes: new Uint8Array(octets) } };
  return { sealed, key, blob, octets };
}

/** Text that compresses, so that stored and clear offsets differ, with random octets between. */
export function mixedBlob(octets: number): Buffer {
  const blob = randomBytes(octets);
  for (let offset = 0; offset < octets; offset += 8192)
    blob.fill('some words of a mail ', offset, Math.min(octets, offset + 4096));
  return blob;
}

export function blobStoreContract(engine: string, build: () => Promise<BlobStoreHouse>): void {
  describe(`blob store contract: ${engine}`, () => {
    let house: BlobStoreHouse;
    let store: BlobStore;

    beforeEach(async () => {
      house = await build();
      store = house.store;
    });
    afterEach(() => house.remove());

    async function restart(): Promise<void> {
      store = await house.restart();
    }

    test('a frame comes back octet for octet, also after a restart', async () => {
      const made = makeFrame(mixedBlob(300_000));
      await store.put(made.sealed);
      assert.deepEqual(Buffer.from(await store.read(made.sealed.frame, 0, 1e9)), made.octets);
      await restart();
      assert.deepEqual(Buffer.from(await store.read(made.sealed.frame, 0, 1e9)), made.octets);
    });

    test('parts of a frame are read by offset, clipped to its end', async () => {
      const made = makeFrame(mixedBlob(100_000));
      await store.put(makeFrame(mixedBlob(5000)).sealed);
      await store.put(made.sealed);
      await store.put(makeFrame(mixedBlob(5000)).sealed);
      const { frame } = made.sealed;
      assert.deepEqual(Buffer.from(await store.read(frame, 8, 16)), made.octets.subarray(8, 24));
      const end = made.octets.length;
      assert.deepEqual(Buffer.from(await store.read(frame, end - 3, 100)), made.octets.subarray(end - 3));
      assert.equal((await store.read(frame, end, 100)).length, 0);
      assert.equal((await store.read(frame, end + 50, 100)).length, 0);
    });

    test('blobs of all sizes around the chunk are read back, whole and in ranges', async () => {
      for (const octets of [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 600_000]) {
        const made = makeFrame(mixedBlob(octets));
        await store.put(made.sealed);
        const { frame } = made.sealed;
        assert.deepEqual(Buffer.from(await readBlob(store, frame, made.key)), made.blob, `${octets}`);
        for (const [from, to] of [
          [0, 0],
          [0, 1],
          [65_530, 65_540],
          [octets - 5, octets + 5],
          [100, 400_000],
        ] as const) {
          const range = Buffer.from(await readBlobRange(store, frame, made.key, from, to));
          assert.deepEqual(
            range,
            made.blob.subarray(Math.max(0, from), Math.max(0, to)),
            `${octets}: ${from}-${to}`,
          );
        }
      }
    });

    test('a stream gives the blob in pieces of at most 64 KiB', async () => {
      const made = makeFrame(mixedBlob(900_001));
      await store.put(made.sealed);
      const pieces: Buffer[] = [];
      for await (const piece of streamBlob(store, made.sealed.frame, made.key))
        pieces.push(Buffer.from(piece));
      assert.ok(pieces.every((piece) => piece.length <= 65_536));
      assert.deepEqual(Buffer.concat(pieces), made.blob);
    });

    test('a blob that is open can be read many times', async () => {
      const made = makeFrame(mixedBlob(400_000));
      await store.put(made.sealed);
      const blob = await openBlob(store, made.sealed.frame, made.key);
      assert.equal(blob.octets, 400_000);
      for (const from of [200_000, 0, 399_990, 65_536]) {
        assert.deepEqual(Buffer.from(await blob.read(from, from + 10)), made.blob.subarray(from, from + 10));
      }
    });

    test('all frames of an address are found, newest first', async () => {
      const blob = mixedBlob(2000);
      const frames = [makeFrame(blob), makeFrame(mixedBlob(100)), makeFrame(blob), makeFrame(blob)];
      for (const { sealed } of frames) await store.put(sealed);
      const [first, , third, fourth] = frames.map(({ sealed }) => sealed.frame);
      const { address } = frames[0]!.sealed;
      assert.deepEqual(await store.find(address), [fourth, third, first]);
      await restart();
      assert.deepEqual(await store.find(address), [fourth, third, first]);
      assert.deepEqual(await store.find('00'.repeat(32)), []);
    });

    test('a frame that is put again stays as it was', async () => {
      const made = makeFrame(mixedBlob(2000));
      await store.put(made.sealed);
      await store.put({ ...made.sealed, content: { bytes: new Uint8Array(made.octets) } });
      assert.deepEqual(Buffer.from(await store.read(made.sealed.frame, 0, 1e9)), made.octets);
      assert.deepEqual(await store.find(made.sealed.address), [made.sealed.frame]);
    });

    test('octets that are not the frame that they should be are refused', async () => {
      const made = makeFrame(mixedBlob(2000));
      const { sealed, octets } = made;
      const refused: SealedFrame[] = [
        { ...sealed, frame: randomUUID() },
        { ...sealed, address: '11'.repeat(32) },
        { ...sealed, blobOctets: 1999 },
        { ...sealed, content: { bytes: new Uint8Array(octets.subarray(0, -1)) } },
        { ...sealed, content: { bytes: new Uint8Array(10) } },
      ];
      for (const frame of refused) {
        const bytes = 'bytes' in frame.content ? new Uint8Array(frame.content.bytes) : null;
        await assert.rejects(store.put({ ...frame, content: { bytes: bytes! } }));
      }
      await store.put({ ...sealed, content: { bytes: new Uint8Array(octets) } });
      assert.deepEqual(Buffer.from(await store.read(sealed.frame, 0, 1e9)), octets);
    });

    test('a large frame is taken from its file', async () => {
      const made = makeFrame(mixedBlob(500_000));
      const file = join(store.incoming, `${made.sealed.frame}.frame`);
      writeFileSync(file, made.octets);
      await store.put({ ...made.sealed, content: { file, octets: made.octets.length } });
      for (let start = 0; start < 2; start++) {
        assert.deepEqual(Buffer.from(await readBlob(store, made.sealed.frame, made.key)), made.blob);
        assert.deepEqual(await store.find(made.sealed.address), [made.sealed.frame]);
        await restart();
      }
    });

    test('a frame that nobody has put is missing', async () => {
      await assert.rejects(async () => store.read(randomUUID(), 0, 10), FrameMissing);
      await assert.rejects(store.place(randomUUID()), FrameMissing);
    });

    test('a removed frame is missing, the others stay', async () => {
      const [gone, stays, large] = [
        makeFrame(mixedBlob(2000)),
        makeFrame(mixedBlob(3000)),
        makeFrame(mixedBlob(9000)),
      ];
      const file = join(store.incoming, 'x.frame');
      writeFileSync(file, large.octets);
      for (const { sealed } of [gone, stays]) await store.put(sealed);
      await store.put({ ...large.sealed, content: { file, octets: large.octets.length } });
      await store.remove(gone.sealed.frame);
      await store.remove(large.sealed.frame);
      await store.remove(randomUUID());
      for (let start = 0; start < 2; start++) {
        for (const { sealed } of [gone, large]) {
          await assert.rejects(async () => store.read(sealed.frame, 0, 10), FrameMissing);
          assert.deepEqual(await store.find(sealed.address), []);
        }
        assert.deepEqual(Buffer.from(await readBlob(store, stays.sealed.frame, stays.key)), stays.blob);
        await restart();
      }
    });

    test('every frame is listed', async () => {
      const frames = Array.from({ length: 5 }, (_, i) => makeFrame(mixedBlob(i * 1000)));
      for (const { sealed } of frames) await store.put(sealed);
      await store.remove(frames[2]!.sealed.frame);
      const listed = await Array.fromAsync(store.frames());
      const expected = frames.filter((_, i) => i !== 2);
      assert.deepEqual(
        listed.map(({ frame, address, storedOctets, blobOctets }) => ({
          frame,
          address,
          storedOctets,
          blobOctets,
        })),
        expected.map(({ sealed, octets }) => ({
          frame: sealed.frame,
          address: sealed.address,
          storedOctets: octets.length,
          blobOctets: sealed.blobOctets,
        })),
      );
      for (const { frame, place } of listed) assert.equal(await store.place(frame), place);
    });

    test('an octet that was changed is named by frame, part and place', async () => {
      const made = makeFrame(mixedBlob(200_000));
      const { frame } = made.sealed;
      await store.put(made.sealed);
      const table = made.octets.length - 4 * 4;
      const chunks = [0, 1, 2, 3].map((index) => made.octets.readUInt32BE(table + 4 * index));
      const chunk2 = 96 + chunks[0]! + chunks[1]!;
      for (const [offset, part] of [
        [30, 'header'],
        [0, 'header'],
        [95, 'header'],
        [97, 'chunk 0'],
        [chunk2, 'chunk 2'],
        [chunk2 + chunks[2]! - 1, 'chunk 2'],
        [table - 1, 'chunk 3'],
        [table + 3, 'table'],
      ] as const) {
        await house.damage(frame, offset);
        const place = await store.place(frame);
        await assert.rejects(readBlob(store, frame, made.key), (error) => {
          assert.ok(error instanceof FrameDamaged, String(error));
          assert.deepEqual(
            [error.damage.frame, error.damage.part, error.damage.place],
            [frame, part, place],
            `${offset}`,
          );
          assert.ok(error.message.includes(part) && error.message.includes(place));
          return true;
        });
        await house.damage(frame, offset);
      }
      assert.deepEqual(Buffer.from(await readBlob(store, frame, made.key)), made.blob);
    });

    test('damage in one chunk leaves the others readable', async () => {
      const made = makeFrame(mixedBlob(200_000));
      await store.put(made.sealed);
      await house.damage(made.sealed.frame, 5000);
      const range = await readBlobRange(store, made.sealed.frame, made.key, 70_000, 80_000);
      assert.deepEqual(Buffer.from(range), made.blob.subarray(70_000, 80_000));
    });

    test('another key opens nothing', async () => {
      const made = makeFrame(mixedBlob(2000));
      await store.put(made.sealed);
      await assert.rejects(readBlob(store, made.sealed.frame, randomBytes(32)), FrameDamaged);
    });

    test('many frames at once are all kept', async () => {
      const frames = Array.from({ length: 600 }, (_, i) => makeFrame(Buffer.from(`mail ${i}`)));
      await Promise.all(frames.map(({ sealed }) => store.put(sealed)));
      for (let start = 0; start < 2; start++) {
        for (const { sealed, key, blob } of frames) {
          assert.deepEqual(Buffer.from(await readBlob(store, sealed.frame, key)), blob);
          assert.deepEqual(await store.find(sealed.address), [sealed.frame]);
        }
        await restart();
      }
    });
  });
}
