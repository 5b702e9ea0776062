/** Limits that keep one peer from costing the others: features RCV-10 to 12, design §6 "Bad input", shutdown. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../support/seeded-random.ts';
import { openHouse, type SmtpHouse } from './smtp-house.ts';
import { SmtpPeer } from './smtp-peer.ts';

async function greeted(house: SmtpHouse): Promise<SmtpPeer> {
  const peer = await SmtpPeer.connect(house.port('mx'));
  await peer.say('EHLO p.example', 250);
  return peer;
}

/** The count of connections goes back when the server has seen the end of the one before. */
async function untilGreeted(house: SmtpHouse): Promise<void> {
  for (;;) {
    const peer = await SmtpPeer.dial(house.port('mx'));
    if ((await peer.reply()).startsWith('220')) return;
    await peer.ended();
    peer.close();
  }
}

describe('commands', () => {
  test('a line that is too long is answered 500, whole or in pieces, and the connection stays', async (t) => {
    const house = await openHouse(t, { maxCommandOctets: 600 });
    const peer = await greeted(house);
    assert.equal(await peer.say('x'.repeat(601)), '500 5.5.2 Command line too long');
    assert.match(await peer.say('x'.repeat(600)), /^500 5\.5\.2 Error: command not recognized/);
    for (let i = 0; i < 50; i++) {
      peer.write('y'.repeat(10_000));
      await new Promise(setImmediate);
    }
    peer.write('\r\nNOOP\r\n');
    await peer.reply(500);
    await peer.reply(250);
  });

  test('ten such lines end the connection', async (t) => {
    const house = await openHouse(t, { maxCommandOctets: 600 });
    const peer = await greeted(house);
    for (let i = 0; i < 10; i++) await peer.say('x'.repeat(601), 500);
    await peer.reply(421);
    await peer.ended();
  });

  test('within AUTH a line that is too long ends the exchange (RFC 4954 section 4)', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('submission'));
    await peer.say('EHLO p.example', 250);
    await peer.say('AUTH PLAIN', 334);
    assert.match(await peer.say('A'.repeat(20_000)), /^500 5\.5\.6 /);
    await peer.say('NOOP', 250);
    assert.deepEqual(house.signIn.attempts, []);
  });

  test('control characters and 8-bit octets in commands are errors and are not echoed', async (t) => {
    const house = await openHouse(t);
    const peer = await SmtpPeer.connect(house.port('mx'));
    assert.ok(!(await peer.say('EHLO a\u0007b', 501)).includes('\u0007'));
    await peer.say(`EHLO ${'x'.repeat(301)}`, 501);
    await peer.say('EHLO p.example', 250);
    await peer.say('MAIL FROM:<a@outside.example>\rRCPT TO:<wang@acme.example>', 501);
    await peer.say('\u0000\u0001', 500);
    peer.write(Buffer.from([0xff, 0xfe, 0x0d, 0x0a]));
    await peer.reply(500);
  });

  test('RSET is counted between mails (RCV-10)', async (t) => {
    const house = await openHouse(t, { maxResets: 3 });
    const peer = await greeted(house);
    for (let mails = 0; mails < 3; mails++) {
      for (let i = 0; i < 3; i++) await peer.say('RSET', 250);
      await peer.say('MAIL FROM:<a@outside.example>', 250);
      await peer.say('RCPT TO:<wang@acme.example>', 250);
      await peer.say('DATA', 354);
      peer.writeMail(Buffer.from('x\r\n'));
      await peer.reply(250);
    }
    for (let i = 0; i < 3; i++) await peer.say('RSET', 250);
    assert.match(await peer.say('RSET'), /^421 4\.7\.0 /);
    await peer.ended();
  });
});

describe('connections (RCV-11)', () => {
  test('of one address, over all doors, and room again when one ends', async (t) => {
    const house = await openHouse(t, { maxConnectionsPerAddress: 2 });
    const first = await greeted(house);
    await SmtpPeer.connect(house.port('submission'));
    const third = await SmtpPeer.dial(house.port('mx'));
    assert.equal(await third.reply(), '421 mx.acme.example Too many connections from your network');
    await third.ended();
    assert.deepEqual(house.recorder.peers, ['smtp 127.0.0.1 serverBusy']);
    await first.say('QUIT', 221);
    first.close();
    await untilGreeted(house);
  });

  test('of each kind of door', async (t) => {
    const house = await openHouse(t, { maxConnections: 1, maxSubmissionConnections: 1 });
    await greeted(house);
    const second = await SmtpPeer.dial(house.port('mx'));
    assert.match(await second.reply(), /^421 mx\.acme\.example Too many connections/);
    await SmtpPeer.connect(house.port('submission'));
    const third = await SmtpPeer.dial(house.port('submission'));
    await third.reply(421);
  });

  test('handshakes that have not ended count as well', async (t) => {
    const house = await openHouse(t, { maxConnectionsPerAddress: 2 });
    const stalled = [
      await SmtpPeer.dial(house.port('submissions')),
      await SmtpPeer.dial(house.port('submissions')),
    ];
    await (await SmtpPeer.dial(house.port('submissions'))).ended();
    await (await SmtpPeer.dial(house.port('mx'))).reply(421);
    for (const peer of stalled) peer.close();
  });

  describe('a count is given back', () => {
    const endings: Record<string, (peer: SmtpPeer, house: SmtpHouse) => unknown> = {
      'after QUIT': async (peer) => {
        await peer.say('QUIT', 221);
        peer.close();
      },
      'after FIN': (peer) => peer.close(),
      'after RST': (peer) => peer.socket.resetAndDestroy(),
      'after half a command': (peer) => peer.socket.end('EHLO half'),
      'after a handshake that is none': async (peer) => {
        await peer.say('STARTTLS', 220);
        peer.write('no handshake\r\n');
      },
      'after FIN within the handshake': async (peer) => {
        await peer.say('STARTTLS', 220);
        peer.socket.end();
      },
      'after TLS': async (peer) => {
        await peer.say('STARTTLS', 220);
        await peer.upgrade();
        peer.close();
      },
    };
    for (const [name, end] of Object.entries(endings)) {
      test(name, async (t) => {
        const house = await openHouse(t, { maxConnectionsPerAddress: 1 });
        await end(await greeted(house), house);
        await untilGreeted(house);
      });
    }
    for (const [name, end] of [
      ['FIN', (peer: SmtpPeer) => peer.socket.end()],
      ['RST', (peer: SmtpPeer) => peer.socket.resetAndDestroy()],
      ['a handshake that is none', (peer: SmtpPeer) => peer.write('no handshake\r\n')],
    ] as const) {
      test(`on the submissions door, after ${name}`, async (t) => {
        const house = await openHouse(t, { maxConnectionsPerAddress: 1 });
        end(await SmtpPeer.dial(house.port('submissions')));
        await untilGreeted(house);
      });
    }
  });

  test('who is turned away takes nobody else the place', async (t) => {
    const house = await openHouse(t, { maxConnections: 3, maxConnectionsPerAddress: 1 });
    await greeted(house);
    for (let i = 0; i < 5; i++) {
      const peer = await SmtpPeer.dial(house.port('mx'));
      assert.match(await peer.reply(), /Too many connections from your network$/);
    }
  });

  test('a port that is taken is said, and nothing stays open', async (t) => {
    const house = await openHouse(t);
    const listeners = [
      { kind: 'submission', port: 0 },
      { kind: 'mx', port: house.port('mx') },
    ] as const;
    await assert.rejects(openHouse(t, { listeners }), { code: 'EADDRINUSE' });
  });
});

describe('timers (RCV-12)', () => {
  test('a silent peer', async (t) => {
    const house = await openHouse(t, { idleTimeoutMs: 200 });
    const peer = await greeted(house);
    await peer.reply(421);
    await peer.ended();
  });

  test('a peer that never finishes its command, octet by octet', async (t) => {
    const house = await openHouse(t, { commandTimeoutMs: 100 });
    const peer = await greeted(house);
    const trickle = setInterval(() => peer.write('N'), 10);
    assert.equal(await peer.reply(), '421 4.4.2 Too slow, closing connection');
    clearInterval(trickle);
    await peer.ended();
  });

  test('a peer that never finishes its mail, line by line', async (t) => {
    const house = await openHouse(t, { dataTimeoutMs: 100 });
    const peer = await greeted(house);
    await peer.envelope('a@outside.example', ['wang@acme.example']);
    const trickle = setInterval(() => peer.write('x\r\n'), 10);
    await peer.reply(421);
    clearInterval(trickle);
    await peer.ended();
    assert.equal(house.intake.kept.length, 0);
  });

  test('a peer that waits for us is not timed out', async (t) => {
    const house = await openHouse(t, { idleTimeoutMs: 200 });
    const peer = await greeted(house);
    house.intake.gate = new Promise((resolve) => setTimeout(resolve, 500));
    await peer.envelope('a@outside.example', ['wang@acme.example']);
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
  });

  for (const [name, settings] of [
    ['idle', { idleTimeoutMs: 200 }],
    ['octet by octet', { handshakeTimeoutMs: 150 }],
  ] as const) {
    test(`a handshake that never ends, ${name}`, async (t) => {
      const house = await openHouse(t, settings);
      const implicit = await SmtpPeer.dial(house.port('submissions'));
      const starttls = await greeted(house);
      await starttls.say('STARTTLS', 220);
      // The head of a record of 16 KiB whose body comes at leisure.
      for (const peer of [implicit, starttls]) peer.write(Buffer.from([0x16, 3, 1, 0x3f, 0xff]));
      const trickle = setInterval(() => {
        if (name !== 'idle') for (const peer of [implicit, starttls]) peer.write('\u0001');
      }, 20);
      await implicit.ended();
      await starttls.ended();
      clearInterval(trickle);
    });
  }
});

describe('shutdown', () => {
  test('idle peers are told, a mail on its way is finished, then nobody is left', async (t) => {
    const house = await openHouse(t, { drainTimeoutMs: 5000 });
    const idle = await greeted(house);
    const sending = await greeted(house);
    await sending.envelope('a@outside.example', ['wang@acme.example']);
    sending.write('Subject: last\r\n\r\n');
    const closed = house.smtp.close();
    assert.equal(await idle.reply(), '421 4.3.2 Shutting down, try again later');
    await idle.ended();
    await assert.rejects(SmtpPeer.connect(house.port('mx')));
    sending.write('.\r\n');
    await sending.reply(250);
    assert.equal(await sending.reply(), '421 4.3.2 Shutting down, try again later');
    await sending.ended();
    await closed;
    assert.equal(house.intake.kept.length, 1);
  });

  test('a mail that takes too long is not waited for, and told so', async (t) => {
    const house = await openHouse(t, { drainTimeoutMs: 100 });
    const peer = await greeted(house);
    await peer.envelope('a@outside.example', ['wang@acme.example']);
    peer.write('Subject: never\r\n');
    await house.smtp.close();
    assert.match(await peer.reply(), /^421 /);
    await peer.ended();
    assert.equal(house.intake.kept.length, 0);
  });
});

describe('noise', () => {
  test('random octets over many connections end nothing but their own (seeded)', async (t) => {
    const house = await openHouse(t);
    const random = seededRandom(20261121);
    const next = (below: number) => Math.floor(random() * below);
    const words = [
      'EHLO x',
      'MAIL FROM:<a@b.example>',
      'RCPT TO:<wang@acme.example>',
      'DATA',
      '.',
      'RSET',
      'AUTH PLAIN',
      'NOOP',
      '\0',
      '\r',
      '\n',
      '..',
      'STARTTLS x',
    ];
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        const peer = await SmtpPeer.connect(house.port('mx'));
        for (let i = 0; i < 60; i++) {
          const noise = Buffer.from(Array.from({ length: next(40) }, () => next(256)));
          peer.write(next(3) === 0 ? noise : `${words[next(words.length)]}${next(4) === 0 ? '' : '\r\n'}`);
          if (next(5) === 0) await new Promise(setImmediate);
        }
        peer.socket.end();
        await peer.ended();
      }),
    );
    const peer = await greeted(house);
    await peer.envelope('a@outside.example', ['wang@acme.example']);
    peer.writeMail(Buffer.from('still here\r\n'));
    await peer.reply(250);
  });
});
