import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { CompactRange, emptyRoot, hex, leafHash, nodeHash } from '../../services/ledger/merkle.ts';
import {
  checkConsistency,
  checkInclusion,
  consistencyPath,
  inclusionPath,
  proofOf,
  rangeRoot,
} from '../../services/ledger/merkle-proofs.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** Inputs and roots known from RFC 6962 implementations ("Certificate Transparency" reference tests). */
const knownLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const knownRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** MTH of RFC 9162 §2.1.1, word for word and slow. */
function naiveRoot(leaves: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

function nodesOf(leaves: readonly Uint8Array[]) {
  return async (height: number, index: number) =>
    naiveRoot(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height));
}

function someLeaves(count: number, random: () => number): Uint8Array[] {
  return Array.from({ length: count }, () => Buffer.from(String(random())));
}

describe('Merkle tree', () => {
  test('the known roots', () => {
    assert.equal(hex(emptyRoot), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const range = new CompactRange();
    knownLeaves.forEach((leaf, i) => {
      range.append(leafHash(Buffer.from(leaf, 'hex')));
      assert.equal(hex(range.root()), knownRoots[i]);
    });
  });

  test('known proofs: leaf 0 of 8, leaf 5 of 8, 1 to 8 and 6 to 8', async () => {
    const nodes = nodesOf(knownLeaves.map((leaf) => Buffer.from(leaf, 'hex')));
    const hexes = async (proof: Promise<Uint8Array[]>) => (await proof).map(hex);
    assert.deepEqual(await hexes(proofOf(inclusionPath(0, 8), nodes)), [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    assert.deepEqual(await hexes(proofOf(inclusionPath(5, 8), nodes)), [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    assert.deepEqual(await hexes(proofOf(consistencyPath(1, 8), nodes)), [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    assert.deepEqual(await hexes(proofOf(consistencyPath(6, 8), nodes)), [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  test('leaves longer than the scratch buffer hash alike', () => {
    const record = Buffer.alloc(100_000, 7);
    assert.deepEqual(leafHash(record), createHash('sha256').update(Buffer.of(0)).update(record).digest());
    assert.notDeepEqual(leafHash(Buffer.alloc(64)), nodeHash(Buffer.alloc(32), Buffer.alloc(32)));
  });

  test('random trees agree with the definition, and every proof of them holds and holds for nothing else', async () => {
    const random = seededRandom(9162);
    for (let round = 0; round < 25; round++) {
      const size = 1 + Math.floor(random() * 70);
      const leaves = someLeaves(size, random);
      const nodes = nodesOf(leaves);
      const root = naiveRoot(leaves);
      const range = new CompactRange();
      for (const leaf of leaves) range.append(leafHash(leaf));
      assert.deepEqual(range.root(), root);
      assert.deepEqual(await rangeRoot(0, size, nodes), root);

      const index = Math.floor(random() * size);
      const leaf = leafHash(leaves[index]!);
      const inclusion = await proofOf(inclusionPath(index, size), nodes);
      assert.ok(checkInclusion(leaf, index, size, inclusion, root));
      assertOnlyThis(inclusion, (proof) => checkInclusion(leaf, index, size, proof, root));
      assert.ok(!checkInclusion(leafHash(Buffer.from('other')), index, size, inclusion, root));
      // A proof does not bind the size alone (only the signed root does), but always the place below it.
      if (size > 1) assert.ok(!checkInclusion(leaf, (index + 1) % size, size, inclusion, root));
      assert.ok(!checkInclusion(leaf, size, size, inclusion, root));

      const oldSize = 1 + Math.floor(random() * size);
      const oldRoot = naiveRoot(leaves.slice(0, oldSize));
      const consistency = await proofOf(consistencyPath(oldSize, size), nodes);
      assert.ok(checkConsistency(oldSize, oldRoot, size, root, consistency));
      assertOnlyThis(consistency, (proof) => checkConsistency(oldSize, oldRoot, size, root, proof));
      assert.ok(!checkConsistency(oldSize, emptyRoot, size, root, consistency));
      assert.ok(!checkConsistency(oldSize, oldRoot, size, emptyRoot, consistency));
    }
  });

  test('a leaf beyond the tree and a path beyond the root are no proof, whatever they hash to', () => {
    const [leaf, other] = [leafHash(Buffer.of(1)), leafHash(Buffer.of(2))];
    assert.ok(checkInclusion(leaf, 0, 1, [], leaf));
    for (const index of [1, -1, Number.NaN]) assert.ok(!checkInclusion(leaf, index, 1, [], leaf));
    assert.ok(!checkInclusion(leaf, 0, 1, [other], nodeHash(other, leaf)));
  });

  test('a range beyond the tree has no proof', () => {
    assert.throws(() => inclusionPath(8, 8), RangeError);
    assert.throws(() => inclusionPath(-1, 8), RangeError);
    assert.throws(() => consistencyPath(0, 8), RangeError);
    assert.throws(() => consistencyPath(9, 8), RangeError);
  });

  test('sizes beyond 2^32 have paths of the right length', () => {
    const size = 2 ** 40 + 1;
    assert.equal(inclusionPath(2 ** 40, size).length, 1);
    assert.equal(inclusionPath(2 ** 33 + 5, size).length, 41);
    assert.deepEqual(inclusionPath(2 ** 40, size), [{ first: 0, end: 2 ** 40 }]);
  });
});

/** Each hash altered, one missing, one more: none of these may pass. */
function assertOnlyThis(
  proof: readonly Uint8Array[],
  check: (proof: readonly Uint8Array[]) => boolean,
): void {
  proof.forEach((hash, i) => {
    const flipped = Uint8Array.from(hash);
    flipped[i % 32]! ^= 1;
    assert.ok(!check(proof.with(i, flipped)), `hash ${i} altered`);
    assert.ok(!check(proof.toSpliced(i, 1)), `hash ${i} missing`);
  });
  assert.ok(!check([...proof, emptyRoot]), 'one hash too many');
}
