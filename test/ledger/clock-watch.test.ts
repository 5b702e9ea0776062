import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { UnknownOutcome } from '../../services/event-store/event-store.ts';
import { ClockWatch } from '../../services/ledger/clock-watch.ts';
import { factOf } from '../../services/ledger/ledger-stream.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { ledgerHouse } from './ledger-house.ts';

async function watched(t: TestContext) {
  const house = await ledgerHouse(t);
  const ledger = await openLedger(house.options);
  const clock = { wallMs: 1_700_000_000_000, steadyMs: 50 };
  const troubles: unknown[] = [];
  const watch = new ClockWatch(ledger, {
    everyMs: 1_000_000,
    wallMs: () => clock.wallMs,
    steadyMs: () => clock.steadyMs,
    onTrouble: (error) => troubles.push(error),
  });
  t.after(() => watch.stop());
  const pass = (steadyMs: number, wallMs = steadyMs) => {
    clock.steadyMs += steadyMs;
    clock.wallMs += wallMs;
    watch.look();
  };
  const steps = () =>
    house.log
      .stream(ledger.stream.name)
      .map(factOf)
      .filter(({ type }) => type === 'ClockStepped');
  return { house, watch, pass, steps, troubles };
}

describe('clock watch', () => {
  test('steps forward and back are recorded, once each', async (t) => {
    const { watch, pass, steps } = await watched(t);
    pass(1000.25, 1000);
    pass(1000, 4600);
    pass(1000);
    pass(1000, -60_000);
    pass(1000);
    await watch.stop();
    const start = 1_700_000_001_000;
    assert.deepEqual(
      steps().map(({ data }) => data),
      [
        { expected: start + 1000, observed: start + 4600 },
        { expected: start + 6600, observed: start - 54_400 },
      ],
    );
  });

  test('slow corrections are no steps', async (t) => {
    const { watch, pass, steps } = await watched(t);
    for (let i = 0; i < 20; i++) pass(1000, 1600);
    await watch.stop();
    assert.deepEqual(steps(), []);
  });

  test('a step whose acknowledgement was lost is recorded once', async (t) => {
    const { house, watch, pass, steps, troubles } = await watched(t);
    const append = house.store.append.bind(house.store);
    t.mock.method(house.store, 'append', async (...call: Parameters<typeof append>) => {
      await append(...call);
      throw new UnknownOutcome('no answer');
    });
    pass(1000, 9000);
    await watch.stop();
    assert.equal(steps().length, 1);
    assert.deepEqual(troubles, []);
  });

  test('what cannot be recorded is said', async (t) => {
    const { house, watch, pass, troubles } = await watched(t);
    t.mock.method(house.store, 'append', () => Promise.reject(new Error('no log')));
    pass(1000, 9000);
    await watch.stop();
    assert.equal(troubles.length, 1);
  });
});
