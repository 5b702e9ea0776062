/** What a hostile program may say to the submission doors: each is answered in words, and nobody else notices. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { countInInbox, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { attackedServer } from '../support/hostile.ts';
import { peakGrowthOctets } from '../support/memory-gauge.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { Wire } from '../support/wire.ts';

const mebi = 1024 * 1024;

flowOnEveryLog('bad input by submission', { timeout: 600_000 }, (openLog) => {
  const attacked = attackedServer(openLog);
  /** Mails in wang's INBOX by now. */
  let kept = 0;

  afterEach(async () => {
    // The bystander's mail came after all others, and mails are filed in their order.
    assert.equal(await countInInbox(attacked.server, 'wang'), kept);
  });

  async function signedIn(): Promise<SmtpClient> {
    const smtp = await SmtpClient.connect(attacked.server.ports.submission);
    await smtp.login(addressOf('wang'), passwordOf('wang'));
    return smtp;
  }

  /** The connection is as good as new. */
  async function goesOn(smtp: SmtpClient): Promise<void> {
    const mail = Buffer.from(`From: <${addressOf('wang')}>\r\nSubject: after all\r\n\r\ntext\r\n`);
    assert.match(await smtp.send(addressOf('wang'), [addressOf('wang')], mail), /^250 2\.0\.0 OK /);
    kept++;
    await smtp.quit();
  }

  test('without sign-in nothing is taken, in whatever order it is said', async () => {
    const smtp = await SmtpClient.connect(attacked.server.ports.submission);
    const said: string[] = [];
    for (const command of [
      'MAIL FROM:<a@b.example>',
      `RCPT TO:<${addressOf('wang')}>`,
      'DATA',
      'AUTH',
      'AUTH NONE',
    ])
      said.push((await smtp.say(command)).slice(0, 3));
    assert.deepEqual(said, ['530', '530', '530', '504', '504']);
    await smtp.login(addressOf('wang'), passwordOf('wang'));
    assert.match(await smtp.say('AUTH PLAIN AGEAYg=='), /^503 /);
    await goesOn(smtp);
  });

  test('an AUTH line of 512 MiB is read to its end, not gathered, and refused', async () => {
    const smtp = await SmtpClient.connect(attacked.server.ports.submission);
    assert.match(await smtp.say('AUTH PLAIN'), /^334/);
    const growth = await peakGrowthOctets(attacked.server.pid, async () => {
      const piece = Buffer.alloc(mebi, 'A');
      for (let sent = 0; sent < 512; sent++) await smtp.wire.writeAll(piece);
      assert.match(await smtp.say(''), /^500 5\.5\.6 /);
    });
    assert.ok(growth < 256 * mebi, `grew by ${growth} octets`);
    await smtp.login(addressOf('wang'), passwordOf('wang'));
    await goesOn(smtp);
  });

  test('AUTH with nonsense says no more than that it failed, and comes to an end', async () => {
    const smtp = await SmtpClient.connect(attacked.server.ports.submission);
    for (const answer of ['!!!!', 'AAAA', Buffer.from('\0nobody@acme.example\0wrong').toString('base64')])
      assert.match(await smtp.say(`AUTH PLAIN ${answer}`), /^5(?:00|01|35) /);
    assert.match(await smtp.say('AUTH LOGIN'), /^334/);
    assert.match(await smtp.say('*'), /^501/);
    smtp.wire.write('AUTH PLAIN AAAA\r\n'.repeat(1000));
    assert.match(await smtp.wire.rest(), /421 /);
  });

  test('a foreign sender in MAIL and in From', async () => {
    const smtp = await signedIn();
    assert.match(await smtp.say(`MAIL FROM:<${addressOf('li')}>`), /^553 5\.7\.1 /);
    const forged = Buffer.from(`From: <${addressOf('li')}>\r\n\r\nx\r\n`);
    assert.match(await smtp.send(addressOf('wang'), [addressOf('wang')], forged), /^553 5\.7\.1 /);
    await goesOn(smtp);
  });

  test('bare line ends and NUL, and 10,000 recipients elsewhere', async () => {
    const smtp = await signedIn();
    for (const text of ['a\nb\r\n', 'a\rb\r\n', 'a\0b\r\n'])
      assert.match(
        await smtp.send(addressOf('wang'), [addressOf('wang')], Buffer.from(`Subject: x\r\n\r\n${text}`)),
        /^550 5\.6\.(?:11|0) /,
      );
    await smtp.say(`MAIL FROM:<${addressOf('wang')}>`);
    smtp.wire.write(Array.from({ length: 10_000 }, (_, i) => `RCPT TO:<r${i}@far.example>\r\n`).join(''));
    let taken = 0;
    for (let i = 0; i < 10_000; i++) if (/^250/.test(await smtp.reply())) taken++;
    assert.equal(taken, 100);
    await smtp.say('RSET');
    await goesOn(smtp);
  });

  test('what was pipelined behind STARTTLS in the clear is dropped, a sign-in too (CVE-2011-0411)', async () => {
    const smtp = await SmtpClient.connect(attacked.server.ports.submission);
    const secret = Buffer.from(`\0${addressOf('wang')}\0${passwordOf('wang')}`).toString('base64');
    smtp.wire.write(
      `STARTTLS\r\nEHLO in.example\r\nAUTH PLAIN ${secret}\r\nMAIL FROM:<${addressOf('wang')}>\r\n`,
    );
    assert.match(await smtp.reply(), /^220 /);
    await smtp.wire.startTls();
    await smtp.say('EHLO peer.example');
    assert.match(await smtp.say(`MAIL FROM:<${addressOf('wang')}>`), /^530 /);
    await smtp.login(addressOf('wang'), passwordOf('wang'));
    await goesOn(smtp);
  });

  test('noise instead of a TLS handshake', async () => {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const wire = await Wire.connect(attacked.server.ports.submissions);
        wire.write('EHLO peer.example\r\n'.repeat(100));
        await wire.ended();
      }),
    );
    await goesOn(await signedIn());
  });

  test('a mail without a header, and one of nothing', async () => {
    const smtp = await signedIn();
    for (const text of ['', '\r\n', 'no colon here\r\n', mailWith('x').subarray(0, 0).toString()]) {
      assert.match(await smtp.send(addressOf('wang'), [addressOf('wang')], Buffer.from(text)), /^250 /);
      kept++;
    }
    await goesOn(smtp);
  });
});
