import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnknownOutcome } from '../../services/event-store/event-store.ts';
import { Slots } from '../../services/event-store/slots.ts';
import { type Patience, untilKnown } from '../../services/event-store/until-known.ts';

const patience: Patience = {
  callTimeoutMs: 15,
  settleMs: 1,
  firstPauseMs: 1,
  maxPauseMs: 2,
  // A busy machine may stop for a while between two calls.
  giveUpAfterMs: 1_000,
};
const nothing = () => null;

describe('asking until the outcome is known', () => {
  test('repeats what failed, then answers', async () => {
    let calls = 0;
    const call = async () => {
      if (++calls < 4) throw new Error('unavailable');
      return 'written';
    };
    assert.equal(await untilKnown(call, nothing, patience), 'written');
    assert.equal(calls, 4);
  });

  test('an answer that says it all ends at once', async () => {
    let calls = 0;
    const call = async () => {
      calls++;
      throw new Error('conflict');
    };
    await assert.rejects(
      untilKnown(call, () => new RangeError('known'), patience),
      RangeError,
    );
    assert.equal(calls, 1);
  });

  test('what is not answered is given up, told so and asked again, never two at once', async () => {
    let running = 0;
    let aborted = 0;
    const call = (signal: AbortSignal) => {
      assert.equal(++running, 1);
      return new Promise<never>(() => {
        signal.addEventListener('abort', () => {
          aborted++;
          running--;
        });
      });
    };
    await assert.rejects(untilKnown(call, nothing, patience), UnknownOutcome);
    assert.ok(aborted >= 2, `${aborted} calls`);
  });
});

describe('slots', () => {
  test('so many at a time, in order, also behind failures', async () => {
    const slots = new Slots(2);
    let running = 0;
    const started: number[] = [];
    const results = await Promise.allSettled(
      [0, 1, 2, 3, 4, 5].map((i) =>
        slots.run(async () => {
          started.push(i);
          assert.ok(++running <= 2);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          if (i % 2 === 0) throw new Error('failed');
          return i;
        }),
      ),
    );
    assert.deepEqual(started, [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(await slots.run(async () => 'free'), 'free');
  });
});
