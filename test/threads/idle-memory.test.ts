import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdleWatch } from '../../services/threads/idle-memory.ts';

test('a thread becomes idle once for each busy time', () => {
  const watch = new IdleWatch();
  const worked = [900, 500, 20, 0, 100, 101, 3000, 5, 5, 400, 0];
  const became = worked.map((cpuMs) => watch.hasBecomeIdle(cpuMs));
  assert.deepEqual(
    worked.filter((_, look) => became[look]),
    [20, 5, 0],
  );
});
