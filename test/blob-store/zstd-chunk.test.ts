import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { constants, zstdCompressSync } from 'node:zlib';
import { decompressInto } from '../../services/blob-store/zstd-chunk.ts';
import { seededRandom } from '../support/seeded-random.ts';

function packed(octets: Uint8Array, checksum = false): Buffer {
  return zstdCompressSync(octets, { params: { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 } });
}

function opened(octets: Uint8Array, length: number): Buffer | null {
  const into = Buffer.alloc(length);
  return decompressInto(octets, into) ? into : null;
}

const text = Buffer.from('some words of a mail '.repeat(3000));
const noise = randomBytes(65_536);

describe('octets of one chunk', () => {
  test('are decompressed one after another, of every length', () => {
    for (const octets of [text, noise, text.subarray(0, 1), text.subarray(0, 0), noise, text])
      assert.ok(opened(packed(octets), octets.length)?.equals(octets));
  });

  test('that are more or fewer than is wanted do not open, and spoil nothing that follows', () => {
    for (const wrong of [text.length - 1, text.length + 1, 0, 1]) {
      assert.ok(opened(packed(text), wrong) === null);
      assert.ok(opened(packed(text), text.length)?.equals(text));
    }
  });

  test('that are cut off, altered or no zstd do not open, and spoil nothing that follows', () => {
    const whole = packed(text, true);
    const next = seededRandom(11);
    const below = (count: number) => Math.floor(next() * count);
    for (let i = 0; i < 300; i++) {
      const damaged = Buffer.from(whole);
      damaged[below(damaged.length)]! ^= 1 << below(8);
      for (const octets of [damaged, whole.subarray(0, below(whole.length)), randomBytes(50)]) {
        const found = opened(octets, text.length);
        assert.ok(found === null || found.equals(text));
        assert.ok(opened(whole, text.length)?.equals(text));
      }
    }
  });

  test('with others behind them do not open', () => {
    assert.ok(opened(Buffer.concat([packed(text), Buffer.of(1)]), text.length) === null);
  });
});
