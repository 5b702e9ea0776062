import type { ExpectedRevision } from './event-store.ts';

/** The revision that the first record of an append gets. */
export function firstRevisionBehind(expected: ExpectedRevision): number {
  return expected === 'absent' ? 0 : expected + 1;
}

/**
 * What an engine that keeps its own log does with an append: write it, answer with the original result because
 * the identical batch is already there, or refuse it (promises 2 and 4 of the port).
 *
 * `isStoredAt` says whether the batch's ids, in their order, stand in the stream from that revision on. It is
 * asked only where the expected revision is not the actual one: a known id at the stream's head is appended again,
 * which the port leaves open and a distributed store does as well.
 */
export function judgeAppend(
  expected: ExpectedRevision,
  actual: ExpectedRevision,
  isStoredAt: (firstRevision: number) => boolean,
): 'write' | 'repeat' | 'conflict' {
  if (expected === actual) return 'write';
  return isStoredAt(firstRevisionBehind(expected)) ? 'repeat' : 'conflict';
}
