import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isLoopback, networkOf, plainAddress, subscriberOf } from '../../services/networks.ts';
import { RateLimit } from '../../services/rate-limit.ts';
import { SignInLimits, signInLimits } from '../../services/sign-in/sign-in-limits.ts';
import { SlowLane } from '../../services/sign-in/slow-lane.ts';
import { Tags } from '../../services/tags.ts';

describe('rate limit', () => {
  const settings = { max: 2, windowMs: 100, maxKeys: 3 };

  test('allows so much per window, which begins with the first', () => {
    const limit = new RateLimit(settings);
    assert.deepEqual([limit.spend('a', 10), limit.spend('a', 50), limit.spend('a', 90)], [true, true, false]);
    assert.equal(limit.allows('a', 109), false);
    assert.equal(limit.allows('a', 110), true);
    assert.equal(limit.spend('a', 110), true);
    assert.equal(limit.spent('a', 111), 1);
  });

  test('gives back, but never more than was spent', () => {
    const limit = new RateLimit(settings);
    limit.spend('a', 0, 2);
    limit.spend('a', 0, -1);
    assert.equal(limit.allows('a', 0), true);
    limit.spend('a', 0, -9);
    assert.equal(limit.spent('a', 0), 0);
    limit.spend('a', 500, -1);
    assert.equal(limit.spend('a', 500, 3), false);
  });

  test('remembers so many keys, those touched last', () => {
    const limit = new RateLimit(settings);
    for (const key of ['a', 'b', 'c']) limit.spend(key, 0);
    limit.spend('a', 1);
    limit.spend('d', 2);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((key) => limit.spent(key, 3)),
      [2, 0, 1, 1],
    );
  });

  test('forgets on demand', () => {
    const limit = new RateLimit(settings);
    limit.spend('a', 0, 2);
    limit.forget('a');
    assert.equal(limit.allows('a', 0), true);
  });
});

describe('slow lane', () => {
  const settings = { intervalMs: 100, maxWaitMs: 150, maxKeys: 2 };

  test('gives turns with a pause between, to so many as need not wait for too long', () => {
    const lane = new SlowLane(settings);
    assert.deepEqual(
      [0, 10, 20].map((now) => lane.take('a', now)),
      [0, 90, null],
    );
    assert.equal(lane.take('b', 20), 0);
    assert.equal(lane.take('a', 60), 140);
    assert.equal(lane.take('a', 1000), 0);
  });

  test('remembers so many keys', () => {
    const lane = new SlowLane(settings);
    for (const key of ['a', 'b', 'c']) lane.take(key, 0);
    assert.deepEqual(
      ['c', 'a'].map((key) => lane.take(key, 0)),
      [100, 0],
    );
  });

  test('a clock that is set back shuts nobody out', () => {
    const lane = new SlowLane(settings);
    lane.take('a', 1_000_000);
    assert.equal(lane.take('a', 0), 0);
  });
});

/** Checked at once. */
const check = { waitMs: 0 };

describe('sign-in limits', () => {
  test('hold a bounded number of pairs', () => {
    const limits = new SignInLimits();
    const first = { subject: 'wang', subscriber: '192.0.2.1', fingerprint: 'f' };
    assert.deepEqual(limits.judge(first, 0), check);
    assert.equal(limits.judge(first, 0), 'known-wrong');
    for (let i = 0; i < signInLimits.maxPairs; i++)
      limits.judge({ ...first, subject: `s${i}`, subscriber: `p${i}` }, 0);
    assert.deepEqual(limits.judge(first, 0), check, 'the oldest is forgotten');
  });

  test('a whole office may sign in at once; so many accounts that failed make strangers wait', () => {
    const limits = new SignInLimits();
    const guess = (i: number) => ({ subject: `s${i}`, subscriber: 'office', fingerprint: `f${i}` });
    for (let i = 0; i < 300; i++) assert.deepEqual(limits.judge(guess(i), 0), check);
    for (let i = 0; i < signInLimits.maxAccountsPerSubscriber; i++) limits.wrong(guess(i), 0);
    const waits = [301, 302, 303, 304].map((i) => limits.judge(guess(i), 0));
    const { subscriberTurnMs } = signInLimits;
    assert.deepEqual(waits, [
      check,
      { waitMs: subscriberTurnMs },
      { waitMs: 2 * subscriberTurnMs },
      'blocked',
    ]);
  });

  test('a guess that was taken back leaves nothing behind', () => {
    const limits = new SignInLimits();
    for (let i = 0; i < 1000; i++) {
      const guess = { subject: 'wang', subscriber: `10.0.0.${i % 7}`, fingerprint: `f${i}` };
      assert.deepEqual(limits.judge(guess, 0), check);
      limits.takeBack(guess, 0);
      limits.takeBack(guess, 0);
    }
  });

  test('a pair is known for a month after it signed in', () => {
    const limits = new SignInLimits();
    const guess = { subject: 'wang', subscriber: 'p', fingerprint: 'f' };
    limits.judge(guess, 0);
    limits.right(guess, 0);
    const attack = (now: number) => {
      for (let i = 0; i < signInLimits.maxWrongPerAccount; i++) {
        limits.judge({ subject: 'wang', subscriber: `a${i}`, fingerprint: `${now} ${i}` }, now);
      }
      return limits.judge({ ...guess, fingerprint: `${now}` }, now);
    };
    assert.deepEqual(attack(signInLimits.knownForMs - 1), check);
    assert.equal(attack(2 * signInLimits.knownForMs), 'blocked');
  });
});

describe('networks', () => {
  test('this machine is known in every form of its address, and nobody else is', () => {
    for (const own of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(own), own);
    for (const other of ['128.0.0.1', '10.0.0.1', '127.0.0.1.example', '::2', '', '::ffff:10.0.0.1']) {
      assert.ok(!isLoopback(other), other);
    }
  });

  test('a subscriber is an IPv4 address or an IPv6 /64', () => {
    assert.equal(subscriberOf('192.0.2.7'), '192.0.2.7');
    assert.equal(subscriberOf('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(subscriberOf('2001:0db8:0:1::7'), '2001:db8:0:1::/64');
    assert.equal(subscriberOf('2001:DB8:0:1:ffff:1:2:3'), '2001:db8:0:1::/64');
    assert.equal(subscriberOf('::1'), '0:0:0:0::/64');
    assert.equal(subscriberOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(subscriberOf('1::2:3:4:5:192.0.2.1'), '1:0:2:3::/64');
    assert.equal(subscriberOf('not an address'), 'unknown');
  });

  test('a network is an IPv4 /24 or an IPv6 /48', () => {
    assert.equal(networkOf('192.0.2.7'), '192.0.2.0/24');
    assert.equal(networkOf('2001:db8:5:6::7'), '2001:db8:5::/48');
    assert.equal(networkOf(''), 'unknown');
    assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
  });
});

describe('tags', () => {
  test('are the first 16 octets of the keyed hash over the text of docs/formats.md', () => {
    const tags = new Tags(Buffer.alloc(32, 1));
    // printf %s wang@acme.example | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…01
    assert.equal(
      tags.address({ localPart: 'Wang', domain: 'acme.example' }),
      'c692d97b9fb5b5662a9ba5238acd0d4f',
    );
    assert.notEqual(tags.domain('acme.example'), tags.address({ localPart: 'wang', domain: 'acme.example' }));
    assert.equal(tags.registry('WANG', 'd'), tags.registry('wang', 'd'));
    assert.notEqual(tags.registry('wang', 'd'), tags.registry('wang', 'e'));
    assert.notEqual(new Tags(Buffer.alloc(32, 2)).domain('acme.example'), tags.domain('acme.example'));
  });
});
