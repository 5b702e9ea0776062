import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HealthReadings, readHealth } from '../../services/http/health-readings.ts';
import { judgeHealth } from '../../services/http/health-report.ts';
import { healthy, nowMs, projection, sourcesOf } from './healthy-parts.ts';

function stateOf(over: Partial<HealthReadings>) {
  return judgeHealth({ ...healthy, ...over }).state;
}

describe('the judgement of health', () => {
  test('nothing wrong is ok', () => {
    assert.equal(stateOf({}), 'ok');
  });

  test('the worst part decides', () => {
    const degraded = projection({ state: 'degraded', phase: 'backfill' });
    assert.equal(stateOf({ projections: [projection(), degraded] }), 'degraded');
    assert.equal(stateOf({ projections: [projection({ state: 'red' }), degraded] }), 'red');
  });

  test('a part that does not answer is red', () => {
    for (const part of ['log', 'projections', 'recorder', 'reactions', 'disk', 'ledger', 'mail'] as const) {
      assert.equal(stateOf({ [part]: null }), 'red', part);
    }
  });

  test('a recorder under strain is a warning, a stopped one is red', () => {
    const recorder = { waitingFacts: 1, oldestMs: 1 };
    assert.equal(stateOf({ recorder: { state: 'strained', ...recorder } }), 'degraded');
    assert.equal(stateOf({ recorder: { state: 'stopped', ...recorder } }), 'red');
  });

  test('a reaction that cannot go on is red', () => {
    assert.equal(stateOf({ reactions: [{ name: 'file-locally', state: 'failing' }] }), 'red');
  });

  test('little space is a warning, too little is red', () => {
    assert.equal(stateOf({ disk: { freeOctets: 2000, minFreeOctets: 1000 } }), 'ok');
    assert.equal(stateOf({ disk: { freeOctets: 1999, minFreeOctets: 1000 } }), 'degraded');
    assert.equal(stateOf({ disk: { freeOctets: 999, minFreeOctets: 1000 } }), 'red');
  });

  test('an old head is well while nothing but itself is behind it', () => {
    const sealedAtMs = nowMs - 86_400_000;
    const ledger = { leaves: 43, sealedLeaves: 42, sealedAtMs, stopped: false };
    assert.equal(stateOf({ ledger }), 'ok');
    assert.equal(stateOf({ ledger: { ...ledger, leaves: 44 } }), 'degraded');
    assert.equal(stateOf({ ledger: { ...ledger, leaves: 44, sealedAtMs: nowMs - 9000 } }), 'ok');
    assert.equal(stateOf({ ledger: { ...ledger, stopped: true } }), 'red');
  });

  test('a recipient who is stuck or lost is red, unless the counters are behind', () => {
    const mail = healthy.mail!;
    assert.equal(stateOf({ mail: { ...mail, stuck: 1 } }), 'red');
    assert.equal(stateOf({ mail: { ...mail, unaccounted: -1 } }), 'red');
    const behind = projection({ name: 'message-counters', state: 'degraded', lagPositions: 9 });
    assert.equal(stateOf({ mail: { ...mail, stuck: 1 }, projections: [behind] }), 'degraded');
  });
});

describe('the reading of health', () => {
  test('a part that fails is null, the others are read', async () => {
    const sources = {
      ...sourcesOf(healthy),
      disk: () => {
        throw new Error('the file system is gone');
      },
      projections: () => Promise.reject(new Error('the log is away')),
    };
    const readings = await readHealth(sources, nowMs);
    assert.deepEqual([readings.disk, readings.projections], [null, null]);
    assert.deepEqual(readings.recorder, healthy.recorder);
  });

  test('a part that never answers does not keep the others waiting for ever', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const reading = readHealth({ ...sourcesOf(healthy), projections: () => new Promise(() => {}) }, nowMs);
    context.mock.timers.tick(2000);
    assert.equal((await reading).projections, null);
  });
});
