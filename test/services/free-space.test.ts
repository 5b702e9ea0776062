import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { FreeSpace, freeOctetsOf } from '../../services/free-space.ts';

describe('FreeSpace', () => {
  test('is low below the threshold and where the file system does not answer', () => {
    assert.equal(new FreeSpace(() => 100, 100).isLow(), false);
    assert.equal(new FreeSpace(() => 99, 100).isLow(), true);
    const silent = new FreeSpace(() => {
      throw new Error('no such folder');
    }, 0);
    assert.equal(silent.isLow(), true);
  });

  test('asks anew, but not for every mail', async () => {
    let free = 100;
    let asked = 0;
    const space = new FreeSpace(() => {
      asked++;
      return free;
    }, 100);
    for (let i = 0; i < 1000; i++) space.isLow();
    assert.ok(asked < 10, `asked ${asked} times`);
    free = 0;
    while (!space.isLow()) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  test('reads a real file system', () => {
    assert.ok(freeOctetsOf(tmpdir())() > 0);
    assert.throws(() => freeOctetsOf('/nowhere/at/all')());
  });
});
