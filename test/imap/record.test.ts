/** What the session's record is told, and that nothing is shown where it cannot be written. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ImapHouse } from './imap-house.ts';
import type { ImapPeer } from './imap-peer.ts';

const mail = 'Subject: one\r\n\r\nbody\r\n';

async function selected(t: TestContext, mails = 2): Promise<{ house: ImapHouse; peer: ImapPeer }> {
  const house = await ImapHouse.open(t);
  for (let i = 0; i < mails; i++) await house.deliver('wang', 'INBOX', mail);
  const peer = await house.loggedIn();
  await peer.command('s', 'SELECT INBOX');
  house.recorder.said.length = 0;
  return { house, peer };
}

/** What the record was told by one command. */
async function told(t: TestContext, command: string): Promise<string[]> {
  const { house, peer } = await selected(t);
  await peer.command('a', command);
  return house.recorder.said;
}

test('each act is told', async (t) => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['NOOP', []],
    ['FETCH 1:2 FLAGS', ['read flags 1,2']],
    ['UID FETCH 1:* (UID RFC822.SIZE)', ['read flags 1,2']],
    ['FETCH 2 ENVELOPE', ['read envelope 2,2']],
    ['FETCH 2 BODYSTRUCTURE', ['read structure 2,2']],
    ['FETCH 1 BODY.PEEK[HEADER]', ['read headers 1,1']],
    ['FETCH 1 (FLAGS BODY.PEEK[])', ['read flags 1,1', 'read body 1,1']],
    ['FETCH 1 BINARY.PEEK[1]', ['read body 1,1']],
    ['SEARCH SUBJECT one', ['searched Subject: "one" 2']],
    [
      'SEARCH OR BODY x NOT SINCE 1-Jan-2020 1:*',
      ['searched (BODY "x" OR NOT SINCE 1-Jan-2020) SEQUENCE 1:* 0'],
    ],
    ['STORE 1:2 +FLAGS (\\Seen)', ['store 2']],
    ['STORE 1 -FLAGS (\\Seen)', []],
    ['COPY 1 Trash', ['copy 1']],
    ['MOVE 1:2 Trash', ['move 2']],
    ['LIST "" *', ['list 1']],
    ['LSUB "" *', ['list 1']],
    ['STATUS INBOX (MESSAGES)', ['status 1']],
    ['CREATE x', ['create 1']],
    ['DELETE Junk', ['delete 1']],
    ['RENAME Junk x', ['rename 1']],
    ['UNSUBSCRIBE Junk', ['subscribe 1']],
    ['EXAMINE INBOX', ['opened read']],
    ['ID ("name" "Foxmail" "version" "7")', ['identified Foxmail 7']],
    ['APPEND Sent {1+}\r\nx', ['append 1']],
  ];
  for (const [command, facts] of cases) {
    await t.test(command, async (inner) => assert.deepEqual(await told(inner, command), facts));
  }
});

test('expunges are told once', async (t) => {
  const { house, peer } = await selected(t);
  await peer.command('a', 'EXPUNGE');
  await peer.command('b', 'STORE 1 +FLAGS.SILENT (\\Deleted)');
  await peer.command('c', 'EXPUNGE');
  assert.deepEqual(house.recorder.said, ['store 1', 'expunge 1']);
});

test('what the client said it is before the login opens the session', async (t) => {
  const house = await ImapHouse.open(t);
  const peer = await house.connect();
  await peer.command('a', 'ID ("name" "mutt")');
  await peer.command('b', 'LOGIN li wrong');
  await peer.command('c', 'LOGIN li secret');
  await peer.command('d', 'LOGOUT');
  assert.deepEqual(house.recorder.refused, ['credentialsWrong']);
  const [start] = house.recorder.starts;
  assert.deepEqual(
    { ...start, account: '' },
    { account: '', protocol: 'imap', peer: '127.0.0.1', program: 'mutt' },
  );
  assert.deepEqual(house.recorder.said, ['closed logout']);
});

test('nothing is shown while the record cannot follow', async (t) => {
  const { house, peer } = await selected(t);
  house.recorder.revealing = false;
  for (const command of [
    'FETCH 1 FLAGS',
    'FETCH 1 BODY.PEEK[]',
    'SEARCH ALL',
    'LIST "" *',
    'LSUB "" *',
    'STATUS INBOX (MESSAGES)',
  ]) {
    assert.deepEqual(
      await peer.command('a', command),
      ['a NO [UNAVAILABLE] This cannot be done now; try again later.'],
      command,
    );
  }
  const reply = await peer.command('b', 'SELECT INBOX');
  assert.match(reply.at(-1)!, /^b NO \[UNAVAILABLE\]/);
  house.recorder.revealing = true;
  assert.match((await peer.command('c', 'SELECT INBOX')).at(-1)!, /^c OK/);
});

test('what is about to be shown is told before it is asked whether it may be', async (t) => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['FETCH 1:2 FLAGS', ['read flags 1,2']],
    ['UID FETCH 1:2 (FLAGS ENVELOPE)', ['read flags 1,2', 'read envelope 1,2']],
    ['FETCH 1 BODY.PEEK[]', ['read body 1,1']],
    ['FETCH 2 BODY[HEADER.FIELDS (SUBJECT)]', ['read headers 2,2']],
    ['SEARCH SUBJECT one', ['searched Subject: "one" 2']],
    ['EXAMINE INBOX', ['opened read']],
  ];
  for (const [command, facts] of cases) {
    await t.test(command, async (inner) => {
      const { house, peer } = await selected(inner);
      house.recorder.owes = true;
      const replies = await peer.command('a', command);
      assert.deepEqual(
        replies.filter((line) => !line.startsWith('* OK [CLOSED]')),
        ['a NO [UNAVAILABLE] This cannot be done now; try again later.'],
      );
      assert.deepEqual(house.recorder.said, facts);
    });
  }
});
