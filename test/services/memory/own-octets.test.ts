import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { giveBack } from '../../../services/memory/own-octets.ts';

describe('octets that are given back', () => {
  test('are empty', () => {
    const octets = Buffer.allocUnsafeSlow(70_000);
    giveBack(octets);
    assert.equal(octets.length, 0);
  });

  test('stay where they share their memory with others', () => {
    const whole = Buffer.alloc(70_000, 'x');
    for (const shared of [whole.subarray(1), whole.subarray(0, 69_999), Buffer.from('from the pool')]) {
      const before = Buffer.from(shared);
      giveBack(shared);
      assert.ok(before.equals(shared));
    }
    assert.equal(whole.length, 70_000);
  });

  test('may be none', () => {
    for (const none of [new Uint8Array(), Buffer.alloc(0)]) {
      giveBack(none);
      giveBack(none);
    }
  });
});
