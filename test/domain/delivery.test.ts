/** A delivery's whole life: attempts and their outcomes, what people ask for, and its one end. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AttemptReply,
  type DeliveryCommand,
  delivery,
  type Handover,
  queueDelivery,
} from '../../services/domain/delivery.ts';
import { deliveryEvents } from '../../services/domain/delivery-events.ts';
import { assertRefused, decided, stateAfter, uuidOf } from '../support/given-when-then.ts';

const message = uuidOf(9);
const of = { message, ordinal: 3 };
/** Deliveries begin with what `workflows/queue-remotely.ts` appends. */
const queued = {
  ...delivery,
  initial: () => delivery.evolve(delivery.initial(), queueDelivery(message, 3, 100, 5000, 'x@out.example')),
};

const host = 'mx.out.example [127.0.0.1]';
const greylisted: AttemptReply = { host, class: 'temporary', code: 451, reply: '451 4.7.1 come back' };
const unknownUser: AttemptReply = { host, class: 'noSuchUser', code: 550, reply: '550 5.1.1 nobody' };
const sent = { octets: 3, sha256: '00'.repeat(32) };
const handover: Handover = {
  host,
  tls: 'tls13',
  certificateValid: false,
  cipher: 'X',
  ...sent,
  reply: '250 ok',
};

const start: DeliveryCommand = { kind: 'startAttempt', host };
const complete: DeliveryCommand = { kind: 'complete', ...handover };
const fail: DeliveryCommand = { kind: 'fail', ...unknownUser };
const defer: DeliveryCommand = { kind: 'defer', nextAttemptAt: 4000, ...greylisted };
const expire: DeliveryCommand = { kind: 'defer', nextAttemptAt: 5001, ...greylisted };
const crash: DeliveryCommand = { kind: 'noteUnknownOutcome', because: 'crash', nextAttemptAt: 10 };
const retry: DeliveryCommand = { kind: 'retry', reason: 'mended' };
const hold: DeliveryCommand = { kind: 'hold', reason: 'wait' };
const release: DeliveryCommand = { kind: 'release', reason: 'go on' };
const cancel: DeliveryCommand = { kind: 'cancel', reason: 'wrong address' };
const redirect: DeliveryCommand = { kind: 'redirect', recipient: 'y@out.example', reason: 'moved' };
const all = [start, complete, fail, defer, crash, retry, hold, release, cancel, redirect];

describe('delivery: attempts', () => {
  test('the address is sealed, and what a peer says', () => {
    assert.deepEqual(queueDelivery(message, 3, 100, 5000, 'x@out.example'), {
      type: 'DeliveryQueued',
      version: 1,
      data: { ...of, sizeOctets: 100, expiresAt: 5000 },
      personal: { recipient: 'x@out.example' },
    });
    assert.deepEqual(decided(queued, [start], complete), [
      {
        type: 'DeliveryCompleted',
        version: 1,
        data: { ...of, attempt: 1, octets: sent.octets, tls: 'tls13', certificateValid: false },
        personal: { host, cipher: 'X', sha256: sent.sha256, reply: '250 ok' },
      },
    ]);
  });

  test('an attempt is announced before it is made, one at a time', () => {
    assert.deepEqual(decided(queued, [], start)[0]!.data, { ...of, attempt: 1 });
    assertRefused(queued, [start], start, 'deliveryUnderway');
    assert.deepEqual(decided(queued, [start, defer], start)[0]!.data, { ...of, attempt: 2 });
  });

  test('a deferred one waits, and one that found no way counts as an attempt too', () => {
    const [first] = decided(queued, [], defer);
    assert.deepEqual(first!.data, {
      ...of,
      attempt: 1,
      class: 'temporary',
      code: 451,
      nextAttemptAt: 4000,
    });
    const state = stateAfter(queued, [defer, start, defer]);
    assert.equal(state.status, 'waiting');
    assert.equal(state.attempts, 2);
  });

  test('what would be tried too late expires with the last reply', () => {
    const [event] = decided(queued, [start], expire);
    assert.equal(event!.type, 'DeliveryExpired');
    assert.deepEqual(event!.personal, { host, reply: '451 4.7.1 come back' });
    assert.equal(stateAfter(queued, [start, expire]).status, 'expired');
    assert.equal(decided(queued, [start], { ...expire, nextAttemptAt: 5000 })[0]!.type, 'DeliveryDeferred');
  });

  test('an attempt cut off by a crash is marked before anything else happens, once', () => {
    const [event] = decided(queued, [start], crash);
    assert.deepEqual(event!.data, { ...of, attempt: 1, because: 'crash', nextAttemptAt: 10 });
    assert.equal(stateAfter(queued, [start, crash]).status, 'waiting');
    assert.deepEqual(decided(queued, [start, crash], crash), []);
    assert.deepEqual(decided(queued, [], crash), []);
  });

  test('a 250 that is learnt of late still counts', () => {
    assert.equal(stateAfter(queued, [start, crash, complete]).status, 'completed');
  });
});

describe('delivery: what people ask for', () => {
  test('a held one is not attempted until it is released', () => {
    assertRefused(queued, [hold], start, 'deliveryHeld');
    assertRefused(queued, [hold], retry, 'deliveryHeld');
    assert.equal(decided(queued, [hold, release], start)[0]!.type, 'AttemptStarted');
    assert.deepEqual(decided(queued, [hold], hold), []);
    assert.deepEqual(decided(queued, [], release), []);
    assert.deepEqual(decided(queued, [], hold)[0]!.personal, { reason: 'wait' });
  });

  test('holding one under way keeps the outcome and stops what would follow', () => {
    assert.equal(stateAfter(queued, [start, hold, complete]).status, 'completed');
    assertRefused(queued, [start, hold, defer], start, 'deliveryHeld');
  });

  test('redirected ones go to the new address only', () => {
    assert.deepEqual(decided(queued, [], redirect)[0]!.personal, {
      recipient: 'y@out.example',
      reason: 'moved',
    });
    assert.equal(stateAfter(queued, [redirect]).recipient, 'y@out.example');
  });

  test('nothing is changed under an attempt that is being made', () => {
    for (const command of [retry, cancel, redirect]) {
      assertRefused(queued, [start], command, 'deliveryUnderway');
      assert.equal(decided(queued, [start, defer], command).length, 1);
    }
  });
});

describe('delivery: ends', () => {
  test('it ends once, and then nothing happens to it', () => {
    for (const end of [complete, fail, expire, cancel]) {
      const given = end.kind === 'cancel' ? [end] : [start, end];
      for (const command of all) assertRefused(queued, given, command, 'deliveryEnded');
    }
  });

  test('one that was never queued is not found', () => {
    for (const command of all) assertRefused(delivery, [], command, 'deliveryNotFound');
  });

  test('every event of the catalogue is emitted', () => {
    const emitted = [
      queueDelivery(message, 3, 100, 5000, 'x@out.example'),
      ...[start, complete, fail, defer, expire, retry, hold, cancel, redirect].flatMap((command) =>
        decided(queued, [], command),
      ),
      ...decided(queued, [start], crash),
      ...decided(queued, [hold], release),
    ];
    assert.deepEqual(new Set(emitted.map(({ type }) => type)), new Set(Object.keys(deliveryEvents)));
  });
});
