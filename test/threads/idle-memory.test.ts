import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdleWatch } from '../../services/threads/idle-memory.ts';

function momentsOf(worked: readonly number[]): [look: number, moment: string][] {
  const watch = new IdleWatch();
  return worked.flatMap((cpuMs, look) => {
    const moment = watch.look(cpuMs);
    return moment === null ? [] : [[look, moment]];
  });
}

test('a thread becomes idle once for each busy time', () => {
  assert.deepEqual(momentsOf([900, 500, 20, 0, 100, 101, 3000, 5, 5, 400, 0]), [
    [2, 'becameIdle'],
    [7, 'becameIdle'],
    [10, 'becameIdle'],
  ]);
});

test('and rests when it has been idle for a minute, once', () => {
  const idle = Array.from({ length: 12 }, () => 3);
  assert.deepEqual(momentsOf([900, ...idle, 900, ...idle.slice(0, 5), 900]), [
    [1, 'becameIdle'],
    [6, 'restsNow'],
    [14, 'becameIdle'],
  ]);
});
