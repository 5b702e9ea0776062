import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RuleCommand, type RuleVersion, rule } from '../../services/domain/rule.ts';
import { assertRefused, decided, stateAfter } from '../support/given-when-then.ts';

const nowMs = 1_700_000_000_000;
const first: RuleVersion = {
  text: '{"name":"合同"}',
  digest: 'aa'.repeat(32),
  startMs: null,
  endMs: null,
  samples: 2,
};
const second: RuleVersion = {
  ...first,
  text: '{"name":"合同二"}',
  digest: 'bb'.repeat(32),
  startMs: nowMs - 5,
  endMs: nowMs + 5,
};

function publish(version: RuleVersion, restores: number | null = null): RuleCommand {
  return { kind: 'publish', version, restores, nowMs };
}
const withdraw: RuleCommand = { kind: 'withdraw', reason: 'a new one' };

describe('rule: versions', () => {
  test('the first is published, its text sealed', () => {
    assert.deepEqual(decided(rule, [], publish(first)), [
      {
        type: 'RulePublished',
        version: 1,
        data: { version: 1, digest: first.digest, start: null, end: null, samples: 2, restores: null },
        personal: { text: first.text },
      },
    ]);
  });

  test('another follows it, and counts on', () => {
    const [event] = decided(rule, [publish(first)], publish(second));
    assert.deepEqual(event!.data, {
      version: 2,
      digest: second.digest,
      start: nowMs - 5,
      end: nowMs + 5,
      samples: 2,
      restores: null,
    });
    const state = stateAfter(rule, [publish(first), publish(second)]);
    assert.deepEqual(
      [state.status, state.version, state.text, state.endMs],
      ['published', 2, second.text, nowMs + 5],
    );
  });

  test('the same text once more changes nothing while it is in force', () => {
    assert.deepEqual(decided(rule, [publish(first)], publish(first)), []);
    assert.equal(decided(rule, [publish(first), withdraw], publish(first)).length, 1);
  });

  test('the version before comes back as a new one that says so', () => {
    const given = [publish(first), publish(second)];
    assert.deepEqual(decided(rule, given, publish(first, 1))[0]!.data['restores'], 1);
    assert.equal(stateAfter(rule, [...given, publish(first, 1)]).text, first.text);
  });

  test('one whose end has passed is refused', () => {
    assertRefused(rule, [], publish({ ...first, endMs: nowMs }), 'ruleEnded');
  });
});

describe('rule: its end', () => {
  test('withdrawn once, with a reason; published anew after', () => {
    const [event, ...more] = decided(rule, [publish(first)], withdraw);
    assert.deepEqual(
      [event!.type, event!.data, event!.personal, more],
      ['RuleWithdrawn', { version: 1 }, { reason: 'a new one' }, []],
    );
    assert.deepEqual(decided(rule, [publish(first), withdraw], withdraw), []);
    assertRefused(rule, [], withdraw, 'ruleNotFound');
    const state = stateAfter(rule, [publish(first), withdraw, publish(second)]);
    assert.deepEqual([state.status, state.version], ['published', 2]);
  });

  test('a failure is noted once of each version that is in force', () => {
    const fail = (version: number): RuleCommand => ({ kind: 'noteFailure', version });
    assert.deepEqual(decided(rule, [publish(first)], fail(1))[0]!.data, { version: 1 });
    assert.deepEqual(decided(rule, [publish(first), fail(1)], fail(1)), []);
    assert.deepEqual(decided(rule, [publish(first), publish(second)], fail(1)), []);
    assert.equal(decided(rule, [publish(first), fail(1), publish(second)], fail(2)).length, 1);
  });
});
