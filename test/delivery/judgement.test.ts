/** The pure parts: pauses, classes of replies, replies in one line, and turns of destinations. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DueDelivery } from '../../projections/deliveries-queries.ts';
import { classifyReply } from '../../services/delivery/bounce-class.ts';
import { Lanes } from '../../services/delivery/lanes.ts';
import { peerReply } from '../../services/delivery/peer-reply.ts';
import { nextAttemptMs } from '../../services/delivery/schedule.ts';
import { bounceClasses } from '../../services/domain/delivery-events.ts';
import { uuidOf } from '../support/given-when-then.ts';

describe('pauses', () => {
  const minuteMs = 60_000;
  const pause = (attempts: number, random: number) => nextAttemptMs(attempts, 0, 5 * minuteMs, random);

  test('double from attempt to attempt, up to four hours', () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((attempts) => pause(attempts, 0.5) / minuteMs);
    assert.deepEqual(middle, [5, 10, 20, 40, 80, 160, 240, 240, 240]);
  });

  test('vary by a fifth, so that what failed together does not come back together', () => {
    assert.equal(pause(1, 0), 4 * minuteMs);
    assert.ok(Math.abs(pause(1, 0.999_999) - 6 * minuteMs) < 10);
    assert.equal(nextAttemptMs(1, 1000, 100, 0.5), 1100);
  });
});

describe('classes of replies (TRK-09)', () => {
  const replies: readonly (readonly [string, (typeof bounceClasses)[number]])[] = [
    ['501 5.1.3 Bad recipient address syntax', 'badSyntax'],
    ['500 what?', 'badSyntax'],
    ['550 5.1.1 <x@y.example>: Recipient address rejected: User unknown', 'noSuchUser'],
    ['550 No such user here', 'noSuchUser'],
    ['550 5.7.1 用户不存在', 'noSuchUser'],
    ['551 elsewhere', 'noSuchUser'],
    ['550 5.2.1 The email account that you tried to reach is disabled', 'disabledUser'],
    ['550 该账户已停用', 'disabledUser'],
    ['552 5.2.2 Mailbox full', 'quotaFull'],
    ['452 4.2.2 The user is over quota', 'quotaFull'],
    ['552 邮箱空间已满', 'quotaFull'],
    ['552 5.3.4 Message size exceeds fixed limit', 'tooLarge'],
    ['552 邮件过大', 'tooLarge'],
    ['452 4.5.3 Error: too many recipients', 'tooManyRecipients'],
    ['556 5.1.10 takes no mail', 'dnsFailure'],
    ['450 4.1.2 domain lookup', 'dnsFailure'],
    ['421 4.4.2 connection went away', 'network'],
    ['450 4.2.0 greylisted', 'temporary'],
    ['421 service not available', 'temporary'],
    ['450 4.7.1 <spam@y.example>: Recipient address rejected: Greylisted', 'temporary'],
    ['554 5.6.0 Eicar-Test-Signature: virus found', 'virus'],
    ['530 5.7.0 Must issue a STARTTLS command first', 'tlsOrOther'],
    ['550 5.7.10 encryption needed', 'tlsOrOther'],
    ['554 no', 'tlsOrOther'],
    ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', 'spamPolicy'],
    ['550 5.7.25 no PTR record', 'spamPolicy'],
    ['550 5.7.26 DMARC', 'spamPolicy'],
    ['554 疑似垃圾邮件', 'spamPolicy'],
    ['554 5.7.1 <virus@y.example>: Recipient address rejected: blocked by a list', 'spamPolicy'],
    ['554 5.7.1 greylisted for good', 'spamPolicy'],
  ];
  for (const [reply, wanted] of replies) {
    test(`${reply} is ${wanted}`, () =>
      assert.equal(classifyReply(Number(reply.slice(0, 3)), reply), wanted));
  }

  test('each class but that of the network itself has a reply', () => {
    const seen = new Set(replies.map(([, wanted]) => wanted));
    assert.deepEqual(
      bounceClasses.filter((each) => !seen.has(each)),
      ['portUnreachable'],
    );
  });
});

describe('a reply in one line', () => {
  test('its lines are joined, code and status said once', () => {
    const reply = peerReply('550-5.1.1 The mailbox\r\n550-5.1.1 does not exist.\n550 5.1.1 Sorry');
    assert.deepEqual(reply, {
      code: 550,
      text: '550 5.1.1 The mailbox does not exist. Sorry',
      isPermanent: true,
    });
  });

  test('nothing in it moves a cursor, and it ends somewhere', () => {
    const { text, isPermanent } = peerReply(`451 4.0.0 \u001b[2Jx\u0000\ud800${'y'.repeat(5000)}`);
    assert.match(text, /^451 4\.0\.0 \[2Jx \ufffdyy/);
    assert.equal(text.length, 1000);
    assert.equal(isPermanent, false);
  });
});

describe('turns of destinations', () => {
  const limits = { maxConnections: 3, maxConnectionsPerDestination: 2, maxRecipients: 2 };
  const to = (domain: string) => ({ key: domain, domain });
  const due = (n: number, message = uuidOf(n)): DueDelivery => ({
    delivery: uuidOf(1000 + n),
    message,
    recipient: `r${n}@x.example`,
  });

  test('each in its turn, within the limits', () => {
    const lanes = new Lanes(limits);
    lanes.add(to('a'), [due(1), due(2), due(3)]);
    lanes.add(to('b'), [due(4), due(5)]);
    const begun = [lanes.next(), lanes.next(), lanes.next(), lanes.next()];
    assert.deepEqual(
      begun.map((start) => start?.destination.key),
      ['a', 'b', 'a', undefined],
    );
    assert.equal(lanes.waiting, 2);
    lanes.ended(to('b'));
    assert.equal(lanes.next()?.destination.key, 'b');
    lanes.ended(to('b'));
    assert.equal(lanes.next(), null, 'two connections to a are enough');
    assert.equal(lanes.isEmpty('a'), false);
    assert.equal(lanes.isEmpty('b'), true);
  });

  test('recipients of one mail are together, as many as a transaction takes', () => {
    const lanes = new Lanes(limits);
    const mail = uuidOf(7);
    lanes.add(to('a'), [due(1, mail), due(2), due(3, mail), due(4, mail)]);
    const first = lanes.next()!.envelope.recipients.map(({ recipient }) => recipient);
    const second = lanes.next()!.envelope.recipients.map(({ recipient }) => recipient);
    assert.deepEqual([first, second], [['r1@x.example', 'r3@x.example'], ['r4@x.example']]);
  });
});
