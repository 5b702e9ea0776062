/** What a hostile peer may say to the SMTP door: each is answered in words, and nobody else notices. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { countInInbox, imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { attackedServer, mailOfHeaders, makeNoise, nestedMail, wideMail } from '../support/hostile.ts';
import { peakGrowthOctets } from '../support/memory-gauge.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const mebi = 1024 * 1024;

flowOnEveryLog('bad input by SMTP', { timeout: 600_000 }, (openLog) => {
  const attacked = attackedServer(openLog);
  /** Mails in wang's INBOX by now. */
  let kept = 0;

  afterEach(async () => {
    // The bystander's mail came after all others, and mails are filed in their order.
    assert.equal(await countInInbox(attacked.server, 'wang'), kept);
  });

  function connect(): Promise<SmtpClient> {
    return SmtpClient.connect(attacked.server.ports.smtp);
  }

  async function inData(): Promise<SmtpClient> {
    const smtp = await connect();
    await smtp.say('MAIL FROM:<peer@peer.example>');
    await smtp.say(`RCPT TO:<${addressOf('wang')}>`);
    assert.match(await smtp.say('DATA'), /^354/);
    return smtp;
  }

  /** The connection is as good as new. */
  async function goesOn(smtp: SmtpClient): Promise<void> {
    const reply = await smtp.send('peer@peer.example', [addressOf('wang')], mailWith('after all'));
    assert.match(reply, /^250 2\.0\.0 OK /);
    kept++;
    await smtp.quit();
  }

  test('a command line of 512 MiB is read to its end, not gathered, and refused', async () => {
    const smtp = await connect();
    const growth = await peakGrowthOctets(attacked.server.pid, async () => {
      const piece = Buffer.alloc(mebi, 'x');
      for (let sent = 0; sent < 512; sent++) await smtp.wire.writeAll(piece);
      await attacked.bystander.works();
      assert.match(await smtp.say(''), /^500 5\.5\.2 Command line too long/);
    });
    // What it has read and not yet collected is no more than a part of it.
    assert.ok(growth < 256 * mebi, `grew by ${growth} octets`);
    await goesOn(smtp);
  });

  test('a text line of 16 MiB is kept as it is', async () => {
    const smtp = await connect();
    const mail = Buffer.from(`Subject: one line\r\n\r\n${'y'.repeat(16 * mebi)}\r\n`);
    assert.match(await smtp.send('peer@peer.example', [addressOf('wang')], mail), /^250 /);
    await smtp.quit();
    const mails = await inboxWith(attacked.server, 'wang', ++kept);
    assert.ok(mails.at(-1)!.subarray(-mail.length).equals(mail));
  });

  const smuggled = `MAIL FROM:<peer@peer.example>\r\nRCPT TO:<${addressOf('wang')}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n`;
  for (const border of ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r\n.\r', '\r\n\0.\r\n', '\r\r\n.\r\r\n']) {
    test(`${JSON.stringify(border)} ends no mail: what follows is not taken for commands`, async () => {
      const smtp = await inData();
      smtp.wire.write(`Subject: outer\r\n\r\nbody${border}${smuggled}`);
      assert.match(await smtp.reply(), /^550 5\.6\.(?:11|0) /);
      await goesOn(smtp);
    });
  }

  test('NUL is refused in commands and in DATA', async () => {
    const smtp = await connect();
    assert.match(await smtp.say('MAIL FROM:<a\0@peer.example>'), /^501 /);
    assert.match(await smtp.say('NO\0OP'), /^50[0-2] /);
    const reply = await smtp.send(
      'peer@peer.example',
      [addressOf('wang')],
      Buffer.from('Subject: a\r\n\r\n\0\r\n'),
    );
    assert.match(reply, /^550 5\.6\.0 NUL/);
    await goesOn(smtp);
  });

  test('8-bit addresses want SMTPUTF8; 8-bit text is kept with or without 8BITMIME', async () => {
    const smtp = await connect();
    assert.match(await smtp.say('MAIL FROM:<\xe7\x8e\x8b@peer.example>'), /^553 5\.6\.7 /);
    assert.match(await smtp.say('MAIL FROM:<\xff\xfe@peer.example> SMTPUTF8'), /^553 5\.6\.7 /);
    await smtp.say('MAIL FROM:<peer@peer.example>');
    assert.match(await smtp.say('RCPT TO:<\xe7\x8e\x8b@acme.example>'), /^553 5\.6\.7 /);
    await smtp.say('RSET');
    const mail = Buffer.from('Subject: \xd6\xd0\r\n\r\n\xd6\xd0\xce\xc4\r\n', 'latin1');
    assert.match(await smtp.send('peer@peer.example', [addressOf('wang')], mail), /^250 /);
    assert.ok((await inboxWith(attacked.server, 'wang', ++kept)).at(-1)!.subarray(-mail.length).equals(mail));
    await goesOn(smtp);
  });

  test('commands out of order', async () => {
    const smtp: string[] = [];
    const client = await connect();
    for (const command of ['DATA', `RCPT TO:<${addressOf('wang')}>`, 'MAIL FROM:<peer@peer.example>', 'DATA'])
      smtp.push((await client.say(command)).slice(0, 3));
    for (const command of ['MAIL FROM:<b@peer.example>', 'STARTTLS now', 'RSET', 'DATA', '.', 'BDAT 3'])
      smtp.push((await client.say(command)).slice(0, 3));
    assert.deepEqual(smtp, ['503', '503', '250', '503', '503', '501', '250', '503', '500', '500']);
    await goesOn(client);
  });

  test('what was pipelined behind STARTTLS in the clear is dropped (CVE-2011-0411)', async () => {
    const smtp = await connect();
    smtp.wire.write(`STARTTLS\r\nEHLO injected.example\r\n${smuggled}`);
    assert.match(await smtp.reply(), /^220 /);
    await smtp.wire.startTls();
    assert.match(await smtp.say('DATA'), /^503 /);
    assert.match(await smtp.say('EHLO peer.example'), /^250-/);
    await goesOn(smtp);
  });

  test('10,000 recipients: 100 are taken, the others put off one by one', async () => {
    const smtp = await connect();
    await smtp.say('MAIL FROM:<peer@peer.example>');
    const recipients = Array.from({ length: 10_000 }, (_, i) => `RCPT TO:<wang+${i}@acme.example>\r\n`);
    smtp.wire.write(recipients.join(''));
    const replies = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const reply = (await smtp.reply()).slice(0, 9);
      replies.set(reply, (replies.get(reply) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(replies), { '250 2.1.5': 100, '452 4.5.3': 9900 });
    await smtp.say('RSET');
    await goesOn(smtp);
  });

  test('10,000 guessed recipients: the guessing ends with the connection', async () => {
    const smtp = await connect();
    await smtp.say('MAIL FROM:<peer@peer.example>');
    const guesses = Array.from({ length: 10_000 }, (_, i) => `RCPT TO:<guess-${i}@acme.example>\r\n`);
    smtp.wire.write(guesses.join(''));
    const said = await smtp.wire.rest();
    assert.equal(said.match(/^550 5\.1\.1 /gm)!.length, 100);
    assert.match(said, /\r\n421 4\.7\.0 Too many errors\r\n$/);
  });

  const heavy = [
    { name: '10,000 multiparts inside one another', mail: nestedMail(10_000) },
    { name: '20,000 parts beside one another', mail: wideMail(20_000) },
    { name: '100,000 header fields', mail: mailOfHeaders(100_000) },
    { name: 'a header field of 8 MiB', mail: Buffer.from(`Subject: ${'a '.repeat(4 * mebi)}\r\n\r\nx\r\n`) },
    {
      name: 'an address list of 300,000',
      mail: Buffer.from(`To: ${'a@b.example, '.repeat(300_000)}c@d.example\r\n\r\nx\r\n`),
    },
  ];
  for (const { name, mail } of heavy) {
    test(`${name}: taken in, shown and searched within bounds, and given back as they came`, async () => {
      const growth = await peakGrowthOctets(attacked.server.pid, async () => {
        const smtp = await connect();
        const sent = smtp.send('peer@peer.example', [addressOf('wang')], mail);
        await attacked.bystander.works();
        assert.match(await sent, /^250 /);
        await smtp.quit();
        await readInEveryWay(mail, ++kept);
      });
      assert.ok(growth < 192 * mebi, `grew by ${growth} octets`);
    });
  }

  async function readInEveryWay(mail: Buffer, number: number): Promise<void> {
    const bodies = await inboxWith(attacked.server, 'wang', number);
    assert.ok(bodies.at(-1)!.subarray(-mail.length).equals(mail));
    const imap = await imapLogin(attacked.server, 'wang');
    await imap.ok('SELECT INBOX');
    const items = 'ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER] BODY.PEEK[1.1.1.1.MIME] BODY.PEEK[TEXT]<7.9>';
    assert.equal((await imap.uidFetch(`${number}`, items)).length, 1);
    assert.deepEqual((await imap.ok(`SEARCH ${number} TEXT "no such words"`)).untagged, ['SEARCH']);
    await imap.logout();
    const pop3 = await Pop3Client.login(attacked.server.ports.pop3, addressOf('wang'), passwordOf('wang'));
    assert.ok((await pop3.lines(`TOP ${number} 3`)).length > 3);
    await pop3.quit();
  }

  test('a peer that closes its side within a command or DATA hands in nothing; behind the dot it hears 250', async () => {
    const inCommand = await connect();
    inCommand.wire.write('MAIL FROM:<peer@pe');
    inCommand.wire.endInput();
    assert.equal(await inCommand.wire.rest(), '');
    const cut = await inData();
    cut.wire.write('Subject: half\r\n\r\nno final dot\r\n');
    cut.wire.endInput();
    assert.equal(await cut.wire.rest(), '');
    const whole = await inData();
    whole.wire.write('Subject: whole\r\n\r\nwith its dot\r\n.\r\n');
    whole.wire.endInput();
    assert.match(await whole.wire.rest(), /^250 2\.0\.0 OK /);
    kept++;
  });

  test('200 peers in the middle of DATA that say nothing more take nobody the place', async () => {
    const silent = await Promise.all(Array.from({ length: 200 }, inData));
    for (const { wire } of silent) wire.write('Subject: never finished\r\n\r\n');
    await attacked.bystander.works();
    for (const { wire } of silent) wire.close();
  });

  test('noise on a hundred connections', () => makeNoise(attacked.server.ports.smtp, /^(?:220|421|554) /));
});
