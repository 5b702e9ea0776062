/** Peers that take their time: each has so long and no longer, and nobody waits for them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bystander } from '../support/bystander.ts';
import { imapLogin } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { Wire } from '../support/wire.ts';

flowOnEveryLog('slow peers', { timeout: 600_000 }, (openLog) => {
  let server: RealServer;

  before(async () => {
    server = await RealServer.start(
      ['wang', 'li'],
      {
        MUNIMENT_SMTP_IDLE_TIMEOUT_MS: '1500',
        MUNIMENT_SMTP_DATA_TIMEOUT_MS: '2000',
        MUNIMENT_IMAP_IDLE_TIMEOUT_MS: '1500',
        MUNIMENT_POP3_IDLE_TIMEOUT_MS: '1500',
      },
      await openLog(),
    );
  });

  after(() => server?.dispose());

  /** What the server says until it has had enough of a peer that sends an octet now and then. */
  async function drip(wire: Wire, octets: string): Promise<string> {
    let ended = false;
    const said = wire.rest().finally(() => {
      ended = true;
    });
    for (let at = 0; !ended; at = (at + 1) % octets.length) {
      wire.write(octets[at]!);
      await sleep(100);
    }
    return said;
  }

  /** Somebody is served while others are slow. */
  async function bystanderWorks(): Promise<void> {
    const bystander = await Bystander.at(server, 'li');
    await bystander.works();
    await bystander.leave();
  }

  test('SMTP: a silent peer hears 421', async () => {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    assert.match(await smtp.wire.rest(), /^421 4\.4\.2 /);
  });

  test('SMTP: DATA that comes octet by octet is broken off with 421, and nothing of it is kept', async () => {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    for (const command of ['MAIL FROM:<a@peer.example>', `RCPT TO:<${addressOf('wang')}>`, 'DATA'])
      await smtp.say(command);
    const said = drip(smtp.wire, 'Subject: slow\r\n\r\ntext\r\n');
    await bystanderWorks();
    assert.match(await said, /^421 4\.4\.2 /);
    const imap = await imapLogin(server, 'wang');
    assert.deepEqual((await imap.ok('STATUS INBOX (MESSAGES)')).untagged, ['STATUS INBOX (MESSAGES 0)']);
    await imap.logout();
  });

  test('IMAP: a silent client hears BYE, also within IDLE and within a literal', async () => {
    const idle = await imapLogin(server, 'wang');
    idle.wire.write('i IDLE\r\n');
    const appending = await imapLogin(server, 'wang');
    appending.wire.write('x APPEND INBOX {100}\r\nSubject');
    const silent = await imapLogin(server, 'wang');
    for (const { wire } of [idle, appending, silent])
      assert.match(await wire.rest(), /\* BYE Idle for too long\r\n$/);
    await bystanderWorks();
  });

  test('POP3: a silent client is left without a word, and nothing is deleted (RFC 1939 section 3)', async () => {
    const pop3 = await Pop3Client.login(server.ports.pop3, addressOf('wang'), passwordOf('wang'));
    assert.equal(await pop3.wire.rest(), '');
    await bystanderWorks();
  });

  test('a TLS handshake that never comes disturbs nobody', async () => {
    const ports = [server.ports.submissions, server.ports.imaps, server.ports.pop3s];
    const wires = await Promise.all(ports.map((port) => Wire.connect(port)));
    await bystanderWorks();
    for (const wire of wires.slice(1)) await wire.ended();
    for (const wire of wires) wire.close();
  });
});
