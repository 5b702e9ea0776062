/** The queue as a model: what is due for whom, what people see of it, and how the counters and the trace follow. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type DeliveryCommand, delivery, deliveryId, queueDelivery } from '../../services/domain/delivery.ts';
import { type AcceptedMessage, acceptMessage, noJudgements } from '../../services/domain/message.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { ModelsHouse } from './models-house.ts';

const startMs = 1_700_000_000_000;
const farMs = 2_000_000_000_000;
const host = 'mx.out.example [127.0.0.1]';
const start: DeliveryCommand = { kind: 'startAttempt', host };
const greylisted = { host, class: 'temporary', code: 451, reply: '451 4.7.1 later' } as const;
const sent = { octets: 3, sha256: '00'.repeat(32) };
const handover = {
  host,
  tls: 'tls13',
  certificateValid: true,
  cipher: 'X',
  ...sent,
  reply: '250 ok',
} as const;

let house: ModelsHouse;
beforeEach(async () => {
  house = await ModelsHouse.open();
});
afterEach(() => house.close());

/** A mail to these addresses, `queued` of them queued. */
function mailTo(n: number, addresses: readonly string[], queued = addresses.length): Envelope {
  const message = uuidOf(1000 + n);
  const accepted: AcceptedMessage = {
    source: 'submission',
    frame: uuidOf(900),
    address: 'a'.repeat(64),
    blobOctets: 1000,
    traceText: '',
    thread: uuidOf(901),
    submitter: null,
    normalised: false,
    recipients: addresses.map((address) => ({ account: null, address })),
    mailbox: null,
    flags: 0,
    internalDateMs: startMs,
    verdict: noJudgements,
    personal: {
      ...Object.fromEntries(
        ['sha256', 'returnPath', 'peer', 'helo', 'subject', 'messageId'].map((m) => [m, m]),
      ),
      from: [],
      to: [],
      dateMs: null,
      authentication: null,
    },
  };
  house.append(`message-${message}`, ...acceptMessage(accepted));
  const envelope = new Envelope(message, addresses);
  for (let ordinal = 0; ordinal < queued; ordinal++) envelope.queue(ordinal);
  return envelope;
}

class Envelope {
  readonly message: string;
  readonly #addresses: readonly string[];
  readonly #states = new Map<number, ReturnType<typeof delivery.initial>>();

  constructor(message: string, addresses: readonly string[]) {
    this.message = message;
    this.#addresses = addresses;
  }

  id(ordinal = 0): string {
    return deliveryId(this.message, ordinal);
  }

  queue(ordinal: number): void {
    const queued = queueDelivery(this.message, ordinal, 1000, farMs, this.#addresses[ordinal]!);
    this.#states.set(ordinal, delivery.evolve(delivery.initial(), queued));
    house.append(`delivery-${this.id(ordinal)}`, queued);
  }

  does(command: DeliveryCommand, ordinal = 0): void {
    const state = this.#states.get(ordinal)!;
    const decision = delivery.decide(state, command);
    assert.ok(!isRefusal(decision), JSON.stringify(decision));
    for (const event of decision.events) delivery.evolve(state, event);
    house.append(`delivery-${this.id(ordinal)}`, ...decision.events);
  }
}

async function dueOf(domain: string | null, nowMs = farMs): Promise<string[]> {
  await house.settled();
  return house.deliveries.due(domain, nowMs, 100).map(({ recipient }) => recipient);
}

describe('what is due', () => {
  test('an envelope is due when the last of its recipients is queued, and then together', async () => {
    const mail = mailTo(1, ['a@one.example', 'b@one.example', 'c@two.example'], 2);
    assert.deepEqual(await dueOf(null), []);
    mail.queue(2);
    assert.deepEqual(await dueOf('one.example'), ['a@one.example', 'b@one.example']);
    assert.deepEqual(await dueOf(null), ['a@one.example', 'b@one.example', 'c@two.example']);
    assert.deepEqual(await dueOf('three.example'), []);
    assert.deepEqual(
      house.deliveries.waitingDomains('', 10).map(({ domain }) => domain),
      ['one.example', 'two.example'],
    );
    assert.deepEqual(
      house.deliveries.waitingDomains('', 1).map(({ domain }) => domain),
      ['one.example'],
    );
    assert.deepEqual(
      house.deliveries.waitingDomains('one.example', 10).map(({ domain }) => domain),
      ['two.example'],
    );
    await house.assertRebuildsAlike();
  });

  test('recipients of two groups of 500 wait for one another', async () => {
    const addresses = Array.from({ length: 501 }, (_, n) => `r${n}@one.example`);
    const mail = mailTo(1, addresses, 500);
    assert.deepEqual(await dueOf(null), []);
    mail.queue(500);
    await house.settled();
    assert.equal(house.deliveries.due(null, farMs, 1000).length, 501);
  });

  test('not while it is attempted, then at the time of the next attempt', async () => {
    const mail = mailTo(1, ['a@one.example']);
    mail.does(start);
    assert.deepEqual(await dueOf(null), []);
    assert.deepEqual(house.deliveries.attempting(), [mail.id()]);
    mail.does({ kind: 'defer', nextAttemptAt: startMs + 60_000, ...greylisted });
    assert.deepEqual(await dueOf(null, startMs + 59_999), []);
    assert.deepEqual(await dueOf(null, startMs + 60_000), ['a@one.example']);
    assert.equal(house.deliveries.nextDueAtMs(startMs), startMs + 60_000);
    assert.equal(house.deliveries.nextDueAtMs(startMs + 60_000), null);
    assert.deepEqual(house.deliveries.waitingDomains('', 10), [
      { domain: 'one.example', dueAtMs: startMs + 60_000 },
    ]);
    assert.deepEqual(house.deliveries.attempting(), []);
  });

  test('not while it is held, nor where it has ended', async () => {
    const held = mailTo(1, ['a@one.example']);
    held.does({ kind: 'hold', reason: 'wait' });
    assert.deepEqual(await dueOf(null), []);
    held.does({ kind: 'redirect', recipient: 'z@two.example', reason: 'moved' });
    assert.deepEqual(await dueOf(null), []);
    held.does({ kind: 'release', reason: 'go' });
    assert.deepEqual(await dueOf('two.example'), ['z@two.example']);
    held.does(start);
    held.does({ kind: 'hold', reason: 'again' });
    held.does({ kind: 'defer', nextAttemptAt: startMs, ...greylisted });
    assert.deepEqual(await dueOf(null), []);
    held.does({ kind: 'cancel', reason: 'enough' });
    const released = mailTo(2, ['b@one.example']);
    released.does(start);
    released.does({ kind: 'hold', reason: '' });
    released.does({ kind: 'release', reason: '' });
    assert.deepEqual(await dueOf(null), [], 'released under an attempt');
    released.does({ kind: 'complete', ...handover });
    assert.deepEqual(await dueOf(null), []);
    assert.equal(house.deliveries.length(), 0);
    assert.deepEqual(house.deliveries.waitingDomains('', 10), []);
    await house.assertRebuildsAlike();
  });

  test('a retry that somebody asked for is due at once', async () => {
    const mail = mailTo(1, ['a@one.example']);
    mail.does(start);
    mail.does({ kind: 'defer', nextAttemptAt: farMs - 1, ...greylisted });
    assert.deepEqual(await dueOf(null, startMs + 1000), []);
    mail.does({ kind: 'retry', reason: 'mended' });
    assert.deepEqual(await dueOf(null, startMs + 1000), ['a@one.example']);
  });
});

describe('what people see of the queue', () => {
  test('how far each has come, with the last reply', async () => {
    const mail = mailTo(1, ['a@one.example', 'b@one.example']);
    mail.does(start);
    mail.does({ kind: 'noteUnknownOutcome', because: 'connection', nextAttemptAt: startMs + 1 });
    mail.does(start);
    mail.does({ kind: 'defer', nextAttemptAt: startMs + 2, ...greylisted });
    mail.does(start, 1);
    mail.does({ kind: 'complete', ...handover }, 1);
    await house.settled();
    const [first, second] = house.deliveries.ofMessage(mail.message);
    assert.deepEqual(
      [first!.state, first!.attempts, first!.unknownOutcomes, first!.class, first!.reply],
      ['waiting', 2, 1, 'temporary', '451 4.7.1 later'],
    );
    assert.deepEqual(
      [second!.state, second!.tls, second!.certificateValid, second!.cipher, second!.reply],
      ['completed', 'tls13', true, 'X', '250 ok'],
    );
    const ids = (filter: Parameters<typeof house.deliveries.list>[0]) =>
      house.deliveries.list(filter).map(({ delivery: id }) => id);
    assert.deepEqual(ids({}), [mail.id(0)]);
    assert.deepEqual(ids({ all: true }), [mail.id(0), mail.id(1)]);
    assert.deepEqual(ids({ all: true, search: 'B@ONE' }), [mail.id(1)]);
    assert.deepEqual(ids({ all: true, search: '%' }), []);
    assert.equal(house.deliveries.one(mail.id(1))?.recipient, 'b@one.example');
    assert.equal(house.deliveries.one(uuidOf(5)), null);
  });

  test('the counters know who is queued, held, delivered and returned', async () => {
    const mail = mailTo(1, ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example', 'e@x.example']);
    mail.does({ kind: 'complete', ...handover }, 0);
    mail.does({ kind: 'fail', ...greylisted }, 1);
    mail.does({ kind: 'cancel', reason: '' }, 2);
    mail.does({ kind: 'hold', reason: '' }, 3);
    await house.settled();
    const { underway, finished, unaccounted } = house.counters.counts();
    assert.deepEqual(underway, { accepted: 0, waiting: 0, queued: 1, held: 1 });
    assert.deepEqual(finished, { bounced: 2, delivered: 1, returned: 0 });
    assert.equal(unaccounted, 0);
    await house.assertRebuildsAlike();
  });

  test('the trace of the mail has every step', async () => {
    const mail = mailTo(1, ['a@one.example']);
    mail.does(start);
    mail.does({ kind: 'complete', ...handover });
    await house.settled();
    const steps = house.traces.trace(mail.message)!.steps.slice(2);
    assert.deepEqual(
      steps.map(({ type }) => type),
      ['DeliveryQueued', 'AttemptStarted', 'DeliveryCompleted'],
    );
    assert.deepEqual(steps[2]!.detail, {
      ordinal: 0,
      attempt: 1,
      octets: 3,
      tls: 'tls13',
      certificateValid: true,
    });
  });
});
