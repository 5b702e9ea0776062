import assert from 'node:assert/strict';
import test from 'node:test';
import { listPattern } from '../../../services/imap/protocol/list-pattern.ts';
import { mailboxPath, mailboxText, quotedMailboxText } from '../../../services/imap/protocol/mailbox-name.ts';
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../../services/imap/protocol/modified-utf7.ts';
import { seeded } from './reading.ts';

const rev1 = { utf8: false };
const rev2 = { utf8: true };
const octetsOf = (text: string): string => Buffer.from(text).toString('latin1');

test('modified UTF-7', () => {
  const cases = [
    ['INBOX', 'INBOX'],
    ['A & B', 'A &- B'],
    ['&&', '&-&-'],
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['已发送', '&XfJT0ZAB-'],
    ['📬', '&2D3c7A-'],
    ['ä&ö', '&AOQ-&-&APY-'],
    ['tab\there', 'tab&AAk-here'],
    ['', ''],
  ] as const;
  for (const [text, wire] of cases) {
    assert.equal(encodeModifiedUtf7(text), wire);
    assert.equal(decodeModifiedUtf7(wire), text);
  }
});

test('names that are not the one valid form of a text mean nothing', () => {
  const invalid = [
    '&',
    'a&b',
    '&U,BTFw',
    '&AGE-', // ASCII in base64
    '&AMQ-&AOQ-', // two neighbours
    '&2D0-', // a lone surrogate
    '&A-', // not a whole character
    '&AMQA-', // bits left over
    '&AMQ=-',
    '&AM/-',
    '&AMR-', // bits that are not zero
    'a\x01b',
    'a\x7fb',
  ];
  for (const wire of invalid) assert.equal(decodeModifiedUtf7(wire), null, wire);
});

test('modified UTF-7 round-trips whatever is text', () => {
  const random = seeded(11);
  const alphabet = ['a', '&', '-', ',', '/', ' ', '~', 'ä', '合', '同', '📬', '\u0301', '\t', '+'];
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random(12) }, () => alphabet[random(alphabet.length)]).join('');
    const wire = encodeModifiedUtf7(text);
    assert.match(wire, /^[\x20-\x7e]*$/);
    assert.equal(decodeModifiedUtf7(wire), text);
  }
});

test('two names on the wire never become one mailbox', () => {
  const random = seeded(12);
  const alphabet = ['&', '-', 'A', 'M', 'Q', 'a', ',', 'O'];
  const seen = new Map<string, string>();
  for (let round = 0; round < 30_000; round++) {
    const wire = Array.from({ length: random(9) }, () => alphabet[random(alphabet.length)]).join('');
    const text = decodeModifiedUtf7(wire);
    if (text === null) continue;
    assert.equal(seen.get(text) ?? wire, wire);
    seen.set(text, wire);
  }
  assert.ok(seen.size > 300);
});

test('a mailbox argument becomes a path by what is enabled', () => {
  assert.equal(mailboxPath('&XfJT0ZAB-', rev1), '已发送');
  assert.equal(mailboxPath('&XfJT0ZAB-', rev2), '&XfJT0ZAB-');
  assert.equal(mailboxPath(octetsOf('已发送'), rev2), '已发送');
  assert.equal(mailboxPath(octetsOf('已发送'), rev1), null, 'raw 8-bit octets without UTF8=ACCEPT');
  assert.equal(mailboxPath('a&b', rev1), null);
  assert.equal(mailboxPath('a&b', rev2), 'a&b');
  assert.equal(mailboxPath('\xff', rev2), null);
  assert.equal(mailboxPath(octetsOf('e\u0301'), rev2), '\u00e9', 'NFC');
  for (const inbox of ['inbox', 'InBoX']) assert.equal(mailboxPath(inbox, rev1), 'INBOX');
  assert.equal(mailboxPath('inbox/a', rev1), 'INBOX/a');
  assert.equal(mailboxPath('inboxes', rev1), 'inboxes');
});

test('a path in a reply', () => {
  assert.equal(mailboxText('INBOX', rev1), 'INBOX');
  assert.equal(mailboxText('a b', rev1), '"a b"');
  assert.equal(mailboxText('NIL', rev1), '"NIL"');
  assert.equal(mailboxText('', rev1), '""');
  assert.equal(mailboxText('已发送', rev1), '&XfJT0ZAB-');
  assert.equal(mailboxText('已发送', rev2), `"${octetsOf('已发送')}"`);
  assert.equal(mailboxText('a"\\', rev2), '"a\\"\\\\"');
  assert.equal(quotedMailboxText('INBOX', rev1), '"INBOX"');
});

test('LIST patterns', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*', 'a/b/c', true],
    ['*', '', true],
    ['%', 'a', true],
    ['%', 'a/b', false],
    ['%/%', 'a/b', true],
    ['%/%', 'a/b/c', false],
    ['a/*', 'a/b/c', true],
    ['a/*', 'a', false],
    ['a*', 'a', true],
    ['*b', 'a/b', true],
    ['%b', 'a/b', false],
    ['a%c', 'abc', true],
    ['a%c', 'ab/c', false],
    ['a*c', 'ab/c', true],
    ['%*', 'a/b', true],
    ['*%', 'a/b', true],
    ['%%', 'a/b', false],
    ['INBOX', 'INBOX', true],
    ['INBOX', 'INBOX/a', false],
    ['', '', true],
    ['', 'a', false],
    ['合%', '合同', true],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
  ];
  for (const [pattern, path, expected] of cases) {
    assert.equal(listPattern(pattern).matches(path), expected, `${pattern} on ${path}`);
  }
});

test('LIST patterns agree with the plain reading of the rule', () => {
  const plainly = (pattern: string, path: string): boolean => {
    if (pattern === '') return path === '';
    const [first, rest] = [pattern.charAt(0), pattern.slice(1)];
    if (first !== '*' && first !== '%') return path.charAt(0) === first && plainly(rest, path.slice(1));
    if (plainly(rest, path)) return true;
    return path !== '' && (first === '*' || path.charAt(0) !== '/') && plainly(pattern, path.slice(1));
  };
  const random = seeded(13);
  const text = (alphabet: string, length: number) =>
    Array.from({ length: random(length) }, () => alphabet.charAt(random(alphabet.length))).join('');
  for (let round = 0; round < 20_000; round++) {
    const pattern = text('ab/*%', 7);
    const path = text('ab/', 8);
    assert.equal(listPattern(pattern).matches(path), plainly(pattern, path), `${pattern} on ${path}`);
  }
});

test('many wildcards cost no more than pattern times path', () => {
  const pattern = listPattern('%a*'.repeat(300));
  assert.equal(pattern.matches(`${'a'.repeat(299)}b`), false);
  assert.equal(pattern.matches('a'.repeat(400)), true);
  assert.equal(listPattern('x'.repeat(5000)).matches('x'.repeat(5000)), false);
});
