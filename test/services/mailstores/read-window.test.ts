import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadWindow } from '../../../services/mailstores/read-window.ts';

test('small ranges one behind the other cost a read for each 128 KiB', async () => {
  const mail = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => i % 251));
  let reads = 0;
  const window = new ReadWindow(async (from, to) => {
    reads++;
    return mail.subarray(from, to);
  });
  for (let at = 0; at < mail.length; at += 40) {
    assert.deepEqual(await window.read(at, at + 40), mail.subarray(at, at + 40));
  }
  assert.equal(reads, 8);
  assert.deepEqual(await window.read(3, 500_000), mail.subarray(3, 500_000), 'larger, and from before');
  assert.deepEqual(await window.read(900_000, 900_000), mail.subarray(0, 0));
});
