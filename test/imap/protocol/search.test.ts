import assert from 'node:assert/strict';
import test from 'node:test';
import type { SearchKey } from '../../../services/imap/protocol/search-keys.ts';
import { assertRefused, commandOf } from './reading.ts';

function searchOf(text: string) {
  const command = commandOf(`SEARCH ${text}`);
  assert.ok(command.verb === 'SEARCH');
  return command;
}

const flag = (name: string, set = true): SearchKey => ({ key: 'FLAG', flag: name, set });
const header = (field: string, text: string): SearchKey => ({ key: 'HEADER', field, text });
const day = Date.UTC(1994, 1, 1) / 86_400_000;

const keys: readonly (readonly [string, SearchKey])[] = [
  ['ALL', { key: 'ALL' }],
  ['new', { key: 'NEW' }],
  ['OLD', { key: 'OLD' }],
  ['RECENT', { key: 'RECENT' }],
  ['SEEN', flag('\\Seen')],
  ['UNSEEN', flag('\\Seen', false)],
  ['ANSWERED', flag('\\Answered')],
  ['UNANSWERED', flag('\\Answered', false)],
  ['DELETED', flag('\\Deleted')],
  ['UNDELETED', flag('\\Deleted', false)],
  ['DRAFT', flag('\\Draft')],
  ['UNDRAFT', flag('\\Draft', false)],
  ['FLAGGED', flag('\\Flagged')],
  ['UNFLAGGED', flag('\\Flagged', false)],
  ['KEYWORD $Junk', flag('$Junk')],
  ['UNKEYWORD x', flag('x', false)],
  ['SUBJECT "a b"', header('Subject', 'a b')],
  ['FROM {2}\r\nab', header('From', 'ab')],
  ['TO a', header('To', 'a')],
  ['CC a', header('Cc', 'a')],
  ['BCC a', header('Bcc', 'a')],
  ['HEADER Message-ID <x@y>', header('Message-ID', '<x@y>')],
  ['HEADER X ""', header('X', '')],
  ['BODY \xe5\x90\x88'.replace('\xe5\x90\x88', '"\xe5\x90\x88"'), { key: 'BODY', text: '合' }],
  ['TEXT x', { key: 'TEXT', text: 'x' }],
  ['BEFORE 1-Feb-1994', { key: 'DATE', of: 'internal', relation: 'before', day }],
  ['ON "1-Feb-1994"', { key: 'DATE', of: 'internal', relation: 'on', day }],
  ['SINCE 01-FEB-1994', { key: 'DATE', of: 'internal', relation: 'since', day }],
  ['SENTBEFORE 1-Feb-1994', { key: 'DATE', of: 'sent', relation: 'before', day }],
  ['SENTON 1-Feb-1994', { key: 'DATE', of: 'sent', relation: 'on', day }],
  ['SENTSINCE 1-Feb-1994', { key: 'DATE', of: 'sent', relation: 'since', day }],
  ['LARGER 0', { key: 'LARGER', octets: 0 }],
  ['SMALLER 5000000000', { key: 'SMALLER', octets: 5_000_000_000 }],
  ['YOUNGER 60', { key: 'YOUNGER', seconds: 60 }],
  ['OLDER 60', { key: 'OLDER', seconds: 60 }],
  ['UID 1:*', { key: 'UID', set: { saved: false, pairs: [1, Number.POSITIVE_INFINITY] } }],
  ['UID $', { key: 'UID', set: { saved: true } }],
  ['2:4', { key: 'SEQUENCE', set: { saved: false, pairs: [2, 4] } }],
  ['$', { key: 'SEQUENCE', set: { saved: true } }],
  [
    '*',
    { key: 'SEQUENCE', set: { saved: false, pairs: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] } },
  ],
  ['MODSEQ 620162338', { key: 'MODSEQ', atLeast: 620162338 }],
  ['MODSEQ "/flags/\\\\draft" all 5', { key: 'MODSEQ', atLeast: 5 }],
  ['EMAILID M6d99ac3275bb4e', { key: 'EMAILID', id: 'M6d99ac3275bb4e' }],
  ['THREADID T1', { key: 'THREADID', id: 'T1' }],
  ['NOT SEEN', { key: 'NOT', of: flag('\\Seen') }],
  ['OR SEEN NOT DRAFT', { key: 'OR', left: flag('\\Seen'), right: { key: 'NOT', of: flag('\\Draft') } }],
  ['SEEN DRAFT', { key: 'AND', of: [flag('\\Seen'), flag('\\Draft')] }],
  ['((SEEN))', flag('\\Seen')],
  ['NOT (SEEN DRAFT)', { key: 'NOT', of: { key: 'AND', of: [flag('\\Seen'), flag('\\Draft')] } }],
];

test('every key', async (t) => {
  for (const [text, key] of keys) {
    await t.test(JSON.stringify(text), () => assert.deepEqual(searchOf(text).criteria, key));
  }
});

test('RETURN options', () => {
  assert.equal(searchOf('ALL').returns, null);
  assert.deepEqual(searchOf('RETURN () ALL').returns, ['ALL']);
  assert.deepEqual(searchOf('RETURN (MIN max COUNT SAVE) ALL').returns, ['MIN', 'MAX', 'COUNT', 'SAVE']);
  assert.deepEqual(searchOf('RETURN (ALL) CHARSET UTF-8 SEEN').charset, 'UTF-8');
});

test('strings are decoded by their charset', () => {
  const contract: SearchKey = header('Subject', '合同');
  const cases = [
    ['UTF-8', '\xe5\x90\x88\xe5\x90\x8c'],
    ['GB2312', '\xba\xcf\xcd\xac'],
    ['gb18030', '\xba\xcf\xcd\xac'],
    ['Big5', '\xa6\x58\xa6\x50'],
    ['"ISO-2022-JP"', '\x1b$B9gF1\x1b(B'],
  ];
  for (const [charset, octets] of cases) {
    const text = `CHARSET ${charset} SUBJECT {${octets!.length}+}\r\n${octets}`;
    assert.deepEqual(searchOf(text).criteria, contract, charset);
  }
  assert.deepEqual(searchOf('CHARSET US-ASCII SUBJECT x').criteria, header('Subject', 'x'));
});

test('an unknown charset is NO [BADCHARSET]', () => {
  for (const charset of ['X-NONE', 'UTF-7', '""'])
    assertRefused(`SEARCH CHARSET ${charset} ALL`, 'NO', 'BADCHARSET');
});

test('octets that are not of the charset are BAD', () => {
  assertRefused('SEARCH SUBJECT {1+}\r\n\xff');
  assertRefused('SEARCH CHARSET US-ASCII SUBJECT {2+}\r\n\xc3\xa4');
  assertRefused('SEARCH CHARSET EUC-KR SUBJECT {1+}\r\n\xff');
});

test('what is no SEARCH is BAD', () => {
  const invalid = [
    '',
    'NOTHING',
    'SUBJECT',
    'HEADER X',
    'NOT',
    'OR SEEN',
    '()',
    '(SEEN',
    'SEEN)',
    'SEEN  DRAFT',
    'ON 31-Feb-1994',
    'ON 1-Foo-1994',
    'ON 1994-02-01',
    'ON "1-Feb-1994',
    'LARGER x',
    'LARGER 9223372036854775808',
    'YOUNGER 0',
    'UID',
    'UID 0',
    '0',
    'MODSEQ',
    'MODSEQ "/flags/x" none 5',
    'CHARSET UTF-8',
    'RETURN ALL SEEN',
    'RETURN (NOTHING) SEEN',
    'RETURN (ALL)',
    'KEYWORD "x"',
  ];
  for (const text of invalid) assertRefused(`SEARCH ${text}`);
});

test('nesting has a bound', () => {
  assert.equal(searchOf(`${'NOT '.repeat(190)}SEEN`).criteria.key, 'NOT');
  assertRefused(`SEARCH ${'NOT '.repeat(10_000)}SEEN`);
  assertRefused(`SEARCH ${'('.repeat(60_000)}`);
  assertRefused(`SEARCH ${'OR '.repeat(10_000)}`);
});
