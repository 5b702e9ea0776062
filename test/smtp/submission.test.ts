/** Submission (RFC 6409): sign-in, its channel, its session, and mail to others. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openHouse, type SmtpHouse, wang } from './smtp-house.ts';
import { SmtpPeer } from './smtp-peer.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const plain = `AUTH PLAIN ${base64('\0wang@acme.example\0demo-Wang-1')}`;

async function connect(house: SmtpHouse): Promise<SmtpPeer> {
  const peer = await SmtpPeer.connect(house.port('submission'));
  await peer.say('EHLO laptop.example', 250);
  return peer;
}

async function submit(peer: SmtpPeer, recipients: readonly string[]): Promise<void> {
  await peer.say('MAIL FROM:<wang@acme.example>', 250);
  for (const recipient of recipients) await peer.say(`RCPT TO:<${recipient}>`, 250);
  await peer.say('DATA', 354);
  peer.writeMail(Buffer.from('Subject: out\r\n\r\n'));
  await peer.reply(250);
}

describe('sign-in', () => {
  test('PLAIN and LOGIN, each with and without an initial response (RFC 4954)', async (t) => {
    const house = await openHouse(t);
    const dialogues = [
      [[plain, 235]],
      [
        ['AUTH PLAIN', 334],
        [base64('\0wang@acme.example\0demo-Wang-1'), 235],
      ],
      [
        ['auth login', 334],
        [base64('wang@acme.example'), 334],
        [base64('demo-Wang-1'), 235],
      ],
      [
        [`AUTH LOGIN ${base64('wang@acme.example')}`, 334],
        [base64('demo-Wang-1'), 235],
      ],
    ] as const;
    for (const dialogue of dialogues) {
      const peer = await connect(house);
      for (const [line, code] of dialogue) await peer.say(line, code);
      await peer.say('AUTH PLAIN', 503);
      await peer.say('QUIT', 221);
      await peer.ended();
    }
    assert.equal(house.recorder.sessions.length, 4);
    assert.deepEqual(house.recorder.sessions[0]!.start, {
      account: wang,
      protocol: 'smtp',
      peer: '127.0.0.1',
      program: 'laptop.example',
    });
    assert.deepEqual(house.signIn.attempts[0], {
      login: 'wang@acme.example',
      password: 'demo-Wang-1',
      peer: '127.0.0.1',
      protocol: 'smtp',
    });
  });

  test('what fails says so and no more', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    const attempt = (login: string, password: string) =>
      peer.say(`AUTH PLAIN ${base64(`\0${login}\0${password}`)}`);
    assert.equal(await attempt('wang@acme.example', 'wrong'), '535 5.7.8 Authentication credentials invalid');
    assert.equal(
      await attempt('nobody@acme.example', 'wrong'),
      '535 5.7.8 Authentication credentials invalid',
    );
    assert.match(await attempt('frozen@acme.example', 'demo-Wang-1'), /^525 5\.7\.13 /);
    assert.match(await attempt('many@acme.example', 'x'), /^454 4\.7\.0 /);
    assert.equal(
      await attempt('broken@acme.example', 'x'),
      '454 4.7.0 Authentication is not possible now, try again later',
    );
    assert.equal(house.failures.length, 1);
    await peer.say('AUTH CRAM-MD5', 504);
    await peer.say('AUTH XOAUTH2', 504);
    await peer.say('AUTH PLAIN', 334);
    await peer.say('*', 501);
    await peer.say('AUTH PLAIN !!!!', 501);
    assert.equal(house.recorder.sessions.length, 0);
    await peer.say('MAIL FROM:<wang@acme.example>', 530);
  });

  test('to act as somebody else is refused (RFC 4616)', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    await peer.say(`AUTH PLAIN ${base64('li@acme.example\0wang@acme.example\0demo-Wang-1')}`, 535);
    await peer.say(`AUTH PLAIN ${base64('wang@acme.example\0wang@acme.example\0demo-Wang-1')}`, 235);
  });

  test('five failures end the connection', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    for (let i = 0; i < 5; i++) await peer.say(`AUTH PLAIN ${base64('\0wang@acme.example\0no')}`, 535);
    await peer.reply(421);
    await peer.ended();
  });

  test('without it nothing is taken', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    assert.match(await peer.say('MAIL FROM:<wang@acme.example>'), /^530 5\.7\.0 /);
    await peer.say('RCPT TO:<li@acme.example>', 530);
    await peer.say('DATA', 530);
  });
});

describe('passwords without TLS', () => {
  for (const [plaintextAuth, offered] of [
    ['never', false],
    ['loopback', true],
    ['always', true],
  ] as const) {
    test(`${plaintextAuth}: ${offered ? 'offered' : 'neither offered nor taken'} from this machine`, async (t) => {
      const house = await openHouse(t, { plaintextAuth });
      const peer = await SmtpPeer.connect(house.port('submission'));
      assert.equal((await peer.say('EHLO laptop.example')).includes('AUTH'), offered);
      assert.match(await peer.say(plain), offered ? /^235 / : /^538 5\.7\.11 /);
      if (offered) return;
      await peer.say('AUTH LOGIN', 538);
      await peer.say('MAIL FROM:<wang@acme.example>', 530);
      await peer.say('STARTTLS', 220);
      await peer.upgrade();
      assert.match(await peer.say('EHLO laptop.example'), /AUTH PLAIN LOGIN/);
      await peer.say(plain, 235);
      await submit(peer, ['li@acme.example']);
      assert.equal(house.intake.kept[0]!.peer.with, 'ESMTPSA');
    });
  }

  test('a session signed in before STARTTLS is signed out by it (RFC 3207)', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    await peer.say(plain, 235);
    await peer.say('STARTTLS', 220);
    await peer.upgrade();
    await peer.say('EHLO laptop.example', 250);
    await peer.say('MAIL FROM:<wang@acme.example>', 530);
    assert.equal(house.recorder.sessions[0]!.end, 'logout');
  });
});

describe('a session', () => {
  test('hands in mail for people here and elsewhere, and is recorded', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    await peer.say(plain, 235);
    await submit(peer, ['li@acme.example', 'x@other.example', 'X@OTHER.example', 'y@other.example']);
    const [kept] = house.intake.kept;
    assert.equal(kept!.source, 'submission');
    assert.deepEqual([kept!.permit.act, kept!.permit.object], ['sendMail', { owner: wang }]);
    assert.equal(kept!.submitterAddress, 'wang@acme.example');
    assert.equal(kept!.peer.with, 'ESMTPA');
    assert.deepEqual(
      kept!.recipients.map(({ account, address }) => [account === null, address]),
      [
        [false, 'li@acme.example'],
        [true, 'x@other.example'],
        [true, 'y@other.example'],
      ],
    );
    await submit(peer, ['x@other.example']);
    await peer.say('MAIL FROM:<li@acme.example>', 553);
    await peer.say('QUIT', 221);
    await peer.ended();
    assert.deepEqual(house.recorder.sessions[0], {
      ...house.recorder.sessions[0]!,
      acts: ['submit', 'submit', 'submitRefused'],
      end: 'logout',
    });
  });

  test("the account's own limits hold", async (t) => {
    const house = await openHouse(t);
    house.signIn.limits = { maxMessageOctets: 1000, maxRecipients: 2, maxSessions: 1 };
    const peer = await connect(house);
    await peer.say(plain, 235);
    const second = await connect(house);
    assert.match(await second.say(plain), /^454 4\.7\.0 /);
    assert.match(await peer.say('MAIL FROM:<wang@acme.example> SIZE=1001'), /^552 5\.3\.4 /);
    await peer.say('MAIL FROM:<wang@acme.example>', 250);
    await peer.say('RCPT TO:<x@other.example>', 250);
    await peer.say('RCPT TO:<y@other.example>', 250);
    assert.match(await peer.say('RCPT TO:<z@other.example>'), /^452 4\.5\.3 /);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.alloc(1001, 'x'));
    assert.match(await peer.reply(), /^552 5\.3\.4 /);
    await peer.say('QUIT', 221);
    await peer.ended();
    await second.say(plain, 235);
  });

  test("a revoked account's session ends at once, a mail on its way with it", async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    await peer.say(plain, 235);
    await peer.say('MAIL FROM:<wang@acme.example>', 250);
    await peer.say('RCPT TO:<li@acme.example>', 250);
    await peer.say('DATA', 354);
    peer.write(Buffer.alloc(200_000, 'x\r\n'));
    while (house.intake.begun === 0) await new Promise(setImmediate);
    house.signIn.revoke(wang);
    await peer.reply(421);
    await peer.ended();
    peer.close();
    while (house.recorder.sessions[0]!.end === null) await new Promise(setImmediate);
    assert.equal(house.recorder.sessions[0]!.end, 'revoked');
    assert.equal(house.intake.kept.length, 0);
    assert.equal(house.intake.aborted, 1);
    assert.equal(house.signIn.listeners.get(wang)!.size, 0);
  });

  test('revoked between the final dot and the acceptance, nothing is handed in', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    await peer.say(plain, 235);
    await peer.say('MAIL FROM:<wang@acme.example>', 250);
    await peer.say('RCPT TO:<x@other.example>', 250);
    await peer.say('DATA', 354);
    let open: () => void = () => {};
    house.intake.writeGate = () =>
      new Promise((resolve) => {
        open = resolve;
      });
    peer.writeMail(Buffer.from('Subject: x\r\n\r\n'));
    while (house.intake.begun === 0) await new Promise(setImmediate);
    house.signIn.revoke(wang);
    open();
    await peer.reply(421);
    await peer.ended();
    assert.equal(house.intake.kept.length, 0);
    assert.equal(house.intake.aborted, 1);
  });

  test('a peer that vanishes is recorded as lost', async (t) => {
    const house = await openHouse(t);
    const peer = await connect(house);
    await peer.say(plain, 235);
    peer.close();
    while (house.recorder.sessions[0]!.end === null) await new Promise(setImmediate);
    assert.equal(house.recorder.sessions[0]!.end, 'lost');
  });
});
