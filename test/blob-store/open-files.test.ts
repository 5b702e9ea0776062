import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { OpenFiles } from '../../services/blob-store/open-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'muniment-files-'));
after(() => rmSync(folder, { recursive: true }));

const contents = Array.from({ length: 30 }, () => randomBytes(400_000));
const paths = contents.map((octets, i) => {
  const path = join(folder, String(i));
  writeFileSync(path, octets);
  return path;
});

/** Descriptors of this process that are open on the folder's files. */
const openDescriptors = () => readdirSync('/proc/self/fd').length;

describe('files that are kept open', () => {
  test('are not closed under a reader, however many are read at once', async () => {
    const files = new OpenFiles(2);
    const before = openDescriptors();
    for (let round = 0; round < 5; round++) {
      const read = await Promise.all(paths.map((path) => files.read(path, 1000, 300_000)));
      for (const [i, octets] of read.entries()) {
        assert.ok(Buffer.from(octets).equals(contents[i]!.subarray(1000, 301_000)));
      }
      assert.equal(openDescriptors(), before + 2);
    }
    files.close();
    assert.equal(openDescriptors(), before);
  });

  test('give fewer octets only at their end', async () => {
    const files = new OpenFiles(2);
    assert.equal((await files.read(paths[0]!, 399_990, 100)).length, 10);
    assert.equal((await files.read(paths[0]!, 500_000, 100)).length, 0);
    files.close();
  });

  test('are opened anew when they were forgotten', async () => {
    const files = new OpenFiles(2);
    const path = join(folder, 'replaced');
    writeFileSync(path, 'old');
    await files.read(path, 0, 3);
    unlinkSync(path);
    writeFileSync(path, 'new');
    assert.equal(Buffer.from(await files.read(path, 0, 3)).toString(), 'old');
    files.forget(path);
    assert.equal(Buffer.from(await files.read(path, 0, 3)).toString(), 'new');
    files.close();
  });
});
