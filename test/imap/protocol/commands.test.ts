import assert from 'node:assert/strict';
import test from 'node:test';
import type { ImapCommand } from '../../../services/imap/protocol/command.ts';
import { assertRefused, commandOf, readAll } from './reading.ts';

const plainVerbs = [
  'CAPABILITY',
  'NOOP',
  'LOGOUT',
  'STARTTLS',
  'NAMESPACE',
  'CHECK',
  'CLOSE',
  'UNSELECT',
  'IDLE',
];

const valid: readonly (readonly [string, ImapCommand])[] = [
  ['LOGIN wang demo', { verb: 'LOGIN', user: 'wang', password: 'demo' }],
  ['login "wang" "a \\"b\\" \\\\"', { verb: 'LOGIN', user: 'wang', password: 'a "b" \\' }],
  ['LOGIN {4}\r\nwang {0}\r\n', { verb: 'LOGIN', user: 'wang', password: '' }],
  ['LOGIN {4+}\r\nwang {6+}\r\n\xe5\x90\x88\xe5\x90\x8c', { verb: 'LOGIN', user: 'wang', password: '合同' }],
  ['LOGIN "\xe7\x8e\x8b" x]', { verb: 'LOGIN', user: '王', password: 'x]' }],
  ['AUTHENTICATE plain', { verb: 'AUTHENTICATE', mechanism: 'PLAIN', initialResponse: null }],
  ['AUTHENTICATE PLAIN =', { verb: 'AUTHENTICATE', mechanism: 'PLAIN', initialResponse: '' }],
  ['AUTHENTICATE PLAIN AGEAYg==', { verb: 'AUTHENTICATE', mechanism: 'PLAIN', initialResponse: 'AGEAYg==' }],
  ['ID NIL', { verb: 'ID', fields: [] }],
  ['ID ()', { verb: 'ID', fields: [] }],
  [
    'ID ("name" "mutt" "os" NIL)',
    {
      verb: 'ID',
      fields: [
        ['name', 'mutt'],
        ['os', null],
      ],
    },
  ],
  ['ENABLE condstore UTF8=ACCEPT', { verb: 'ENABLE', capabilities: ['CONDSTORE', 'UTF8=ACCEPT'] }],
  ['SELECT INBOX', { verb: 'SELECT', mailbox: 'INBOX', condstore: false, qresync: null }],
  ['EXAMINE "a b" (CONDSTORE)', { verb: 'EXAMINE', mailbox: 'a b', condstore: true, qresync: null }],
  [
    'SELECT x (QRESYNC (67890007 20050715194045000 41,43:211 (1:3 4:6)))',
    {
      verb: 'SELECT',
      mailbox: 'x',
      condstore: false,
      qresync: {
        uidValidity: 67890007,
        modseq: 20050715194045000,
        knownUids: { saved: false, pairs: [41, 41, 43, 211] },
        matching: { numbers: { saved: false, pairs: [1, 3] }, uids: { saved: false, pairs: [4, 6] } },
      },
    },
  ],
  [
    'SELECT x (QRESYNC (1 2))',
    {
      verb: 'SELECT',
      mailbox: 'x',
      condstore: false,
      qresync: { uidValidity: 1, modseq: 2, knownUids: null, matching: null },
    },
  ],
  [
    'SELECT x (QRESYNC (1 2 (1:3 4:6)))',
    {
      verb: 'SELECT',
      mailbox: 'x',
      condstore: false,
      qresync: {
        uidValidity: 1,
        modseq: 2,
        knownUids: null,
        matching: { numbers: { saved: false, pairs: [1, 3] }, uids: { saved: false, pairs: [4, 6] } },
      },
    },
  ],
  ['CREATE a/b', { verb: 'CREATE', mailbox: 'a/b', uses: [] }],
  [
    'CREATE Sent (USE (\\Sent \\Archive))',
    { verb: 'CREATE', mailbox: 'Sent', uses: ['\\Sent', '\\Archive'] },
  ],
  ['DELETE {3}\r\na"b', { verb: 'DELETE', mailbox: 'a"b' }],
  ['SUBSCRIBE a', { verb: 'SUBSCRIBE', mailbox: 'a' }],
  ['UNSUBSCRIBE a', { verb: 'UNSUBSCRIBE', mailbox: 'a' }],
  ['RENAME a "b c"', { verb: 'RENAME', from: 'a', to: 'b c' }],
  ['RENAME {1}\r\na {1}\r\nb', { verb: 'RENAME', from: 'a', to: 'b' }],
  ['LSUB "" *', { verb: 'LSUB', reference: '', pattern: '*' }],
  [
    'STATUS a (MESSAGES unseen SIZE)',
    { verb: 'STATUS', mailbox: 'a', items: ['MESSAGES', 'UNSEEN', 'SIZE'] },
  ],
  ['EXPUNGE', { verb: 'EXPUNGE', uids: null }],
  [
    'UID EXPUNGE 3,5:*',
    { verb: 'EXPUNGE', uids: { saved: false, pairs: [3, 3, 5, Number.POSITIVE_INFINITY] } },
  ],
  ['COPY 1:2 a', { verb: 'COPY', byUid: false, set: { saved: false, pairs: [1, 2] }, mailbox: 'a' }],
  ['UID MOVE $ a', { verb: 'MOVE', byUid: true, set: { saved: true }, mailbox: 'a' }],
];

test('every command becomes a value', async (t) => {
  for (const verb of plainVerbs) await t.test(verb, () => assert.deepEqual(commandOf(verb), { verb }));
  for (const [text, command] of valid) {
    await t.test(JSON.stringify(text), () => assert.deepEqual(commandOf(text), command));
  }
});

const invalid = [
  'NOOP ',
  'NOOP x',
  'FROBNICATE',
  'UID',
  'UID NOOP',
  'UID  FETCH 1 UID',
  'LOGIN',
  'LOGIN a',
  'LOGIN a b c',
  'LOGIN "a b',
  'LOGIN "a\\n" b',
  'LOGIN a "b" ',
  'LOGIN a\xff b',
  'LOGIN {1}\r\n\xff b',
  'LOGIN ~{1}\r\na b',
  'LOGIN {1}\r\n\0 b',
  'AUTHENTICATE',
  'AUTHENTICATE PLAIN a*b',
  'AUTHENTICATE PLAIN AGEA Yg==',
  'ID',
  'ID ("name")',
  'ID ("name" mutt)',
  `ID (${Array.from({ length: 31 }, () => '"a" NIL').join(' ')})`,
  'ENABLE',
  'SELECT',
  'SELECT a b',
  'SELECT a ()',
  'SELECT a (QRESYNC)',
  'SELECT a (QRESYNC (0 1))',
  'SELECT a (QRESYNC (1 1 (1:3)))',
  'SELECT a (UNKNOWN)',
  'CREATE a (USE ())',
  'CREATE a (USE (Sent))',
  'CREATE a (WITH (\\Sent))',
  'RENAME a',
  'STATUS a',
  'STATUS a ()',
  'STATUS a (MESSAGES)x',
  'STATUS a (NOTHING)',
  'UID EXPUNGE',
  'COPY 1 ',
  'COPY a b',
  'APPEND INBOX',
  'NO\rOP',
  'NOOP\0',
];

test('what is no command is BAD', async (t) => {
  for (const text of invalid) await t.test(JSON.stringify(text), () => assertRefused(text));
});

test('a line without a tag is answered untagged', () => {
  for (const line of ['', ' NOOP', '+ NOOP', '* NOOP', '(', 'a"b NOOP', 'tag', '\xe5 NOOP']) {
    const [item] = readAll(`${line}\r\n`);
    assert.ok(item?.kind === 'failure' && item.status === 'BAD', line);
    assert.equal(item.tag, line === 'tag' ? 'tag' : '*');
  }
});
