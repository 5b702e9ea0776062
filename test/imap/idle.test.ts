import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inboxOf } from '../../services/domain/mailstore-state.ts';
import { ImapHouse } from './imap-house.ts';

test('a client that waits hears something every two minutes', async (t) => {
  const house = await ImapHouse.open(t);
  const peer = await house.loggedIn();
  t.mock.timers.enable({ apis: ['setInterval'] });
  peer.send('a IDLE\r\n');
  assert.equal(await peer.line(), '+ idling');
  t.mock.timers.tick(120_000);
  assert.match((await peer.line())!, /^\* OK Still here$/);
  peer.send('DONE\r\n');
  assert.match((await peer.line())!, /^a OK/);
  t.mock.timers.tick(240_000);
  assert.match((await peer.command('b', 'NOOP')).join(), /^b OK/);
});

test('many arrivals at once are told together', async (t) => {
  const house = await ImapHouse.open(t);
  const peer = await house.loggedIn();
  await peer.command('s', 'SELECT INBOX');
  peer.send('a IDLE\r\n');
  await peer.line();
  await Promise.all(Array.from({ length: 50 }, () => house.deliver('wang', 'INBOX', 'Subject: x\r\n\r\n')));
  const lines: string[] = [];
  while (lines.at(-2) !== '* 50 EXISTS') lines.push((await peer.line())!);
  assert.ok(lines.length < 50, `${lines.length} lines`);
});

test('a peer that idles and does not read costs a bounded memory', async (t) => {
  const house = await ImapHouse.open(t);
  const account = house.signIn.accountOf('wang');
  for (let i = 0; i < 2000; i++) await house.deliver('wang', 'INBOX', 'Subject: x\r\n\r\n');
  const peer = await house.loggedIn();
  await peer.command('s', 'SELECT INBOX');
  peer.send('a IDLE\r\n');
  await peer.line();
  peer.socket.pause();
  const inbox = inboxOf(await house.mailstores.open(account))!.id;
  for (let round = 0; round < 400; round++) {
    const mode = round % 2 === 0 ? 'add' : 'remove';
    await house.execute(account, {
      kind: 'changeFlags',
      mailbox: inbox,
      uids: [1, 2000],
      mode,
      names: ['\\Seen'],
    });
    await sleep(0);
  }
  peer.socket.resume();
  peer.send('DONE\r\n');
  const told = (await peer.until('a')).reduce((octets, line) => octets + line.length, 0);
  // Each round would be 70 KB; what the two sockets hold is a few MB.
  assert.ok(told < 14_000_000, `${told} octets were made for a peer that did not read`);
});
