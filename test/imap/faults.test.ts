/** What fails behind the session becomes a reply without a word about the cause. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapHouse } from './imap-house.ts';
import type { ImapPeer } from './imap-peer.ts';

const unavailable = 'NO [UNAVAILABLE] This cannot be done now; try again later.';

async function opened(
  t: TestContext,
  ...mails: readonly string[]
): Promise<{ house: ImapHouse; peer: ImapPeer }> {
  const house = await ImapHouse.open(t);
  for (const mail of mails) await house.deliver('wang', 'INBOX', mail);
  const peer = await house.loggedIn();
  await peer.command('s', 'SELECT INBOX');
  return { house, peer };
}

test('a log that cannot be written: nothing is changed, the session goes on', async (t) => {
  const { house, peer } = await opened(t, 'Subject: one\r\n\r\n');
  house.log.failing = true;
  for (const command of [
    'STORE 1 +FLAGS (\\Seen)',
    'COPY 1 Trash',
    'CREATE x',
    'RENAME Junk x',
    'SUBSCRIBE Junk',
  ]) {
    const expected = command.startsWith('SUBSCRIBE') ? 'a OK Subscribed' : `a ${unavailable}`;
    assert.deepEqual(await peer.command('a', command), [expected], command);
  }
  house.log.failing = false;
  assert.deepEqual(await peer.command('b', 'FETCH 1 FLAGS'), ['* 1 FETCH (FLAGS ())', 'b OK That is all']);
  assert.equal(house.faults.length, 4);
});

test('octets that cannot be read: the command fails before a word of its reply', async (t) => {
  const { house, peer } = await opened(t, 'Subject: one\r\n\r\nx\r\n');
  house.mails.failing = true;
  assert.deepEqual(await peer.command('a', 'FETCH 1 BODY[]'), [`a ${unavailable}`]);
  house.mails.failing = false;
  assert.equal((await peer.command('b', 'FETCH 1 FLAGS'))[0], '* 1 FETCH (FLAGS ())', 'not marked as seen');
});

test('octets that break off inside a literal end the connection', async (t) => {
  const { house, peer } = await opened(t, `Subject: large\r\n\r\n${'x'.repeat(3_000_000)}`);
  const { mails } = house;
  const { read } = mails;
  mails.read = async (mail, from, to) => {
    if (from > 1_000_000) throw new Error('a damaged frame');
    return read.call(mails, mail, from, to);
  };
  peer.send('a FETCH 1 BODY[]\r\n');
  assert.match((await peer.line())!, /^\* 1 FETCH \(BODY\[\] \{3000018\}$/);
  const rest: string[] = [];
  for (let line = await peer.line(); line !== null; line = await peer.line()) rest.push(line);
  assert.ok(!rest.some((line) => line.startsWith('a ')), 'no end of the command');
  while (house.server.sessions > 0) await sleep(5);
});

test('a message whose octets are erased is gone', async (t) => {
  const { house, peer } = await opened(t, 'Subject: one\r\n\r\n');
  const erased = await house.deliver('wang', 'INBOX', 'Subject: two\r\n\r\n');
  house.mails.erase(erased);
  await peer.command('n', 'NOOP');
  assert.deepEqual(await peer.command('a', 'FETCH 1:2 BODY.PEEK[]<0.4>'), [
    '* 1 FETCH (BODY[]<0> {4}',
    'Subj)',
    'a OK [EXPUNGEISSUED] Some are gone',
  ]);
  assert.deepEqual(await peer.command('b', 'SEARCH BODY two'), ['* SEARCH', 'b OK Searched']);
});

test('an APPEND that the intake cannot keep is read to its end', async (t) => {
  const { house, peer } = await opened(t);
  house.intake.failing = true;
  assert.deepEqual(await peer.command('a', 'APPEND INBOX {3+}\r\nabc'), [`a ${unavailable}`]);
  assert.equal(house.intake.aborted, 1);
  house.intake.failing = false;
  house.intake.refusal = 'diskLow';
  assert.match((await peer.command('b', 'APPEND INBOX {3+}\r\nabc')).at(-1)!, /^b NO \[UNAVAILABLE\]/);
  house.intake.refusal = 'overQuota';
  assert.match((await peer.command('c', 'APPEND INBOX {3+}\r\nabc')).at(-1)!, /^c NO \[OVERQUOTA\]/);
});

test('a full mailbox takes neither APPEND nor COPY, and MOVE still goes', async (t) => {
  const { house, peer } = await opened(t, 'Subject: one\r\n\r\n');
  house.octetsLeft = 10;
  assert.match((await peer.command('a', 'APPEND INBOX {11}')).at(-1)!, /^a NO \[OVERQUOTA\]/);
  assert.match((await peer.command('b', 'COPY 1 Trash')).at(-1)!, /^b NO \[OVERQUOTA\]/);
  assert.match((await peer.command('c', 'MOVE 1 Trash')).at(-1)!, /^c OK/);
});

test('an APPEND that was filed before its acceptance came back still has its UID', async (t) => {
  const { house, peer } = await opened(t);
  house.intake.filesFirst = true;
  assert.match((await peer.command('a', 'APPEND INBOX {3+}\r\nabc')).at(-1)!, /^a OK \[APPENDUID \d+ 1\]/);
});

test('what APPEND hands to the intake', async (t) => {
  const { house, peer } = await opened(t);
  await peer.command('a', 'APPEND Sent (\\Seen $x) "17-Jul-1996 02:44:25 -0700" {3+}\r\nabc');
  const [mail] = house.intake.taken;
  const account = house.signIn.accountOf('wang');
  assert.equal(mail?.source, 'append');
  assert.deepEqual(mail?.recipients, [{ account, address: 'wang@acme.example' }]);
  const [permit] = house.intake.permits;
  assert.deepEqual([permit?.act, permit?.object], ['changeMail', { owner: account }]);
  assert.equal(mail?.flags, 1 + 32);
  assert.equal(mail?.internalDateMs, Date.UTC(1996, 6, 17, 9, 44, 25));
});

test('a peer that does not read stops the server from producing', async (t) => {
  const { house, peer } = await opened(t, `Subject: large\r\n\r\n${'x'.repeat(30_000_000)}`);
  let readTo = 0;
  const { mails } = house;
  const { read } = mails;
  mails.read = async (mail, from, to) => {
    readTo = Math.max(readTo, to);
    return read.call(mails, mail, from, to);
  };
  peer.socket.pause();
  peer.send('a FETCH 1 BODY.PEEK[]\r\n');
  for (let before = -1; before !== readTo; ) {
    before = readTo;
    await sleep(100);
  }
  assert.ok(readTo > 0 && readTo < 25_000_000, `${readTo} octets were read for nobody`);
  peer.socket.resume();
  assert.match((await peer.until('a')).at(-1)!, /^a OK/);
});
