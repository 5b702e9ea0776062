import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { giveBackFreePages } from '../../../services/memory/allocator.ts';

const mebi = 1024 * 1024;
const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
const skip = header.glibcVersionRuntime === undefined && 'the C library is not glibc';

/** One piece in 64 stays, and keeps the heap from being cut. */
function heapFullOfHoles(): Buffer[] {
  const pieces = Array.from({ length: 32_000 }, () => Buffer.allocUnsafeSlow(2048).fill(1));
  return pieces.filter((_, i) => i % 64 === 0);
}

/** A second collection begins when the sweeping of the first, on another thread, has ended. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 2; i++) gc();
}

test('free pages between pieces in use go back to the system', { skip }, () => {
  const kept = heapFullOfHoles();
  collect();
  const before = process.memoryUsage.rss();
  giveBackFreePages();
  assert.ok(before - process.memoryUsage.rss() > 20 * mebi);
  assert.ok(kept.every((piece) => piece.every((octet) => octet === 1)));
});
