import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decoderOf } from '../../services/imap/transfer-decoding.ts';
import { seeded } from './protocol/reading.ts';

/** The decoded octets, Latin-1, of a text that comes in pieces of those sizes. */
function decoded(encoding: string, text: string, sizes: readonly number[] = [text.length]): string {
  const decoder = decoderOf(encoding)!;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(decoder.push(Buffer.from(text.slice(at, at + size), 'latin1')));
    at += size;
  }
  pieces.push(decoder.push(Buffer.from(text.slice(at), 'latin1')), decoder.finish());
  return Buffer.concat(pieces).toString('latin1');
}

test('base64', () => {
  assert.equal(decoded('base64', 'aGVsbG8='), 'hello');
  assert.equal(decoded('base64', 'aGVs\r\nbG8=\r\n'), 'hello');
  assert.equal(decoded('base64', 'aGVsbG8'), 'hello', 'padding left out');
  assert.equal(decoded('base64', 'aGVsbG8=IHdvcmxk'), 'hello world', 'text behind padding');
  assert.equal(decoded('base64', 'a*G(V)s!bG8='), 'hello', 'letters that are none');
  assert.equal(decoded('base64', ''), '');
});

test('quoted-printable', () => {
  assert.equal(decoded('quoted-printable', 'a=3Db'), 'a=b');
  assert.equal(decoded('quoted-printable', 'a=\r\nb\r\n'), 'ab\r\n');
  assert.equal(decoded('quoted-printable', 'a  \t\r\nb'), 'a\r\nb', 'blanks at the end of a line');
  assert.equal(decoded('quoted-printable', 'a = b =zz'), 'a = b =zz', 'what is no escape stays');
  assert.equal(decoded('quoted-printable', '=e5=90=88\n'), '\xe5\x90\x88\n');
  assert.equal(decoded('quoted-printable', 'end='), 'end');
});

test('the rest', () => {
  for (const encoding of ['7bit', '8bit', 'binary']) assert.equal(decoded(encoding, 'a=3D\0'), 'a=3D\0');
  assert.equal(decoderOf('x-uuencode'), null);
});

test('pieces of any size give the same octets', () => {
  const random = seeded(9);
  const alphabets = { base64: 'QUJDabc+/=\r\n ', 'quoted-printable': '=3D0a \t\r\nxé' };
  for (const [encoding, alphabet] of Object.entries(alphabets)) {
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: random(40) }, () => alphabet.charAt(random(alphabet.length))).join(
        '',
      );
      const sizes = Array.from({ length: 8 }, () => random(6));
      assert.equal(
        decoded(encoding, text, sizes),
        decoded(encoding, text),
        JSON.stringify([encoding, text, sizes]),
      );
    }
  }
});

test('a line without end is decoded in parts, and in linear time', () => {
  const line = `${'=41'.repeat(100_000)}${' '.repeat(200_000)}x`;
  const sizes = Array<number>(50).fill(10_000);
  const expected = `${'A'.repeat(100_000)}${' '.repeat(200_000)}x`;
  assert.ok(decoded('quoted-printable', line, sizes) === expected);
});
