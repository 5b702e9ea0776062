/** The octets of DATA: exactness, SMTP smuggling, sizes, and peers that break off. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { refuse } from '../../services/domain/refusals.ts';
import { openHouse, type SmtpHouse, wang } from './smtp-house.ts';
import { SmtpPeer } from './smtp-peer.ts';

async function peerInData(house: SmtpHouse, parameters = ''): Promise<SmtpPeer> {
  const peer = await SmtpPeer.connect(house.port('mx'));
  await peer.envelope('a@outside.example', ['wang@acme.example'], parameters);
  return peer;
}

async function again(peer: SmtpPeer): Promise<void> {
  await peer.say('MAIL FROM:<a@outside.example>', 250);
  await peer.say('RCPT TO:<wang@acme.example>', 250);
  await peer.say('DATA', 354);
}

describe('octets', () => {
  test('come out as they went in, however they are cut into packets', async (t) => {
    const house = await openHouse(t);
    const mail = Buffer.from(
      'Subject: x\r\n\r\n..\r\n.\r\n.a\r\n\r\n\u00ff\u0080 8-bit \t\r\n...end\r\n',
      'latin1',
    );
    const stuffed = Buffer.from(`${mail.toString('latin1').replace(/^\./gm, '..')}.\r\n`, 'latin1');
    const peer = await peerInData(house);
    for (let cut = 1; cut < stuffed.length; cut++) {
      peer.write(stuffed.subarray(0, cut));
      await new Promise(setImmediate);
      peer.write(stuffed.subarray(cut));
      await peer.reply(250);
      if (cut < stuffed.length - 1) await again(peer);
    }
    assert.equal(house.intake.kept.length, stuffed.length - 1);
    for (const kept of house.intake.kept) assert.deepEqual(kept.octets, mail);
  });

  test('lines over 998 octets are kept exactly', async (t) => {
    const house = await openHouse(t);
    const mail = Buffer.from(`Subject: x\r\n\r\n${'y'.repeat(300_000)}\r\n`);
    const peer = await peerInData(house);
    peer.writeMail(mail);
    await peer.reply(250);
    assert.ok(house.intake.kept[0]!.octets.equals(mail));
  });
});

describe('SMTP smuggling', () => {
  const smuggled =
    'MAIL FROM:<ceo@acme.example>\r\nRCPT TO:<wang@acme.example>\r\nDATA\r\nSubject: forged\r\n\r\nx\r\n.\r\n';
  const borders = [
    '\n.\n',
    '\n.\r\n',
    '\r\n.\n',
    '\r.\r',
    '\r.\r\n',
    '\r\n.\r',
    '\n.\r',
    '\r\n\0.\r\n',
    '\r\r\n.\r',
    '\r\n\r.\r\n',
  ];
  for (const border of borders) {
    test(`${JSON.stringify(border)} does not end a mail`, async (t) => {
      const house = await openHouse(t);
      const peer = await peerInData(house);
      peer.write(`Subject: outer\r\n\r\nbody${border}${smuggled}`);
      assert.match(await peer.reply(), /^550 5\.6\.(?:11|0) /);
      assert.equal(house.intake.kept.length, 0);
      assert.deepEqual(house.recorder.mail, [
        { accounts: [wang], reason: 'messageMalformed', sender: 'a@outside.example', peer: '127.0.0.1' },
      ]);
      await again(peer);
      peer.writeMail(Buffer.from('Subject: honest\r\n\r\n'));
      await peer.reply(250);
      assert.equal(house.intake.kept[0]!.octets.toString(), 'Subject: honest\r\n\r\n');
    });
  }

  test('bare line ends anywhere are refused, also far behind the first block, and nothing is kept', async (t) => {
    const house = await openHouse(t);
    const peer = await peerInData(house);
    peer.write(Buffer.alloc(3_000_000, `${'z'.repeat(70)}\r\n`));
    peer.write('\r\nlast\n\r\n.\r\n');
    assert.match(await peer.reply(), /^550 5\.6\.11 Bare CR or LF/);
    assert.equal(house.intake.aborted, 1);
    assert.equal(house.intake.kept.length, 0);
  });

  test('from listed networks they become CRLF, and the event says so', async (t) => {
    const house = await openHouse(t, { normaliseLineEndsFrom: ['192.0.2.0/24', '127.0.0.0/8'] });
    const peer = await peerInData(house);
    peer.write('Subject: x\n\nfirst\rsecond\n..dots\r\nend\n\r\n.\r\n');
    await peer.reply(250);
    const [kept] = house.intake.kept;
    assert.equal(kept!.octets.toString(), 'Subject: x\r\n\r\nfirst\r\nsecond\r\n.dots\r\nend\r\n\r\n');
    assert.equal(kept!.normalised, true);
    await again(peer);
    peer.writeMail(Buffer.from('Subject: clean\r\n\r\n'));
    await peer.reply(250);
    assert.equal(house.intake.kept[1]!.normalised, false);
  });

  test('a setting that is no network is named before a port is opened', async (t) => {
    await assert.rejects(
      openHouse(t, { normaliseLineEndsFrom: ['192.0.2.0/33'] }),
      /192\.0\.2\.0\/33 is not a network/,
    );
  });

  test('NUL is refused (RFC 5322 section 2.2), also from listed networks', async (t) => {
    for (const normaliseLineEndsFrom of [[], ['127.0.0.1']]) {
      const house = await openHouse(t, { normaliseLineEndsFrom });
      const peer = await peerInData(house);
      peer.write('Subject: x\r\n\r\na\0b\r\n.\r\n');
      assert.match(await peer.reply(), /^550 5\.6\.0 NUL/);
    }
  });
});

describe('sizes', () => {
  test('SIZE= over the limit is refused at MAIL (RCV-07)', async (t) => {
    const house = await openHouse(t, { maxMessageOctets: 1000 });
    const peer = await SmtpPeer.connect(house.port('mx'));
    assert.match(await peer.say('EHLO p.example'), /\n250 SIZE 1000$/);
    assert.match(await peer.say('MAIL FROM:<a@outside.example> SIZE=1001'), /^552 5\.3\.4 /);
    await peer.say('MAIL FROM:<a@outside.example> SIZE=1000', 250);
    assert.deepEqual(house.recorder.peers, ['smtp 127.0.0.1 messageTooLarge']);
  });

  test('what grows over the limit is read to its end and refused; the connection stays (RCV-07)', async (t) => {
    const house = await openHouse(t, { maxMessageOctets: 100_000, dropConnectionAtOctets: 1_000_000 });
    const peer = await peerInData(house);
    peer.writeMail(Buffer.alloc(400_000, 'x\r\n'));
    assert.match(await peer.reply(), /^552 5\.3\.4 /);
    assert.equal(house.intake.aborted, house.intake.begun);
    assert.ok(house.intake.inHand <= 100_000);
    await again(peer);
    peer.writeMail(Buffer.alloc(99_999, 'x\r\n'));
    await peer.reply(250);
  });

  test('what grows past the second limit loses its connection (RCV-08)', async (t) => {
    for (const dropConnectionAtOctets of [200_000, 0]) {
      const house = await openHouse(t, { maxMessageOctets: 100_000, dropConnectionAtOctets });
      const peer = await peerInData(house);
      peer.write(Buffer.alloc(250_000, 'x\r\n'));
      assert.match(await peer.reply(), /^552 5\.3\.4 /);
      await peer.ended();
      assert.equal(house.intake.kept.length, 0);
    }
  });

  test('a disk that becomes low while a large mail comes is noticed', async (t) => {
    const house = await openHouse(t);
    house.intake.hashOnly = true;
    const peer = await peerInData(house);
    house.world.diskLow = true;
    peer.writeMail(Buffer.alloc(20_000_000, `${'x'.repeat(70)}\r\n`));
    assert.match(await peer.reply(), /^452 4\.3\.1 /);
    assert.ok(house.intake.inHand < 17_000_000);
    assert.equal(house.intake.aborted, 1);
  });

  test('ten mails of 15 MB at once stream with back-pressure', async (t) => {
    const house = await openHouse(t);
    house.intake.hashOnly = true;
    house.intake.writeGate = () => new Promise(setImmediate);
    const mail = Buffer.alloc(15_000_000, `${'0123456789'.repeat(7)}\r\n`);
    const ended = mail.subarray(0, mail.lastIndexOf('\r\n') + 2);
    const before = process.memoryUsage().arrayBuffers;
    let mostOctets = 0;
    const gauge = setInterval(() => {
      mostOctets = Math.max(mostOctets, process.memoryUsage().arrayBuffers - before);
    }, 20);
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const peer = await peerInData(house);
        const drained = (octets: Buffer) => new Promise((resolve) => peer.socket.write(octets, resolve));
        for (let at = 0; at < ended.length; at += 1_000_000)
          await drained(ended.subarray(at, at + 1_000_000));
        peer.write('.\r\n');
        await peer.reply(250);
      }),
    );
    clearInterval(gauge);
    const wanted = createHash('sha256').update(ended).digest();
    assert.equal(house.intake.kept.length, 10);
    for (const { octets } of house.intake.kept) assert.deepEqual(octets, wanted);
    assert.ok(mostOctets < 50_000_000, `${mostOctets} octets of buffers for 150,000,000 octets of mail`);
  });

  test('while the intake takes nothing, nothing more is read', async (t) => {
    const house = await openHouse(t);
    let open: () => void = () => {};
    house.intake.writeGate = () =>
      new Promise((resolve) => {
        open = resolve;
      });
    const peer = await peerInData(house);
    peer.write(Buffer.alloc(30_000_000, 'x\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.ok(house.intake.inHand < 200_000, `${house.intake.inHand} octets taken`);
    assert.ok(peer.socket.writableLength > 0);
    house.intake.writeGate = null;
    open();
    peer.write('\r\n.\r\n');
    assert.match(await peer.reply(), /^(250|550)/);
  });
});

describe('what the intake says', () => {
  test('250 is sent when the mail is durable and not before', async (t) => {
    const house = await openHouse(t);
    let open: () => void = () => {};
    house.intake.gate = new Promise((resolve) => {
      open = resolve;
    });
    const peer = await peerInData(house);
    peer.write('Subject: x\r\n\r\n.\r\nNOOP\r\n');
    const order: string[] = [];
    const answers = peer.reply(250).then(async (first) => {
      order.push(first.slice(0, 12));
      order.push((await peer.reply(250)).slice(0, 12));
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push('durable');
    open();
    await answers;
    assert.deepEqual(order, ['durable', '250 2.0.0 OK', '250 2.0.0 OK']);
  });

  test('its refusals have their own replies, and are recorded for the recipients', async (t) => {
    const house = await openHouse(t);
    const peer = await peerInData(house);
    const wanted = [
      ['tooManyHops', /^554 5\.4\.6 /],
      ['messageMalformed', /^550 5\.6\.0 /],
      ['diskLow', /^452 4\.3\.1 /],
    ] as const;
    for (const [code, reply] of wanted) {
      house.intake.answer = () => refuse(code, 'a detail for administrators');
      peer.writeMail(Buffer.from('x\r\n'));
      const said = await peer.reply();
      assert.match(said, reply);
      assert.ok(!said.includes('detail'));
      await again(peer);
    }
    assert.deepEqual(
      house.recorder.mail.map(({ reason }) => reason),
      ['tooManyHops', 'messageMalformed', 'diskLow'],
    );
  });

  test('a failure of its own is a 451 without its words; the rest of the mail is read, the connection stays', async (t) => {
    const house = await openHouse(t);
    const peer = await peerInData(house);
    for (const failing of ['begin', 'finish'] as const) {
      house.intake.failing = failing;
      peer.writeMail(Buffer.alloc(300_000, 'x\r\n'));
      assert.equal(await peer.reply(), '451 4.3.0 The mail could not be kept, try again later', failing);
      await again(peer);
    }
    assert.ok(house.failures.length >= 2);
    house.intake.failing = null;
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
  });
});

describe('a peer that breaks off', () => {
  test('within DATA leaves nothing behind and disturbs nobody', async (t) => {
    const house = await openHouse(t);
    const other = await peerInData(house);
    for (let i = 0; i < 20; i++) {
      const peer = await peerInData(house);
      peer.write(Buffer.alloc(100_000, 'x\r\n'));
      while (house.intake.begun <= i) await new Promise(setImmediate);
      peer.socket.resetAndDestroy();
    }
    while (house.intake.aborted < 20) await new Promise(setImmediate);
    other.writeMail(Buffer.from('Subject: undisturbed\r\n\r\n'));
    await other.reply(250);
    assert.equal(house.intake.kept.length, 1);
  });

  test('after the final dot hands its mail in nevertheless', async (t) => {
    const house = await openHouse(t);
    let open: () => void = () => {};
    house.intake.gate = new Promise((resolve) => {
      open = resolve;
    });
    const peer = await peerInData(house);
    peer.write('Subject: x\r\n\r\n.\r\n');
    while (house.intake.begun === 0) await new Promise(setImmediate);
    peer.socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    open();
    while (house.intake.kept.length === 0) await new Promise(setImmediate);
    assert.equal(house.intake.aborted, 0);
  });
});
