/** Who may send what to whom: features RCV-05, 09, 17 to 20, 22 and ACC-05, 15, 18. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refuse } from '../../services/domain/refusals.ts';
import { li, openHouse, type SmtpHouse, wang, zhao } from './smtp-house.ts';
import { SmtpPeer } from './smtp-peer.ts';

async function mxPeer(house: SmtpHouse): Promise<SmtpPeer> {
  const peer = await SmtpPeer.connect(house.port('mx'));
  await peer.say('EHLO p.example', 250);
  return peer;
}

async function signedInPeer(house: SmtpHouse): Promise<SmtpPeer> {
  const peer = await SmtpPeer.connect(house.port('submission'));
  await peer.say('EHLO laptop.example', 250);
  await peer.say(`AUTH PLAIN ${Buffer.from('\0wang@acme.example\0demo-Wang-1').toString('base64')}`, 235);
  return peer;
}

async function from(peer: SmtpPeer, sender = 'buyer@outside.example'): Promise<void> {
  await peer.say(`MAIL FROM:<${sender}>`, 250);
}

describe('recipients from outside', () => {
  test('nobody by that name is refused and counted (RCV-22)', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    assert.equal(await peer.say('RCPT TO:<nobody@acme.example>'), '550 5.1.1 No such recipient here');
    assert.deepEqual(house.recorder.peers, ['smtp 127.0.0.1 recipientUnknown']);
  });

  test('relaying is refused (RCV-17)', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    for (const address of ['x@other.example', 'wang%other.example@relay.example', 'x@[192.0.2.1]']) {
      assert.equal(await peer.say(`RCPT TO:<${address}>`), '550 5.7.1 Relaying denied', address);
    }
    await peer.say('RCPT TO:<@acme.example:x@other.example>', 550);
    await peer.say('DATA', 503);
    assert.equal(house.recorder.peers[0], 'smtp 127.0.0.1 relayDenied');
  });

  test('a frozen account answers for now, and the mail that was for it is recorded (ACC-05)', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    assert.match(await peer.say('RCPT TO:<frozen@acme.example>'), /^450 4\.2\.1 /);
    assert.deepEqual(house.recorder.mail, [
      { accounts: [zhao], reason: 'accountFrozen', sender: 'buyer@outside.example', peer: '127.0.0.1' },
    ]);
  });

  test('catch-all takes any name (ACC-18)', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    await peer.say('RCPT TO:<any.thing@catchall.example>', 250);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
    assert.deepEqual(house.intake.kept[0]!.recipients, [
      { account: li, address: 'any.thing@catchall.example' },
    ]);
  });

  test('each account gets one copy, by whatever names it is meant (ACC-15)', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    for (const name of ['w.alias', 'wang', 'all', 'LI', 'all'])
      await peer.say(`RCPT TO:<${name}@acme.example>`, 250);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
    assert.deepEqual(house.intake.kept[0]!.recipients, [
      { account: wang, address: 'w.alias@acme.example' },
      { account: li, address: 'all@acme.example' },
      { account: zhao, address: 'all@acme.example' },
    ]);
  });

  test('more than 100 are put off to another mail (RCV-09), and 10,000 are answered alike', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    let commands = '';
    for (let i = 0; i < 10_000; i++) commands += `RCPT TO:<r${i}@catchall.example>\r\n`;
    peer.write(commands);
    for (let i = 0; i < 100; i++) await peer.reply(250);
    assert.equal(await peer.reply(), '452 4.5.3 Error: too many recipients');
    for (let i = 101; i < 10_000; i++) await peer.reply(452);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
  });

  test('groups expand to at most 5,000 accounts', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    house.directory.crowd = 5001;
    assert.match(await peer.say('RCPT TO:<crowd@acme.example>'), /^550 5\.5\.3 /);
    house.directory.crowd = 5000;
    await peer.say('RCPT TO:<crowd@acme.example>', 250);
    assert.match(await peer.say('RCPT TO:<wang@acme.example>'), /^452 4\.5\.3 /);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
    assert.equal(house.intake.kept[0]!.recipients.length, 5000);
  });

  test('a full mailbox answers 552 or 452, by the setting (RCV-05)', async (t) => {
    for (const [overQuotaReply, wanted] of [
      ['permanent', /^552 5\.2\.2 /],
      ['temporary', /^452 4\.2\.2 /],
    ] as const) {
      const house = await openHouse(t, { overQuotaReply });
      const peer = await mxPeer(house);
      house.world.octetsLeft = 0;
      await from(peer);
      assert.match(await peer.say('RCPT TO:<wang@acme.example>'), wanted);
      assert.deepEqual(
        house.recorder.mail.map(({ accounts, reason }) => [accounts, reason]),
        [[[wang], 'overQuota']],
      );
      await peer.say('RCPT TO:<all@acme.example>', 250);
    }
  });

  test('a mail that says it is larger than the room left is refused at once', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    house.world.octetsLeft = 1000;
    await peer.say('MAIL FROM:<a@outside.example> SIZE=1001', 250);
    await peer.say('RCPT TO:<wang@acme.example>', 552);
    await peer.say('RSET', 250);
    await peer.say('MAIL FROM:<a@outside.example> SIZE=1000', 250);
    await peer.say('RCPT TO:<wang@acme.example>', 250);
  });

  test('a mail that did not say its size is refused at its end where it fits nobody', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    const send = async (octets: number, ...recipients: readonly string[]): Promise<string> => {
      await peer.envelope('a@outside.example', recipients);
      peer.writeMail(Buffer.from(`${'x'.repeat(octets - 2)}\r\n`));
      return peer.reply();
    };
    house.world.octetsLeft = 1000;
    assert.match(await send(1001, 'wang@acme.example'), /^552 5\.2\.2 /);
    assert.equal(house.intake.kept.length, 0);
    assert.equal(house.intake.aborted, 1);
    assert.deepEqual(
      house.recorder.mail.map(({ accounts, reason }) => [accounts, reason]),
      [[[wang], 'overQuota']],
    );
    assert.match(await send(1000, 'wang@acme.example'), /^250 /);
    assert.match(await send(1001, 'wang@acme.example', 'all@acme.example'), /^250 /, 'a group goes on');
    assert.match(
      await send(1001, 'wang@acme.example', 'li@acme.example'),
      /^552 5\.2\.2 /,
      'neither has room',
    );
    house.world.octetsLeftOf.set(wang, 5000);
    assert.match(await send(1001, 'wang@acme.example', 'li@acme.example'), /^250 /, 'one of them has room');
  });

  test('guessing of addresses ends with the connection', async (t) => {
    const house = await openHouse(t, { maxRefusals: 5 });
    const peer = await mxPeer(house);
    await from(peer);
    for (let i = 0; i < 5; i++) await peer.say(`RCPT TO:<guess${i}@acme.example>`, 550);
    await peer.reply(421);
    await peer.ended();
  });

  test('where the directory fails the peer comes back later and learns nothing', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    await from(peer);
    house.directory.failing = true;
    assert.equal(
      await peer.say('RCPT TO:<wang@acme.example>'),
      '451 4.3.0 Something failed here, try again later',
    );
    assert.equal(house.failures.length, 1);
    house.directory.failing = false;
    await peer.say('RCPT TO:<wang@acme.example>', 250);
  });
});

describe('senders', () => {
  test('an address of ours wants a sign-in (RCV-18), also for postmaster and abuse (RCV-19)', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    for (const sender of [
      'wang@acme.example',
      'nobody@ACME.example',
      'abuse@acme.example',
      'x@catchall.example',
    ]) {
      assert.match(await peer.say(`MAIL FROM:<${sender}>`), /^530 5\.7\.0 /, sender);
    }
    assert.deepEqual([...new Set(house.recorder.peers)], ['smtp 127.0.0.1 authenticationRequired']);
    await from(peer, 'postmaster@outside.example');
  });

  test('with RCV-18 off the role names still want it; with both off nobody does', async (t) => {
    const roles = await openHouse(t, { authenticateLocalSenders: false });
    const first = await mxPeer(roles);
    for (const role of ['postmaster', 'Abuse', 'WEBMASTER'])
      await first.say(`MAIL FROM:<${role}@acme.example>`, 530);
    await from(first, 'wang@acme.example');
    const neither = await openHouse(t, { authenticateLocalSenders: false, authenticateRoleSenders: false });
    await from(await mxPeer(neither), 'postmaster@acme.example');
  });

  test("submission: the login's own addresses and granted ones, and the null sender (RCV-20)", async (t) => {
    const house = await openHouse(t);
    const peer = await signedInPeer(house);
    for (const sender of ['li@acme.example', 'wang@other.example', 'postmaster@acme.example']) {
      assert.equal(
        await peer.say(`MAIL FROM:<${sender}>`),
        '553 5.7.1 You may not send under this address',
        sender,
      );
    }
    for (const sender of ['wang@acme.example', 'sales@acme.example', '']) {
      await from(peer, sender);
      await peer.say('RSET', 250);
    }
    const lax = await openHouse(t, { senderMustMatch: false });
    await from(await signedInPeer(lax), 'li@acme.example');
  });

  test('a header sender that the intake refuses is a 553 as well', async (t) => {
    const house = await openHouse(t);
    const peer = await signedInPeer(house);
    house.intake.answer = () => refuse('senderNotPermitted', 'li@acme.example');
    await from(peer, 'wang@acme.example');
    await peer.say('RCPT TO:<li@acme.example>', 250);
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('From: li@acme.example\r\n\r\n'));
    assert.equal(await peer.reply(), '553 5.7.1 You may not send under this address');
    assert.equal(house.intake.kept.length, 0);
    assert.deepEqual(house.recorder.mail, []);
  });
});

describe('a low disk', () => {
  test('answers 452 4.3.1 before anything is taken', async (t) => {
    const house = await openHouse(t);
    const peer = await mxPeer(house);
    house.world.diskLow = true;
    assert.equal(
      await peer.say('MAIL FROM:<a@outside.example>'),
      '452 4.3.1 Not enough disk space, try again later',
    );
    house.world.diskLow = false;
    await from(peer);
    await peer.say('RCPT TO:<wang@acme.example>', 250);
    house.world.diskLow = true;
    await peer.say('DATA', 452);
    assert.deepEqual(
      house.recorder.mail.map(({ reason }) => reason),
      ['diskLow'],
    );
    house.world.diskLow = false;
    await peer.say('DATA', 354);
    peer.writeMail(Buffer.from('x\r\n'));
    await peer.reply(250);
  });
});
