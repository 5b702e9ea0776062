import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextWorkingMs } from '../../services/demo/working-day.ts';

/** Beijing's wall clock. */
function at(text: string): number {
  return Date.parse(`${text}:00+08:00`);
}

describe('the working day', () => {
  for (const [from, to] of [
    ['2026-11-20T09:15', '2026-11-20T09:15'],
    ['2026-11-20T08:30', '2026-11-20T08:30'],
    ['2026-11-20T06:20', '2026-11-20T08:50'],
    ['2026-11-19T18:30', '2026-11-20T09:00'],
    ['2026-11-20T18:45', '2026-11-23T09:15'],
    ['2026-11-21T10:05', '2026-11-23T08:35'],
    ['2026-11-22T23:59', '2026-11-23T09:29'],
  ] as const) {
    test(`${from} becomes ${to}`, () => assert.equal(nextWorkingMs(at(from)), at(to)));
  }
});
