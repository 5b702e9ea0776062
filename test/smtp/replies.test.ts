/** Every reply is one that RFC 5321 and RFC 3463 allow. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusals } from '../../services/domain/refusals.ts';
import {
  refusalReplies,
  replyText,
  replyTo,
  type SmtpReply,
  wireReplies,
} from '../../services/smtp/replies.ts';

test('each refusal of the domain has a reply, and each reply is well-formed', () => {
  assert.deepEqual(Object.keys(refusalReplies).sort(), Object.keys(refusals).sort());
  const all: [string, SmtpReply][] = [...Object.entries(refusalReplies), ...Object.entries(wireReplies)];
  for (const [name, reply] of all) {
    assert.match(String(reply.code), /^[45][0-5][0-9]$/, name);
    assert.match(reply.enhanced, /^[45]\.\d{1,3}\.\d{1,3}$/, name);
    assert.equal(reply.enhanced[0], String(reply.code)[0], name);
    assert.match(replyText(reply), /^[\x20-\x7e]{1,200}$/, name);
  }
});

test("a rule's notice stands in the reply where the peer can read it", () => {
  const said = (notice: string, smtpUtf8 = false) =>
    replyText(replyTo({ refused: 'refusedByRule', notice }, smtpUtf8));
  const plain = replyText(refusalReplies.refusedByRule);
  assert.equal(said('Write to\r\n legal@acme.example.'), '5.7.1 Write to legal@acme.example.');
  assert.equal(said('合同不可外发'), plain);
  assert.equal(said('合同不可外发', true), '5.7.1 合同不可外发');
  assert.equal(said('a\u0000b', true), plain);
  assert.equal(said(' '), plain);
  const long = said('合'.repeat(1000), true);
  assert.equal(long, `5.7.1 ${'合'.repeat(133)}`);
  assert.deepEqual(replyTo({ refused: 'diskLow' }, true), refusalReplies.diskLow);
});
