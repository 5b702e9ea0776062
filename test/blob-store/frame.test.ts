import assert from 'node:assert/strict';
import { createCipheriv, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { crc32, zstdCompressSync } from 'node:zlib';
import { FrameDamaged } from '../../services/blob-store/blob-store.ts';
import {
  chunkOffsets,
  decodeFrameHeader,
  type FrameHeader,
  frameHeaderOctets,
  frameOctets,
} from '../../services/blob-store/frame.ts';
import {
  type ChunkPlace,
  openChunk as openChunkInto,
  sealChunk,
} from '../../services/blob-store/frame-chunk.ts';
import { FrameSealer, sealFrame } from '../../services/blob-store/frame-sealer.ts';
import { openStructure, sealStructure } from '../../services/blob-store/frame-structure.ts';
import { holdData, nameData, unwrapKey, wrapKey } from '../../services/key-store/key-wrap.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** Made by another implementation (Python's `cryptography`) from docs/formats.md. */
const vectors = JSON.parse(readFileSync(new URL('./sealed-vectors.json', import.meta.url), 'utf8'));

interface FrameVector {
  readonly name: string;
  readonly frame: string;
  readonly key: string;
  readonly address: string;
  readonly blob: string | [string, number];
  readonly sealed: string;
}

const bytes = (hex: string) => Buffer.from(hex, 'hex');

function blobOf({ blob }: FrameVector): Buffer {
  return Buffer.from(typeof blob === 'string' ? blob : blob[0].repeat(blob[1]), 'utf8');
}

/** The clear octets of a chunk that should have so many; null where it does not open. */
function openChunk(key: Uint8Array, place: ChunkPlace, stored: Uint8Array, octets: number): Buffer | null {
  const clear = Buffer.alloc(octets);
  return openChunkInto(createSecretKey(key), place, stored, clear) ? clear : null;
}

/** The clear octets of a frame in memory; throws `FrameDamaged` as a reader would. */
function openFrame(octets: Uint8Array, key: Uint8Array): Buffer {
  const header = decodeFrameHeader(octets);
  if (header === null)
    throw new FrameDamaged({ frame: null, part: 'header', offset: 0, reason: 'illegible' });
  const offsets = chunkOffsets(
    header,
    octets.subarray(frameHeaderOctets + header.chunksOctets, frameOctets(header)),
  );
  const chunks = Array.from({ length: header.chunkCount }, (_, index) => {
    const last = index === header.chunkCount - 1;
    const length = Math.min(65_536, header.blobOctets - 65_536 * index);
    const stored = octets.subarray(offsets[index]!, offsets[index + 1]!);
    const clear = openChunk(key, { frame: header.frame, index, last }, stored, length);
    if (clear !== null) return clear;
    throw new FrameDamaged({
      frame: header.frame,
      part: `chunk ${index}`,
      offset: offsets[index]!,
      reason: 'sealed',
    });
  });
  return Buffer.concat(chunks);
}

describe('golden vectors', () => {
  for (const vector of vectors.frames as FrameVector[]) {
    test(`the frame of a blob that is ${vector.name} opens`, () => {
      assert.deepEqual(openFrame(bytes(vector.sealed), bytes(vector.key)), blobOf(vector));
      assert.equal(decodeFrameHeader(bytes(vector.sealed))!.address, vector.address);
    });
  }

  test('what is not compressed is sealed octet for octet', () => {
    const sealed = (vectors.frames as FrameVector[]).filter(({ name }) => !name.includes('compressed'));
    assert.equal(sealed.length, 2);
    for (const vector of sealed) {
      const { frame, key, address } = vector;
      assert.equal(
        Buffer.from(sealFrame(frame, bytes(key), address, blobOf(vector))).toString('hex'),
        vector.sealed,
      );
    }
  });

  test('structure facts', () => {
    const { frame, key, nonce, octets, sealed } = vectors.structure;
    assert.equal(
      Buffer.from(sealStructure(frame, bytes(key), Buffer.from(octets), bytes(nonce))).toString('hex'),
      sealed,
    );
    assert.equal(Buffer.from(openStructure(frame, bytes(key), bytes(sealed))!).toString(), octets);
    assert.equal(openStructure(randomUUID(), bytes(key), bytes(sealed)), null);
    assert.equal(openStructure(frame, randomBytes(32), bytes(sealed)), null);
    assert.equal(openStructure(frame, bytes(key), bytes(sealed).subarray(0, 20)), null);
  });

  test('wrapped keys', () => {
    const { rootKey, name, nonce, key, wrapped } = vectors.wrap;
    assert.equal(
      Buffer.from(wrapKey(bytes(rootKey), nameData(name), bytes(key), bytes(nonce))).toString('hex'),
      wrapped,
    );
    const { messageKey, frame, message, ...hold } = vectors.hold;
    const made = wrapKey(bytes(messageKey), holdData(frame, message), bytes(hold.key), bytes(hold.nonce));
    assert.equal(Buffer.from(made).toString('hex'), hold.wrapped);
    assert.equal(unwrapKey(bytes(messageKey), holdData(message, frame), bytes(hold.wrapped)), null);
    assert.equal(
      unwrapKey(bytes(messageKey), holdData(frame, message), bytes(hold.wrapped).subarray(1)),
      null,
    );
  });
});

describe('sealing', () => {
  test('the pieces in which octets arrive make no difference', () => {
    const random = seededRandom(7);
    const blob = Buffer.concat([Buffer.alloc(150_000, 'words '), randomBytes(150_000)]);
    const [frame, key, address] = [randomUUID(), randomBytes(32), 'cd'.repeat(32)];
    const whole = sealFrame(frame, key, address, blob);
    for (let round = 0; round < 20; round++) {
      const chunks: Uint8Array[] = [];
      const sealer = new FrameSealer(frame, key, (stored) => chunks.push(stored));
      for (let at = 0; at < blob.length; ) {
        const piece = Math.floor(random() * (round < 10 ? 3000 : 200_000));
        sealer.push(blob.subarray(at, at + piece));
        at += piece;
      }
      const { header, table, frameOctets: octets } = sealer.finish(address);
      assert.deepEqual(Buffer.concat([header, ...chunks, table]), Buffer.from(whole));
      assert.equal(octets, whole.length);
    }
  });

  test('text is stored smaller, random octets never much larger', () => {
    const [text, noise] = [Buffer.alloc(200_000, 'words of a mail '), randomBytes(200_000)];
    const sealed = (blob: Buffer) => sealFrame(randomUUID(), randomBytes(32), 'ab'.repeat(32), blob).length;
    assert.ok(sealed(text) < 2000);
    assert.equal(sealed(noise), 96 + 200_000 + 4 * (17 + 4));
  });

  test('a chunk opens in its own place only', () => {
    const [key, frame, octets] = [randomBytes(32), randomUUID(), Buffer.from('clear')];
    const place: ChunkPlace = { frame, index: 3, last: false };
    const stored = sealChunk(key, place, octets);
    assert.deepEqual(Buffer.from(openChunk(key, place, stored, 5)!), octets);
    for (const other of [
      { ...place, index: 4 },
      { ...place, last: true },
      { ...place, frame: randomUUID() },
    ]) {
      assert.equal(openChunk(key, other, stored, 5), null);
    }
    assert.equal(openChunk(key, place, stored, 6), null);
  });
});

describe('hostile frames', () => {
  /** A chunk with any content, sealed as if it were one of ours. */
  function forge(key: Uint8Array, place: ChunkPlace, plain: Buffer): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(place.index, 8);
    const associated = Buffer.alloc(21);
    Buffer.from(place.frame.replaceAll('-', ''), 'hex').copy(associated);
    associated.writeUInt32BE(place.index, 16);
    associated[20] = place.last ? 1 : 0;
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(associated);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  test('a chunk that would unpack to more than 64 KiB does not open', () => {
    const [key, place] = [randomBytes(32), { frame: randomUUID(), index: 0, last: true }];
    const packed = (octets: number) =>
      forge(key, place, Buffer.concat([Buffer.from([1]), zstdCompressSync(Buffer.alloc(octets))]));
    assert.equal(openChunk(key, place, packed(65_536), 65_536)!.length, 65_536);
    // Even for a caller who would take so much.
    assert.ok(openChunk(key, place, packed(65_538), 65_538) === null);
    assert.ok(openChunk(key, place, packed(1 << 26), 1 << 26) === null);
  });

  test('contents that are none do not open', () => {
    const [key, place] = [randomBytes(32), { frame: randomUUID(), index: 0, last: true }];
    for (const plain of [Buffer.alloc(0), Buffer.from([2, 65]), Buffer.from([1, 65]), Buffer.from([1])]) {
      assert.equal(openChunk(key, place, forge(key, place, plain), 1), null);
    }
    assert.equal(openChunk(key, place, Buffer.alloc(15), 1), null);
  });

  test('headers whose sizes contradict one another are none', () => {
    const sound = Buffer.from(
      sealFrame(randomUUID(), randomBytes(32), 'ab'.repeat(32), Buffer.alloc(70_000)),
    );
    const change = (offset: number, value: bigint, octets: 4 | 8) => {
      const header = Buffer.from(sound.subarray(0, 96));
      if (octets === 8) header.writeBigUInt64BE(value, offset);
      else header.writeUInt32BE(Number(value), offset);
      header.writeUInt32BE(crc32(header.subarray(0, 92)), 92);
      return header;
    };
    assert.notEqual(decodeFrameHeader(change(56, 70_000n, 8)), null);
    for (const header of [
      change(56, 200_000n, 8),
      change(56, (1n << 64n) - 1n, 8),
      change(64, (1n << 60n) - 1n, 8),
      change(64, 3n, 8),
      change(72, 0xffff_ffffn, 4),
      change(76, 1n, 4),
    ]) {
      assert.equal(decodeFrameHeader(header), null);
    }
    assert.equal(decodeFrameHeader(sound.subarray(0, 95)), null);
  });

  test('a table with a chunk longer or shorter than one can be is damaged', () => {
    const header: FrameHeader = {
      frame: randomUUID(),
      address: 'ab'.repeat(32),
      blobOctets: 130_000,
      chunksOctets: 70_000,
      chunkCount: 2,
    };
    const offsetsOf = (first: number) => {
      const table = Buffer.alloc(8);
      table.writeUInt32BE(first, 0);
      table.writeUInt32BE(70_000 - first, 4);
      return chunkOffsets(header, table);
    };
    assert.deepEqual([...offsetsOf(65_553)], [96, 96 + 65_553, 96 + 70_000]);
    assert.throws(() => offsetsOf(65_554), FrameDamaged);
    assert.throws(() => offsetsOf(16), FrameDamaged);
  });

  test('10,000 mutated frames open as they were, or are named as damaged', () => {
    const random = seededRandom(4711);
    const below = (limit: number) => Math.floor(random() * limit);
    const key = randomBytes(32);
    const blob = Buffer.concat([Buffer.alloc(66_000, 'words '), randomBytes(3000)]);
    const sealed = Buffer.from(sealFrame(randomUUID(), key, 'ef'.repeat(32), blob));
    let damaged = 0;
    for (let round = 0; round < 10_000; round++) {
      const mutated = Buffer.from(sealed);
      for (let i = below(3); i >= 0; i--)
        mutated[below(2) ? below(mutated.length) : below(100)]! ^= 1 << below(8);
      if (below(4) === 0) mutated.writeUInt32BE(crc32(mutated.subarray(0, 92)), 92);
      const cut = below(5) === 0 ? mutated.subarray(0, below(mutated.length)) : mutated;
      try {
        assert.deepEqual(openFrame(cut, key), blob);
      } catch (error) {
        assert.ok(error instanceof FrameDamaged, String(error));
        damaged++;
      }
    }
    assert.ok(damaged > 9000, `${damaged}`);
  });

  test('random octets as headers and tables throw nothing else', () => {
    const random = seededRandom(99);
    for (let round = 0; round < 2000; round++) {
      const octets = Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)));
      if (round % 2) octets.write('MFR1', 0, 'latin1');
      assert.equal(decodeFrameHeader(octets), null);
      const header: FrameHeader = {
        frame: randomUUID(),
        address: 'ab'.repeat(32),
        blobOctets: 70_000,
        chunksOctets: 60_000,
        chunkCount: 2,
      };
      assert.throws(() => chunkOffsets(header, octets.subarray(0, 8)), FrameDamaged);
    }
  });
});
