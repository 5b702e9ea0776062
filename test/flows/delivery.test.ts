/** Mail leaves the real server: to an exchanger found in the DNS, through a smart host, and through crashes at every step. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testCertificate } from '../imap/test-certificate.ts';
import { inboxWith } from '../support/delivered-mail.ts';
import { DnsServer } from '../support/dns-server.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { NextHopPeer, type Step } from '../support/next-hop.ts';
import { addressOf, lookAgainMs, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

interface Trace {
  readonly steps: readonly { readonly type: string }[];
}

const ends = ['DeliveryCompleted', 'DeliveryFailed', 'DeliveryExpired', 'DeliveryCancelled'];

function mailOf(subject: string): Buffer {
  return Buffer.from(`From: <${addressOf('wang')}>\r\nSubject: ${subject}\r\n\r\n合同\r\n.dot\r\n`);
}

/** Submits as wang; the mail's id. */
async function submit(server: RealServer, recipients: readonly string[], subject: string): Promise<string> {
  const client = await SmtpClient.connect(server.ports.submission);
  await client.login(addressOf('wang'), passwordOf('wang'));
  const reply = await client.send(addressOf('wang'), recipients, mailOf(subject));
  assert.match(reply, /^250 /);
  await client.quit();
  return /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(reply)![0];
}

async function storyOf(server: RealServer, message: string): Promise<string[]> {
  const trace = JSON.parse(await server.muniment('message', 'trace', message, '--json')) as Trace;
  return trace.steps.map(({ type }) => type);
}

/** The events of a mail, as soon as so many deliveries have ended. */
async function untilEnded(server: RealServer, message: string, count = 1): Promise<string[]> {
  for (;;) {
    const story = await storyOf(server, message);
    if (story.filter((type) => ends.includes(type)).length === count) return story;
    await sleep(lookAgainMs);
  }
}

flowOnEveryLog('mail leaves', { timeout: 300_000 }, (openLog) => {
  let peer: NextHopPeer;
  let dns: DnsServer;
  let server: RealServer;

  before(async () => {
    peer = await NextHopPeer.start({ tls: testCertificate });
    dns = await DnsServer.start({
      'out.example': { mx: [[10, 'mx.out.example']] },
      'mx.out.example': { a: ['127.0.0.1'] },
    });
    server = await RealServer.start(
      ['wang'],
      {
        MUNIMENT_DNS_SERVERS: dns.address,
        MUNIMENT_DELIVERY_PORT: String(peer.port),
        MUNIMENT_DELIVERY_RETRY_MS: '200',
      },
      await openLog(),
    );
  });

  after(async () => {
    await server.dispose();
    await peer.close();
    await dns.close();
  });

  test('over TLS, in one transaction, with the octets that were submitted', async () => {
    const message = await submit(server, ['a@out.example', 'b@out.example'], 'whole');
    const story = await untilEnded(server, message, 2);
    assert.deepEqual([...story].sort(), [
      ...['AttemptStarted', 'AttemptStarted', 'DeliveryCompleted', 'DeliveryCompleted'],
      ...['DeliveryQueued', 'DeliveryQueued', 'MessageAccepted', 'RecipientsResolved'],
    ]);
    const [mail] = peer.taken;
    assert.deepEqual([mail!.recipients, mail!.underTls], [['a@out.example', 'b@out.example'], true]);
    const text = mail!.octets.toString();
    assert.ok(text.endsWith(mailOf('whole').toString()));
    assert.match(text, /^Received: .*\r\n/);
    assert.ok(text.includes(message));
    assert.doesNotMatch(text, /Return-Path/i);
  });

  test('killed at every step, the peer has the mail, and a second copy only where that is marked', async (t) => {
    const steps: readonly Step[] = ['CONNECT', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'OCTETS', 'DOT'];
    for (const [step, isTaken] of [...steps.map((each) => [each, false] as const), ['DOT', true] as const]) {
      const subject = `killed at ${step}${isTaken ? ', taken' : ''}`;
      let killed: Promise<void> | null = null;
      peer.hangUp();
      peer.behaviour = {
        tls: testCertificate,
        answer: async (now) => {
          if (now !== step || killed) return undefined;
          killed = server.kill();
          await killed;
          return isTaken ? 'cut' : 'drop';
        },
      };
      const message = await submit(server, ['a@out.example'], subject);
      await peer.until(() => killed !== null);
      await killed;
      await server.start();
      const story = await untilEnded(server, message);
      const copies = peer.subjects.filter((each) => each === subject).length;
      const marks = story.filter((type) => type === 'OutcomeUnknown').length;
      t.diagnostic(`${subject}: ${copies} copies, ${marks} marks`);
      assert.equal(copies, isTaken ? 2 : 1, subject);
      assert.ok(copies <= 1 + marks, `${subject}: ${copies} copies, ${marks} marks`);
    }
    peer.behaviour = {};
    assert.equal((await server.verb('verify')).code, 0);
  });

  test('what is refused comes back to its sender as a report, once', async () => {
    peer.behaviour = {
      answer: (step, line) =>
        step === 'RCPT' && line.includes('nobody') ? '550 5.1.1 no such user' : undefined,
    };
    const message = await submit(server, ['nobody@out.example'], 'returned');
    const story = await untilEnded(server, message);
    assert.equal(story.at(-1), 'DeliveryFailed');
    const [report] = await inboxWith(server, 'wang', 1);
    const text = report!.toString();
    assert.match(text, /^Return-Path: <>\r\n/);
    assert.match(
      text,
      /Final-Recipient: rfc822; nobody@out\.example\r\nAction: failed\r\nStatus: 5\.1\.1\r\n/,
    );
    assert.match(text, /\r\nSubject: returned\r\n/);
    await server.stop();
    await server.start();
    assert.equal((await inboxWith(server, 'wang', 1)).length, 1);
    peer.behaviour = {};
  });

  test('every recipient is accounted for', async () => {
    const health = await fetch(`http://127.0.0.1:${server.ports.http}/healthz`);
    const { mail } = (await health.json()) as { mail: { unaccounted: number; recipients: object } };
    assert.equal(mail.unaccounted, 0);
    assert.deepEqual(mail.recipients, {
      accepted: 0,
      bounced: 1,
      delivered: 11,
      held: 0,
      queued: 0,
      returned: 0,
      waiting: 0,
    });
  });

  test('through a smart host that wants a password', async () => {
    await server.dispose();
    peer.behaviour = { extensions: ['AUTH PLAIN LOGIN', 'PIPELINING'], tls: testCertificate };
    server = await RealServer.start(
      ['wang'],
      {
        MUNIMENT_RELAY_URL: `smtp://relay:s%40cret@127.0.0.1:${peer.port}`,
      },
      await openLog(),
    );
    const message = await submit(server, ['a@one.example', 'b@two.example'], 'relayed');
    await untilEnded(server, message, 2);
    assert.deepEqual(peer.taken.at(-1)!.recipients, ['a@one.example', 'b@two.example']);
    const secret = Buffer.from('\0relay\0s@cret').toString('base64');
    assert.ok(peer.lines.includes(`AUTH PLAIN ${secret}`));
    assert.doesNotMatch(server.output, /s@cret|s%40cret/);
  });
});
