import assert from 'node:assert/strict';
import test from 'node:test';
import type { AppendMessage } from '../../../services/imap/protocol/append-arguments.ts';
import { dateTime, dateTimeText } from '../../../services/imap/protocol/dates.ts';
import { SyntaxFailure } from '../../../services/imap/protocol/syntax-failure.ts';
import { assertRefused, cursorOn, readAll } from './reading.ts';

function messagesOf(text: string): { mailbox: string; messages: AppendMessage[]; kinds: string[] } {
  const items = readAll(`t APPEND ${text}\r\n`);
  const offered = items.filter((item) => item.kind === 'message');
  return {
    mailbox: offered[0]?.mailbox ?? '',
    messages: offered.map((item) => item.message),
    kinds: items.map((item) => item.kind),
  };
}

test('APPEND hands its message through', () => {
  const items = readAll(
    't APPEND INBOX (\\Seen $x) " 7-Feb-1994 21:52:25 -0800" {11}\r\nhello\r\n{5}\0\r\nn NOOP\r\n',
  );
  assert.deepEqual(items, [
    {
      kind: 'message',
      tag: 't',
      mailbox: 'INBOX',
      ordinal: 0,
      message: {
        flags: ['\\Seen', '$x'],
        dateMs: Date.UTC(1994, 1, 8, 5, 52, 25),
        form: 'literal',
        octets: 11,
        synchronising: true,
      },
    },
    { kind: 'octets', octets: Buffer.from('hello\r\n{5}\0') },
    { kind: 'message-end' },
    { kind: 'append-end', tag: 't' },
    { kind: 'command', tag: 'n', command: { verb: 'NOOP' } },
  ]);
});

test('forms of APPEND', () => {
  const message = { flags: [], dateMs: null, form: 'literal', octets: 1, synchronising: true };
  assert.deepEqual(messagesOf('x {1}\r\na').messages, [message]);
  assert.deepEqual(messagesOf('x () {1+}\r\na').messages, [{ ...message, synchronising: false }]);
  assert.deepEqual(messagesOf('x ~{1}\r\na').messages, [{ ...message, form: 'literal8' }]);
  assert.deepEqual(messagesOf('x (\\Recent) UTF8 (~{1}\r\na)').messages, [{ ...message, form: 'utf8' }]);
  assert.deepEqual(messagesOf('x {0}\r\n').messages, [{ ...message, octets: 0 }]);
  assert.equal(messagesOf('{3}\r\na b {1}\r\nx').mailbox, 'a b');
  assert.deepEqual(messagesOf('{3}\r\na b {1}\r\nx').kinds, [
    'continue',
    'message',
    'octets',
    'message-end',
    'append-end',
  ]);
});

test('several messages in one APPEND', () => {
  const { messages, kinds } = messagesOf('x {1}\r\na (\\Draft) {2+}\r\nbb UTF8 (~{0}\r\n)');
  assert.deepEqual(
    messages.map((message) => message.octets),
    [1, 2, 0],
  );
  assert.deepEqual(messages[1]?.flags, ['\\Draft']);
  assert.equal(kinds.at(-1), 'append-end');
});

test('what is no APPEND is BAD', () => {
  for (const text of [
    '{1}\r\na',
    'x',
    'x ()',
    'x (\\Seen){1}',
    'x  {1}',
    'x (\\Nothing) {1}',
    'x "31-Feb-1994 00:00:00 +0000" {1}',
    'x UTF8 ({1}',
    'x UTF8 ~{1}',
    'x CATENATE (TEXT {1}',
  ]) {
    assertRefused(`APPEND ${text}`);
  }
});

test('what follows a message wrongly is BAD, and the next command is read', () => {
  for (const tail of [' x', ')', ' ', ' (\\Nothing) {1+}\r\na', ' {1+} ']) {
    const items = readAll(`t APPEND x {1}\r\na${tail}\r\nn NOOP\r\n`);
    assert.deepEqual(
      items.map((item) => item.kind),
      ['message', 'octets', 'message-end', 'failure', 'command'],
      tail,
    );
  }
  const unclosed = readAll('t APPEND x UTF8 (~{1}\r\na\r\n');
  assert.equal(unclosed.at(-1)?.kind, 'failure');
});

test('date-time', () => {
  const read = (text: string): number => dateTime(cursorOn(text));
  assert.equal(read('"17-Jul-1996 02:44:25 -0700"'), Date.UTC(1996, 6, 17, 9, 44, 25));
  assert.equal(read('" 1-jan-2026 00:00:00 +0800"'), Date.UTC(2025, 11, 31, 16));
  assert.equal(read('"29-Feb-2024 23:59:60 +0000"'), Date.UTC(2024, 2, 1));
  assert.equal(new Date(read('"01-Jan-0050 00:00:00 +0000"')).getUTCFullYear(), 50);
  for (const text of [
    '"1-Jan-2026 00:00:00 +0000"',
    '"00-Jan-2026 00:00:00 +0000"',
    '"29-Feb-2023 00:00:00 +0000"',
    '"01-Jan-2026 24:00:00 +0000"',
    '"01-Jan-2026 00:60:00 +0000"',
    '"01-Jan-2026 00:00:61 +0000"',
    '"01-Jan-2026 00:00:00 +0060"',
    '"01-Jan-2026 00:00:00 +9900"',
    '"01-Jan-2026 00:00:00 GMT"',
    '"01-Xyz-2026 00:00:00 +0000"',
    '01-Jan-2026 00:00:00 +0000',
  ]) {
    assert.throws(() => read(text), SyntaxFailure, text);
  }
});

test('INTERNALDATE is said in UTC and reads back', () => {
  assert.equal(dateTimeText(Date.UTC(2026, 0, 1, 2, 3, 4)), '" 1-Jan-2026 02:03:04 +0000"');
  for (const ms of [0, Date.UTC(1994, 1, 28, 23, 59, 59), Date.UTC(2106, 11, 31)]) {
    assert.equal(dateTime(cursorOn(dateTimeText(ms))), ms);
  }
});
