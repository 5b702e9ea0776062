import assert from 'node:assert/strict';
import test from 'node:test';
import {
  continuation,
  taggedReply,
  untaggedData,
  untaggedStatus,
} from '../../../services/imap/protocol/reply.ts';
import {
  astringText,
  literal,
  quotedOrLiteral,
  textString,
} from '../../../services/imap/protocol/reply-strings.ts';

const rev1 = { utf8: false };
const rev2 = { utf8: true };

test('replies', () => {
  assert.equal(taggedReply('a1', 'OK', 'done'), 'a1 OK done\r\n');
  assert.equal(taggedReply('a1', 'NO', 'no', 'TRYCREATE'), 'a1 NO [TRYCREATE] no\r\n');
  assert.equal(untaggedStatus('BYE', 'bye'), '* BYE bye\r\n');
  assert.equal(untaggedData('1 EXISTS'), '* 1 EXISTS\r\n');
  assert.equal(continuation('go on'), '+ go on\r\n');
});

test('a text with line ends stays one reply', () => {
  assert.equal(taggedReply('a', 'NO', 'x\r\n* BYE y\0'), 'a NO x * BYE y \r\n');
});

test('strings in the form that the client understands', () => {
  assert.equal(textString('a "b" \\', rev1), '"a \\"b\\" \\\\"');
  assert.equal(textString('', rev1), '""');
  assert.equal(textString('a\r\nb', rev1), '{4}\r\na\r\nb');
  assert.equal(textString('ä', rev1), '{2}\r\n\xc3\xa4');
  assert.equal(textString('ä', rev2), '"\xc3\xa4"');
  assert.equal(textString('ä\n', rev2), '{3}\r\n\xc3\xa4\n');
  assert.equal(textString('a\0b', rev1), '{5}\r\na\xef\xbf\xbdb');
  assert.equal(textString('x'.repeat(1001), rev2).slice(0, 8), '{1001}\r\n');
  assert.equal(quotedOrLiteral('\x80'), '{1}\r\n\x80');
  assert.equal(literal('ab'), '{2}\r\nab');
  assert.equal(astringText('a]b'), '"a]b"');
  assert.equal(astringText('nil'), '"nil"');
});
