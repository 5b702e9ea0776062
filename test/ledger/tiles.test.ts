import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CompactRange, hex, leafHash } from '../../services/ledger/merkle.ts';
import {
  checkConsistency,
  checkInclusion,
  consistencyPath,
  inclusionPath,
  proofOf,
} from '../../services/ledger/merkle-proofs.ts';
import { edgeTiles, TileTree } from '../../services/ledger/tile-tree.ts';
import { TileFolder, TileMissing, tilePath } from '../../services/ledger/tiles.ts';
import { temporaryFolder } from './ledger-house.ts';

const leafAt = (index: number) => leafHash(Buffer.from(`leaf ${index}`));

function rootOfFirst(size: number): Uint8Array {
  const range = new CompactRange();
  for (let i = 0; i < size; i++) range.append(leafAt(i));
  return range.root();
}

async function grow(tree: TileTree, folder: TileFolder, size: number): Promise<void> {
  while (tree.size < size) tree.append(leafAt(tree.size));
  await folder.write([...tree.takeCompleted(), ...tree.edge()]);
}

describe('hash tiles', () => {
  test('paths are those of C2SP tlog-tiles', () => {
    assert.equal(tilePath(0, 0), 'tile/0/000');
    assert.equal(tilePath(1, 234, 5), 'tile/1/234.p/5');
    assert.equal(tilePath(0, 1234), 'tile/0/x001/234');
    assert.equal(tilePath(0, 1_234_067), 'tile/0/x001/x234/067');
    assert.equal(tilePath(2, 1000, 255), 'tile/2/x001/000.p/255');
  });

  test('a tree goes on from its tiles at any size', async (t) => {
    const folder = new TileFolder(await temporaryFolder(t));
    const tree = new TileTree();
    for (const size of [1, 2, 255, 256, 257, 600, 66_000]) {
      await grow(tree, folder, size);
      assert.deepEqual(tree.root(), rootOfFirst(size));
      const again = await folder.tree(size);
      assert.equal(again.size, size);
      assert.deepEqual(again.root(), tree.root());
      again.append(leafAt(size));
      assert.deepEqual(again.root(), rootOfFirst(size + 1));
    }
  });

  test('an entry of level 1 is the root of a full tile of level 0', async (t) => {
    const path = await temporaryFolder(t);
    const folder = new TileFolder(path);
    await grow(new TileTree(), folder, 600);
    assert.deepEqual(readFileSync(join(path, 'tile/1/000.p/2')).subarray(0, 32), rootOfFirst(256));
    assert.deepEqual(edgeTiles(600), [
      { level: 0, index: 2, entries: 88 },
      { level: 1, index: 0, entries: 2 },
    ]);
    assert.equal(readFileSync(join(path, 'tile/0/001')).length, 8192);
  });

  test('a full tile takes the place of its partial forms', async (t) => {
    const path = await temporaryFolder(t);
    const folder = new TileFolder(path);
    const tree = new TileTree();
    await grow(tree, folder, 100);
    await grow(tree, folder, 200);
    assert.deepEqual(readdirSync(join(path, 'tile/0/000.p')), ['100', '200']);
    await grow(tree, folder, 300);
    assert.ok(!existsSync(join(path, 'tile/0/000.p')));
    assert.ok(existsSync(join(path, 'tile/0/000')));
    // The smaller checkpoint can still be proved from the full tile.
    assert.deepEqual((await folder.tree(100)).root(), rootOfFirst(100));
  });

  test('proofs come out of tiles, of the newest size and of older checkpoints', async (t) => {
    const folder = new TileFolder(await temporaryFolder(t));
    const tree = new TileTree();
    const sizes = [200, 1000, 66_100];
    for (const size of sizes) await grow(tree, folder, size);
    for (const size of sizes) {
      const root = rootOfFirst(size);
      assert.deepEqual(await folder.root(size), root);
      for (const index of [0, 7, 199, size >> 1, size - 1].filter((i) => i < size)) {
        const proof = await proofOf(inclusionPath(index, size), folder.nodes(size));
        assert.ok(checkInclusion(leafAt(index), index, size, proof, root), `${index} of ${size}`);
      }
    }
    const proof = await proofOf(consistencyPath(1000, 66_100), folder.nodes(66_100));
    assert.ok(checkConsistency(1000, rootOfFirst(1000), 66_100, rootOfFirst(66_100), proof));
    assert.deepEqual(await folder.root(777, 1000), rootOfFirst(777));
  });

  test('a leaf is found by its hash', async (t) => {
    const folder = new TileFolder(await temporaryFolder(t));
    await grow(new TileTree(), folder, 700);
    assert.equal(await folder.findLeaf(leafAt(0), 700), 0);
    assert.equal(await folder.findLeaf(leafAt(699), 700), 699);
    assert.equal(await folder.findLeaf(leafAt(700), 700), null);
    // 32 octets that lie across two hashes are no hash.
    const across = Buffer.concat([leafAt(3).subarray(16), leafAt(4).subarray(0, 16)]);
    assert.equal(await folder.findLeaf(across, 700), null);
  });

  test('a tile that is missing or cut short is said by name', async (t) => {
    const path = await temporaryFolder(t);
    const folder = new TileFolder(path);
    await grow(new TileTree(), folder, 300);
    await writeFile(join(path, 'tile/0/000'), Buffer.alloc(8191));
    await assert.rejects(folder.read(0, 0, 256), { name: 'TileMissing', message: /tile\/0\/000/ });
    await writeFile(join(path, 'tile/0/001.p/44'), Buffer.alloc(44 * 32 - 1));
    await assert.rejects(folder.tree(300), TileMissing);
    await rm(join(path, 'tile/0/001.p/44'));
    await assert.rejects(folder.tree(300), TileMissing);
    assert.equal(hex((await folder.read(1, 0, 1)).subarray(0, 4)), hex(rootOfFirst(256).subarray(0, 4)));
  });
});
