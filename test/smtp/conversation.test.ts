/** What a well-behaved and a clumsy peer read: RFC 5321 §4, RFC 3207, RFC 2920. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { uuidOf } from '../support/given-when-then.ts';
import { openHouse, wang } from './smtp-house.ts';
import { SmtpPeer } from './smtp-peer.ts';

const mail = 'Subject: hello\r\n\r\nfirst\r\n.second\r\n..third\r\n.\r\n';

describe('a conversation', () => {
  test('takes a mail octet for octet and names message and leaf (RCV-02)', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    assert.deepEqual((await peer.say('EHLO peer.example')).split('\n'), [
      '250-mx.acme.example',
      '250-PIPELINING',
      '250-8BITMIME',
      '250-SMTPUTF8',
      '250-ENHANCEDSTATUSCODES',
      '250-STARTTLS',
      '250 SIZE 268435456',
    ]);
    assert.equal(
      await peer.say('MAIL FROM:<buyer@outside.example> SIZE=100 BODY=8BITMIME'),
      '250 2.1.0 Accepted',
    );
    assert.equal(await peer.say('RCPT TO:<wang@acme.example>'), '250 2.1.5 Accepted');
    assert.equal(await peer.say('DATA'), '354 End data with <CR><LF>.<CR><LF>');
    peer.writeMail(Buffer.from(mail));
    assert.equal(await peer.reply(), `250 2.0.0 OK ${uuidOf(7001)} 1`);
    const [kept] = house.intake.kept;
    assert.equal(kept!.octets.toString(), mail);
    assert.deepEqual(kept!.recipients, [{ account: wang, address: 'wang@acme.example' }]);
    assert.equal(kept!.returnPath, 'buyer@outside.example');
    assert.equal(kept!.source, 'smtp');
    assert.deepEqual([kept!.permit.act, kept!.permit.subject], ['handInMail', { kind: 'anybody' }]);
    assert.equal(kept!.normalised, false);
    assert.deepEqual(kept!.peer, { address: '127.0.0.1', helo: 'peer.example', with: 'ESMTP', tls: null });
    assert.equal(await peer.say('QUIT'), '221 2.0.0 Bye');
    await peer.ended();
  });

  test('takes several mails on one connection, and says SMTP after HELO', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('HELO old.example', 250);
    for (let i = 0; i < 3; i++) {
      await peer.say('MAIL FROM:<>', 250);
      await peer.say('RCPT TO:<wang@acme.example>', 250);
      await peer.say('DATA', 354);
      peer.writeMail(Buffer.from(`Subject: ${i}\r\n\r\n`));
      await peer.reply(250);
    }
    assert.deepEqual(
      house.intake.kept.map(({ octets }) => octets.toString()),
      ['Subject: 0\r\n\r\n', 'Subject: 1\r\n\r\n', 'Subject: 2\r\n\r\n'],
    );
    assert.equal(house.intake.kept[0]!.peer.with, 'SMTP');
    assert.equal(house.intake.kept[0]!.returnPath, '');
  });

  test('a mail without a single octet is one', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.envelope('a@outside.example', ['wang@acme.example']);
    peer.write('.\r\n');
    await peer.reply(250);
    assert.equal(house.intake.kept[0]!.octets.length, 0);
  });

  test('pipelined commands, DATA and the next mail are answered in order (RFC 2920)', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    const envelope =
      'MAIL FROM:<a@outside.example>\r\nRCPT TO:<wang@acme.example>\r\nRCPT TO:<nobody@acme.example>\r\nDATA\r\n';
    peer.write(
      `EHLO p.example\r\n${envelope}Subject: 1\r\n\r\nx\r\n.\r\n${envelope}Subject: 2\r\n\r\n.\r\nQUIT\r\n`,
    );
    for (const code of [250, 250, 250, 550, 354, 250, 250, 250, 550, 354, 250, 221]) await peer.reply(code);
    assert.equal(house.intake.kept.length, 2);
    assert.equal(house.intake.kept[1]!.octets.toString(), 'Subject: 2\r\n\r\n');
  });

  test('hundreds of pipelined commands are all answered', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    peer.write(`${'NOOP\r\n'.repeat(1000)}QUIT\r\n`);
    for (let i = 0; i < 1000; i++) await peer.reply(250);
    await peer.reply(221);
  });

  test('commands out of order are refused and change nothing', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('MAIL FROM:<a@outside.example>', 503);
    await peer.say('RCPT TO:<wang@acme.example>', 503);
    await peer.say('DATA', 503);
    await peer.say('EHLO p.example', 250);
    await peer.say('RCPT TO:<wang@acme.example>', 503);
    assert.equal(await peer.say('DATA'), '503 5.5.1 MAIL first');
    await peer.say('MAIL FROM:<a@outside.example>', 250);
    assert.match(await peer.say('MAIL FROM:<b@outside.example>'), /^503 5\.5\.1 /);
    assert.equal(await peer.say('DATA'), '503 5.5.1 No valid recipients');
    await peer.say('RCPT TO:<wang@acme.example>', 250);
    assert.match(await peer.say('DATA now'), /^501 5\.5\.4 /);
    await peer.say('RSET', 250);
    await peer.say('DATA', 503);
    await peer.say('MAIL FROM:<a@outside.example>', 250);
    await peer.say('RCPT TO:<wang@acme.example>', 250);
    await peer.say('EHLO again.example', 250);
    await peer.say('RCPT TO:<wang@acme.example>', 503);
    await peer.say('STARTTLS now', 501);
  });

  test("VRFY promises nothing, EXPN, AUTH and the library's own verbs are unknown", async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('EHLO p.example', 250);
    assert.match(await peer.say('VRFY wang@acme.example'), /^252 /);
    for (const verb of [
      'EXPN all',
      'AUTH PLAIN',
      'WIZ x',
      'SHELL',
      'KILL',
      'XCLIENT ADDR=1.2.3.4',
      'XFORWARD',
      'BDAT 1',
    ]) {
      assert.match(await peer.say(verb), /^500 5\.5\.2 /, verb);
    }
    await peer.say('NOOP whatever', 250);
    assert.match(await peer.say('HELP'), /^214 /);
  });

  test('after ten unknown commands the connection is closed', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    for (let i = 0; i < 9; i++) await peer.say('NONSENSE', 500);
    await peer.say('NONSENSE', 421);
    await peer.ended();
  });

  test('an early talker and a browser are shown the door', async (t) => {
    const house = await openHouse(t);
    const early = await SmtpPeer.dial(house.port('mx'));
    early.write('EHLO p.example\r\n');
    await early.reply(421);
    await early.ended();
    const browser = await SmtpPeer.connect(house.port('mx'));
    await browser.say('GET / HTTP/1.1', 421);
  });

  test('the greeting has the host name and the text of RCV-23', async (t) => {
    const house = await openHouse(t, { greetingText: 'No unsolicited mail' });
    const peer = await SmtpPeer.dial(house.port('mx'));
    assert.equal(await peer.reply(), '220 mx.acme.example ESMTP No unsolicited mail');
  });

  test('without a limit SIZE has no number, and any is taken', async (t) => {
    const house = await openHouse(t, { maxMessageOctets: 0 });
    const peer = await SmtpPeer.connect(house.port('mx'));
    assert.match(await peer.say('EHLO p.example'), /\n250 SIZE$/);
    await peer.say('MAIL FROM:<a@outside.example> SIZE=99999999999999', 250);
  });
});

describe('STARTTLS', () => {
  test('what was pipelined behind it in the clear is dropped, and what was said before is forgotten', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('EHLO before.example', 250);
    await peer.say('MAIL FROM:<before@outside.example>', 250);
    peer.write('STARTTLS\r\nRSET\r\nEHLO injected.example\r\nMAIL FROM:<injected@outside.example>\r\n');
    await peer.reply(220);
    await peer.upgrade();
    await peer.say('MAIL FROM:<a@outside.example>', 503);
    assert.ok(!(await peer.say('EHLO p.example')).includes('STARTTLS'));
    await peer.say('RCPT TO:<wang@acme.example>', 503);
    await peer.say('MAIL FROM:<a@outside.example>', 250);
    await peer.say('RCPT TO:<wang@acme.example>', 250);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('Subject: x\r\n\r\n'));
    await peer.reply(250);
    const { peer: channel, returnPath } = house.intake.kept[0]!;
    assert.equal(returnPath, 'a@outside.example');
    assert.equal(channel.with, 'ESMTPS');
    assert.equal(channel.helo, 'p.example');
    assert.match(channel.tls!, /^TLSv1\.3 TLS_[A-Z0-9_]+$/);
  });

  test('a handshake that is none ends the connection alone', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('EHLO p.example', 250);
    await peer.say('STARTTLS', 220);
    peer.write('this is no handshake, whatever the server may hope for\r\n');
    await peer.ended();
    const next = await SmtpPeer.connect(house.port('mx'));
    await next.say('EHLO p.example', 250);
  });

  test('the submissions door speaks TLS from the first octet', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connectTls(house.port('submissions'));
    const ehlo = await peer.say('EHLO p.example', 250);
    assert.match(ehlo, /AUTH PLAIN LOGIN/);
    assert.ok(!ehlo.includes('STARTTLS'));
  });
});

describe('the envelope', () => {
  test('addresses: postmaster alone, source routes, quotes, letters of any case', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('EHLO p.example', 250);
    await peer.say('mail from: <"a b@c>d"@outside.example>', 250);
    await peer.say('RCPT TO:<Postmaster>', 250);
    await peer.say('RCPT TO:<@relay.example,@other.example:LI@acme.example>', 250);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
    const { recipients, returnPath } = house.intake.kept[0]!;
    assert.equal(returnPath, '"a b@c>d"@outside.example');
    assert.deepEqual(
      recipients.map(({ address }) => address),
      ['Postmaster', 'LI@acme.example'],
    );
  });

  test('what is no path is a syntax error', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('EHLO p.example', 250);
    for (const bad of [
      'a@b.example',
      '<a@b.example',
      '<a b@c.example>',
      '<@b.example>',
      '<a@b..example>',
      '<a@b.example>x',
    ]) {
      assert.match(await peer.say(`MAIL FROM:${bad}`), /^501 5\.1\.7 /, bad);
    }
    await peer.say('MAIL FROM:<a@outside.example>', 250);
    for (const bad of ['<>', '<a\u0000@b.example>', 'wang@acme.example']) {
      assert.match(await peer.say(`RCPT TO:${bad}`), /^501 5\.1\.3 /, bad);
    }
  });

  test('parameters: unknown ones, doubled ones, ones that want a value', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('EHLO p.example', 250);
    assert.match(await peer.say('MAIL FROM:<a@b.example> RET=FULL'), /^555 5\.5\.4 /);
    assert.match(await peer.say('MAIL FROM:<a@b.example> SIZE=1 SIZE=2'), /^501 5\.5\.4 /);
    assert.match(await peer.say('MAIL FROM:<a@b.example> SIZE'), /^501 5\.5\.4 /);
    assert.match(await peer.say('MAIL FROM:<a@b.example> SIZE=-1'), /^501 5\.5\.4 /);
    assert.match(await peer.say('MAIL FROM:<a@b.example> BODY=BINARYMIME'), /^501 5\.5\.4 /);
    assert.match(await peer.say('MAIL FROM:<a@b.example> SMTPUTF8=1'), /^501 5\.5\.4 /);
    await peer.say('MAIL FROM:<a@b.example> SIZE=10 BODY=7BIT SMTPUTF8 AUTH=<>', 250);
    assert.match(await peer.say('RCPT TO:<wang@acme.example> NOTIFY=NEVER'), /^555 5\.5\.4 /);
  });

  test('non-ASCII addresses want SMTPUTF8 (RFC 6531), A-labels do not', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    await peer.say('EHLO p.example', 250);
    assert.equal(await peer.say('MAIL FROM:<李@外.example>'), '553 5.6.7 Non-ASCII address without SMTPUTF8');
    await peer.say('MAIL FROM:<a@xn--fiq228c.example>', 250);
    assert.match(await peer.say('RCPT TO:<王@acme.example>'), /^553 5\.6\.7 /);
    await peer.say('RSET', 250);
    await peer.say('MAIL FROM:<李@外.example> SMTPUTF8', 250);
    await peer.say('RCPT TO:<王@acme.example>', 250);
    peer.write(Buffer.from('RCPT TO:<w\xe4ng@acme.example>\r\n', 'latin1'));
    assert.match(await peer.reply(), /^553 5\.6\.7 /);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('Subject: 你好\r\n\r\n'));
    await peer.reply(250);
    assert.equal(house.intake.kept[0]!.peer.with, 'UTF8SMTP');
    assert.equal(house.intake.kept[0]!.returnPath, '李@外.example');
  });
});

describe('a peer that closes its side', () => {
  for (const channel of ['in the clear', 'over TLS'] as const) {
    test(`after the final dot still reads its 250, ${channel}`, async (t) => {
      const house = await openHouse(t);
      const peer = await SmtpPeer.connect(house.port('mx'));
      if (channel === 'over TLS') {
        await peer.say('EHLO p.example', 250);
        await peer.say('STARTTLS', 220);
        await peer.upgrade();
      }
      let open: () => void = () => {};
      house.intake.gate = new Promise((resolve) => {
        open = resolve;
      });
      await peer.envelope('a@outside.example', ['wang@acme.example']);
      peer.socket.end('Subject: x\r\n\r\n.\r\n');
      setTimeout(open, 50);
      await peer.reply(250);
      await peer.ended();
    });
  }

  test('within DATA or a command hands in nothing', async (t) => {
    const house = await openHouse(t);
    const inData = await SmtpPeer.connect(house.port('mx'));
    await inData.envelope('a@outside.example', ['wang@acme.example']);
    inData.socket.end(Buffer.alloc(200_000, 'x\r\n'));
    await inData.ended();
    assert.equal(house.intake.aborted, 1);
    const inCommand = await SmtpPeer.connect(house.port('mx'));
    await inCommand.say('EHLO p.example', 250);
    inCommand.socket.end('MAIL FROM:<a@outside.exa');
    await inCommand.ended();
    assert.equal(house.intake.kept.length, 0);
  });
});
