/** Mail leaves: to peers that take it, refuse it or put it off. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCertificate } from '../imap/test-certificate.ts';
import type { Step } from '../support/next-hop.ts';
import { DeliveryHouse, mailOf } from './delivery-house.ts';

const patience = { timeout: 120_000 };

/** The answer to one step, the first `times` times. */
function at(step: Step, reply: string, times = Number.POSITIVE_INFINITY) {
  let count = 0;
  return { answer: (now: Step) => (now === step && count++ < times ? reply : undefined) };
}

describe('a mail that is taken', patience, () => {
  test('arrives with its exact octets, without Return-Path, and the reply is kept', async (t) => {
    const house = await DeliveryHouse.open(t);
    house.start();
    const message = await house.accept(['buyer@out.example']);
    const [row] = await house.untilEnded(message);
    assert.equal(row!.state, 'completed');
    assert.equal(row!.reply, '250 2.0.0 taken');
    assert.equal(row!.host, 'mx.out.example [127.0.0.1]');
    assert.equal(row!.tls, 'none');
    const [mail] = house.peer.taken;
    assert.deepEqual(mail!.recipients, ['buyer@out.example']);
    assert.equal(mail!.octets.toString(), `Received: from [127.0.0.1]\r\n${mailOf('hello').toString()}`);
    assert.match(mail!.mailLine, /^MAIL FROM:<wang@acme\.example> BODY=8BITMIME SIZE=\d+$/);
    assert.ok(mail!.mailLine.endsWith(`SIZE=${mail!.octets.length}`));
    assert.deepEqual(await house.story(message), ['DeliveryQueued', 'AttemptStarted', 'DeliveryCompleted']);
  });

  test('an envelope of several is one transaction per destination', async (t) => {
    const house = await DeliveryHouse.open(t, {}, { 'other.example': { a: ['127.0.0.1'] } });
    house.start();
    const message = await house.accept([
      'a@out.example',
      'b@other.example',
      'c@out.example',
      'a@OUT.example',
    ]);
    const rows = await house.untilEnded(message);
    assert.ok(rows.every(({ state }) => state === 'completed'));
    const envelopes = house.peer.taken.map(({ recipients }) => recipients);
    envelopes.sort((a, b) => b.length - a.length);
    assert.deepEqual(envelopes, [['a@out.example', 'c@out.example'], ['b@other.example']]);
  });

  test('more recipients than a transaction takes go in several', async (t) => {
    const house = await DeliveryHouse.open(t);
    house.settings = { maxRecipients: 10 };
    house.start();
    await house.untilEnded(await house.accept(Array.from({ length: 25 }, (_, n) => `r${n}@out.example`)));
    assert.deepEqual(house.peer.taken.map(({ recipients }) => recipients.length).sort(), [10, 10, 5].sort());
  });

  test('the null sender stays null', async (t) => {
    const house = await DeliveryHouse.open(t);
    house.start();
    await house.untilEnded(await house.accept(['a@out.example'], { sender: '' }));
    assert.match(house.peer.taken[0]!.mailLine, /^MAIL FROM:<> /);
  });

  test('a large one is streamed as it is', async (t) => {
    const blob = Buffer.concat([mailOf('large'), Buffer.from(`.${'x'.repeat(70)}\r\n`.repeat(60_000))]);
    const house = await DeliveryHouse.open(t);
    house.start();
    await house.untilEnded(await house.accept(['a@out.example'], { blob }));
    assert.ok(house.peer.taken[0]!.octets.subarray(-blob.length).equals(blob));
  });

  test('STARTTLS is used when it is offered, and what was negotiated is recorded', async (t) => {
    const house = await DeliveryHouse.open(t, { tls: testCertificate });
    house.start();
    const [row] = await house.untilEnded(await house.accept(['a@out.example']));
    assert.deepEqual([row!.tls, row!.certificateValid], ['tls13', false]);
    assert.match(row!.cipher, /^TLS_/);
    assert.equal(house.peer.taken[0]!.underTls, true);
  });

  test('where the handshake fails the mail goes without TLS', async (t) => {
    const house = await DeliveryHouse.open(t, { tls: { key: '', cert: '' } });
    house.start();
    const [row] = await house.untilEnded(await house.accept(['a@out.example']));
    assert.deepEqual([row!.state, row!.tls], ['completed', 'none']);
  });

  test('one connection carries mail after mail, and no more are opened than may be', async (t) => {
    const house = await DeliveryHouse.open(t);
    house.settings = { maxConnectionsPerDestination: 2 };
    const messages = await Promise.all(Array.from({ length: 30 }, () => house.accept(['a@out.example'])));
    house.start();
    for (const message of messages) await house.untilEnded(message);
    assert.equal(house.peer.taken.length, 30);
    assert.ok(house.peer.mostOpen <= 2, `${house.peer.mostOpen} were open`);
    assert.ok(house.peer.connections <= 4, `${house.peer.connections} were opened`);
  });

  test('SMTPUTF8 is asked for where an address needs it; a peer without it gets no such address', async (t) => {
    const house = await DeliveryHouse.open(t);
    house.start();
    await house.untilEnded(await house.accept(['买家@out.example']));
    assert.match(house.peer.taken[0]!.mailLine, / SMTPUTF8 /);
    await house.stop();
    house.peer.behaviour = { extensions: ['8BITMIME'] };
    house.start();
    const [local, ascii] = await house.untilEnded(await house.accept(['买家@out.example', 'a@out.example']));
    assert.equal(local!.state, 'failed');
    assert.match(local!.reply, /^5\.6\.7 /);
    assert.equal(ascii!.state, 'completed');
    assert.deepEqual(house.peer.taken[1]!.recipients, ['a@out.example']);
  });

  test('a domain outside ASCII is asked for by its A-label', async (t) => {
    const zone = { 'xn--fiqs8s.example': { a: ['127.0.0.1'] } };
    const house = await DeliveryHouse.open(t, { extensions: [] }, zone);
    house.start();
    await house.untilEnded(await house.accept(['a@中国.example']));
    assert.deepEqual(house.peer.taken[0]!.recipients, ['a@xn--fiqs8s.example']);
  });

  test('what is too large for the peer is not sent', async (t) => {
    const house = await DeliveryHouse.open(t, { extensions: ['SIZE 50'] });
    house.start();
    const [row] = await house.untilEnded(await house.accept(['a@out.example']));
    assert.deepEqual([row!.state, row!.class], ['failed', 'tooLarge']);
    assert.ok(!house.peer.lines.some((line) => line.startsWith('MAIL')));
  });
});

describe('a mail that is refused', patience, () => {
  test('each recipient has the reply that was meant for it', async (t) => {
    const house = await DeliveryHouse.open(t, {
      answer: (step, line) =>
        step === 'RCPT' && line.includes('nobody') ? '550 5.1.1 user unknown' : undefined,
    });
    house.start();
    const message = await house.accept(['a@out.example', 'nobody@out.example']);
    const [taken, refused] = await house.untilEnded(message);
    assert.equal(taken!.state, 'completed');
    assert.deepEqual(
      [refused!.state, refused!.class, refused!.code, refused!.reply],
      ['failed', 'noSuchUser', 550, '550 5.1.1 user unknown'],
    );
  });

  for (const step of ['MAIL', 'RCPT', 'DATA', 'DOT'] as const) {
    test(`for good at ${step}: failed at once, and the session goes on`, async (t) => {
      for (const extensions of [['PIPELINING'], []]) {
        const house = await DeliveryHouse.open(t, { ...at(step, '554 5.7.1 spam', 1), extensions });
        house.start();
        const first = await house.accept(['a@out.example'], { subject: 'first' });
        const [row] = await house.untilEnded(first);
        assert.deepEqual([row!.state, row!.class, row!.code], ['failed', 'spamPolicy', 554]);
        const [second] = await house.untilEnded(await house.accept(['a@out.example'], { subject: 'second' }));
        assert.equal(second!.state, 'completed');
        assert.deepEqual(house.peer.subjects, ['second']);
        assert.equal(house.peer.connections, 1);
      }
    });

    test(`for now at ${step}: tried again until it is taken (greylisting)`, async (t) => {
      const house = await DeliveryHouse.open(t, at(step, '451 4.7.1 greylisted', 2));
      house.start();
      const message = await house.accept(['a@out.example']);
      const [row] = await house.untilEnded(message);
      assert.deepEqual([row!.state, row!.attempts], ['completed', 3]);
      assert.equal(house.peer.taken.length, 1);
      const attempt = ['AttemptStarted', 'DeliveryDeferred'];
      assert.deepEqual(await house.story(message), [
        'DeliveryQueued',
        ...attempt,
        ...attempt,
        'AttemptStarted',
        'DeliveryCompleted',
      ]);
    });

    test(`421 at ${step}: the connection is over, the mail is tried again`, async (t) => {
      const house = await DeliveryHouse.open(t, at(step, '421 4.3.2 shutting down', 1));
      house.start();
      const message = await house.accept(['a@out.example']);
      const [row] = await house.untilEnded(message);
      assert.deepEqual([row!.state, row!.attempts, row!.unknownOutcomes], ['completed', 2, 0]);
      assert.equal(house.peer.taken.length, 1);
      assert.equal(house.peer.connections, 2);
    });
  }

  test('a recipient put off and one refused at the final dot keep their own replies', async (t) => {
    const house = await DeliveryHouse.open(t, {
      answer: (step, line, peer) => {
        if (step === 'RCPT' && line.includes('slow') && peer.lines.filter((l) => l === line).length < 2)
          return '450 4.2.1 later';
        return step === 'DOT' && peer.taken.length === 0 && peer.lines.join().includes('quick')
          ? peer.lines.filter((l) => l === 'DATA').length < 2
            ? '550 5.7.1 no'
            : undefined
          : undefined;
      },
    });
    house.start();
    const [slow, quick] = await house.untilEnded(
      await house.accept(['slow@out.example', 'quick@out.example']),
    );
    assert.deepEqual([slow!.state, quick!.state], ['completed', 'failed']);
    assert.deepEqual(house.peer.taken[0]!.recipients, ['slow@out.example']);
  });

  test('too many recipients for one transaction: the rest follows at once', async (t) => {
    let taken = 0;
    const house = await DeliveryHouse.open(t, {
      answer: (step) => {
        if (step === 'MAIL') taken = 0;
        return step === 'RCPT' && ++taken > 2 ? '452 4.5.3 too many recipients' : undefined;
      },
    });
    house.settings = { retryMs: 3_600_000, maxConnectionsPerDestination: 1 };
    house.start();
    const addresses = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@out.example`);
    const rows = await house.untilEnded(await house.accept(addresses));
    assert.ok(rows.every(({ state }) => state === 'completed'));
    assert.deepEqual(
      house.peer.taken.map(({ recipients }) => recipients.length),
      [2, 2, 1],
    );
  });

  test('for as long as it may be tried: then it expires with the last reply', async (t) => {
    const house = await DeliveryHouse.open(t, at('RCPT', '451 4.7.1 never'));
    house.maxAgeMs = 200;
    house.start();
    const message = await house.accept(['a@out.example']);
    const [row] = await house.untilEnded(message);
    assert.deepEqual([row!.state, row!.reply], ['expired', '451 4.7.1 never']);
    assert.equal((await house.story(message)).at(-1), 'DeliveryExpired');
    assert.equal(house.peer.taken.length, 0);
  });
});
