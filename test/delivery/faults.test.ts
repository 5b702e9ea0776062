/** What goes wrong on the way, and what a start and a stop do: nothing is lost, and no second copy is silent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Step } from '../support/next-hop.ts';
import { DeliveryHouse, mailOf } from './delivery-house.ts';

const patience = { timeout: 120_000 };

/** The answer to one step, the first `times` times. */
function at(step: Step, reply: string, times = Number.POSITIVE_INFINITY) {
  let count = 0;
  return { answer: (now: Step) => (now === step && count++ < times ? reply : undefined) };
}

describe('a connection that breaks', patience, () => {
  for (const step of ['CONNECT', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'OCTETS'] as const) {
    test(`at ${step}: nothing was taken, so it is tried again without a mark`, async (t) => {
      // More than lies between the two, so that the final dot cannot be on its way.
      const blob = Buffer.concat([mailOf('large'), Buffer.alloc(16_000_000, `${'x'.repeat(70)}\r\n`)]);
      const house = await DeliveryHouse.open(t, at(step, 'drop', 1));
      house.start();
      const message = await house.accept(['a@out.example'], step === 'OCTETS' ? { blob } : {});
      const [row] = await house.untilEnded(message);
      assert.deepEqual([row!.state, row!.attempts, row!.unknownOutcomes], ['completed', 2, 0]);
      assert.equal(house.peer.taken.length, 1);
    });
  }

  test('behind the final dot: the mail may be there, so its next attempt is marked', async (t) => {
    const house = await DeliveryHouse.open(t, at('DOT', 'cut', 1));
    house.start();
    const message = await house.accept(['a@out.example']);
    const [row] = await house.untilEnded(message);
    assert.deepEqual([row!.state, row!.unknownOutcomes], ['completed', 1]);
    assert.equal(house.peer.taken.length, 2, 'the peer had taken the first one');
    assert.deepEqual(await house.story(message), [
      'DeliveryQueued',
      'AttemptStarted',
      'OutcomeUnknown',
      'AttemptStarted',
      'DeliveryCompleted',
    ]);
  });

  test('a peer that falls silent is given up', async (t) => {
    const house = await DeliveryHouse.open(t, at('RCPT', 'silence', 1));
    house.settings = { idleTimeoutMs: 100 };
    house.start();
    const [row] = await house.untilEnded(await house.accept(['a@out.example']));
    assert.deepEqual([row!.state, row!.attempts], ['completed', 2]);
  });

  test('a tarpit that never falls silent is given up as well', async (t) => {
    let first = true;
    const house = await DeliveryHouse.open(t, {
      answer: async (step, _line, peer) => {
        if (step !== 'RCPT' || !first) return undefined;
        first = false;
        await peer.until(() => peer.connections > 1);
        return 'drop';
      },
    });
    house.settings = { transactionTimeoutMs: 100 };
    house.start();
    const [row] = await house.untilEnded(await house.accept(['a@out.example']));
    assert.deepEqual([row!.state, row!.attempts, row!.unknownOutcomes], ['completed', 2, 0]);
  });

  test('one slow destination does not hold up another', async (t) => {
    const zone = { 'slow.example': { mx: [[1, 'mx.out.example']] as const } };
    const house = await DeliveryHouse.open(
      t,
      { answer: (step, line) => (step === 'RCPT' && line.includes('slow') ? 'silence' : undefined) },
      zone,
    );
    house.settings = { maxConnectionsPerDestination: 2, stopGraceMs: 0 };
    await Promise.all(Array.from({ length: 10 }, () => house.accept(['a@slow.example'])));
    house.start();
    await house.peer.until(() => house.peer.lines.filter((line) => line.includes('slow')).length === 2);
    const [row] = await house.untilEnded(await house.accept(['a@out.example']));
    assert.equal(row!.state, 'completed');
    assert.ok(house.peer.mostOpen <= 4);
  });
});

describe('start and stop', patience, () => {
  test('what waited is resumed', async (t) => {
    const house = await DeliveryHouse.open(t);
    const message = await house.accept(['a@out.example']);
    house.start();
    await house.untilEnded(message);
    assert.equal(house.peer.taken.length, 1);
  });

  test('an attempt that a crash cut off is marked, then made again', async (t) => {
    const house = await DeliveryHouse.open(t);
    const message = await house.accept(['a@out.example']);
    await house.given(message, 0, { kind: 'startAttempt', host: '' });
    house.start();
    const [row] = await house.untilEnded(message);
    assert.deepEqual([row!.state, row!.attempts, row!.unknownOutcomes], ['completed', 2, 1]);
  });

  test('a stop lets what runs end, and begins nothing', async (t) => {
    const house = await DeliveryHouse.open(t, {
      answer: async (step) => {
        if (step === 'DOT') await new Promise((resolve) => setTimeout(resolve, 100));
        return undefined;
      },
    });
    house.settings = { maxConnectionsPerDestination: 1 };
    house.start();
    const messages = [await house.accept(['a@out.example']), await house.accept(['b@out.example'])];
    await house.until(messages[0]!, ([row]) => row!.state === 'attempting');
    await house.stop();
    assert.equal(house.peer.taken.length, 1);
    assert.deepEqual((await house.story(messages[0]!)).at(-1), 'DeliveryCompleted');
    assert.deepEqual(await house.story(messages[1]!), ['DeliveryQueued']);
  });

  test('a stop breaks off what does not end, and says so in the log', async (t) => {
    const house = await DeliveryHouse.open(t, at('DOT', 'silence'));
    house.settings = { stopGraceMs: 50 };
    house.start();
    const message = await house.accept(['a@out.example']);
    await house.peer.until(() => house.peer.lines.includes('DATA'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await house.stop();
    assert.equal((await house.story(message)).at(-1), 'OutcomeUnknown');
  });

  test('a stop does not wait for a host that does not greet', async (t) => {
    const house = await DeliveryHouse.open(t, at('CONNECT', 'silence'));
    house.settings = { stopGraceMs: 0 };
    house.start();
    const message = await house.accept(['a@out.example']);
    await house.peer.until(() => house.peer.connections === 1);
    await house.stop();
    assert.deepEqual(await house.story(message), ['DeliveryQueued', 'DeliveryDeferred']);
  });

  test('a retry that is asked for looks anew where the mail may go', async (t) => {
    const house = await DeliveryHouse.open(t);
    // Nobody listens there.
    house.dns.zone['mx.out.example'] = { a: ['127.0.0.3'] };
    house.settings = { retryMs: 3_600_000 };
    house.start();
    const message = await house.accept(['a@out.example']);
    const [down] = await house.until(message, ([row]) => row!.reply !== '');
    assert.deepEqual([down!.state, down!.class], ['waiting', 'portUnreachable']);
    house.dns.zone['mx.out.example'] = { a: ['127.0.0.1'] };
    await house.given(message, 0, { kind: 'retry', reason: 'mended' });
    const [row] = await house.untilEnded(message);
    assert.equal(row!.state, 'completed');
  });

  test('the next host is asked where the first does not answer', async (t) => {
    const zone = { 'off.example': { a: ['127.0.0.3'] } };
    const house = await DeliveryHouse.open(t, {}, zone);
    house.dns.zone['out.example'] = {
      mx: [
        [1, 'off.example'],
        [2, 'mx.out.example'],
      ],
    };
    house.start();
    const [row] = await house.untilEnded(await house.accept(['a@out.example']));
    assert.deepEqual([row!.state, row!.attempts, row!.host], ['completed', 1, 'mx.out.example [127.0.0.1]']);
  });

  test('a mail that cannot be read to its end is not ended by a dot', async (t) => {
    const house = await DeliveryHouse.open(t);
    house.damaged = true;
    house.start();
    const message = await house.accept(['a@out.example']);
    await house.peer.until(() => house.faults.length > 0);
    house.damaged = false;
    const [row] = await house.untilEnded(message);
    assert.deepEqual([row!.state, row!.unknownOutcomes], ['completed', 0]);
    assert.equal(house.peer.taken.length, 1);
  });

  test('held is not tried, released is; redirected goes to the new address', async (t) => {
    const house = await DeliveryHouse.open(t);
    const message = await house.accept(['a@out.example']);
    await house.given(message, 0, { kind: 'hold', reason: 'wait' });
    house.start();
    await house.untilEnded(await house.accept(['other@out.example']));
    assert.deepEqual(await house.story(message), ['DeliveryQueued', 'DeliveryHeld']);
    await house.given(message, 0, { kind: 'redirect', recipient: 'z@out.example', reason: 'moved' });
    await house.given(message, 0, { kind: 'release', reason: 'go' });
    await house.untilEnded(message);
    assert.deepEqual(house.peer.taken[1]!.recipients, ['z@out.example']);
  });

  test('a mail that has been erased is left alone', async (t) => {
    const house = await DeliveryHouse.open(t);
    const erased = await house.accept(['a@out.example']);
    house.forget(erased);
    house.start();
    await house.untilEnded(await house.accept(['b@out.example']));
    assert.deepEqual(await house.story(erased), ['DeliveryQueued']);
    assert.deepEqual(house.faults, []);
  });
});
