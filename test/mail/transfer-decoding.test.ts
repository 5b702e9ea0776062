import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { transferDecoder } from '../../services/mail/transfer-decoding.ts';
import { MailGenerator } from './generated-mails.ts';

/** Decodes pieces, octets as Latin-1. */
function decoded(encoding: string, ...pieces: readonly string[]): string {
  const decoder = transferDecoder(encoding)!;
  const out = pieces.map((piece) => Buffer.from(decoder.push(Buffer.from(piece, 'latin1'))));
  return Buffer.concat([...out, decoder.finish()]).toString('latin1');
}

/** The text in pieces of one octet, and in random ones, must come out as it does in one. */
function assertInPieces(encoding: string, text: string, expected: string, random: MailGenerator): void {
  assert.equal(decoded(encoding, text), expected);
  assert.equal(decoded(encoding, ...text), expected);
  const pieces: string[] = [];
  for (let rest = text; rest !== ''; rest = rest.slice(pieces.at(-1)!.length))
    pieces.push(rest.slice(0, 1 + random.below(9)));
  assert.equal(decoded(encoding, ...pieces), expected);
}

const random = new MailGenerator(1);

describe('base64', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['lines', 'aGVs\r\nbG8=\r\n', 'hello'],
    ['without padding', 'aGVsbG8', 'hello'],
    ['several texts, each with its padding', 'YQ==\r\nYg==\r\nYw==', 'abc'],
    ['what does not belong there', 'aG Vs*-!bG\x80\0 8', 'hello'],
    ['one letter too many', 'aGVsbG8gb', 'hello '],
    ['too much padding', 'YQ=====Yg==', 'ab'],
    ['nothing', '', ''],
  ];
  for (const [name, text, expected] of cases)
    test(name, () => assertInPieces('base64', text, expected, random));

  test('of all octets', () => {
    const octets = Buffer.from(Array.from({ length: 1000 }, (_, n) => (n * 7) & 0xff));
    const text = octets.toString('base64').replace(/.{76}/g, '$&\r\n');
    assertInPieces('base64', text, octets.toString('latin1'), random);
  });
});

describe('quoted-printable', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['escapes in capitals and small letters', 'caf=C3=A9 =3d', 'caf\xc3\xa9 ='],
    ['soft line breaks', 'a=\r\nb=\nc', 'abc'],
    ['soft line breaks with blanks behind the sign', 'a= \t\r\nb', 'ab'],
    ['blanks before a line end go', 'a \t\r\nb \n \t c', 'a\r\nb\n \t c'],
    ['escaped blanks stay', 'a=20\r\nb=09=\r\n', 'a \r\nb\t'],
    ['wrong escapes stay', 'a=b =XY =4 =\x80 ==41', 'a=b =XY =4 =\x80 =A'],
    ['a sign at the end', 'a=', 'a'],
    ['a cut escape at the end', 'a=4', 'a=4'],
    ['raw octets and bare CR', '\xe9\rb', '\xe9\rb'],
    ['nothing', '', ''],
  ];
  for (const [name, text, expected] of cases)
    test(name, () => assertInPieces('quoted-printable', text, expected, random));

  test('a line that is longer than what is held back', () => {
    const line = 'x=C3=A9 '.repeat(5000);
    assertInPieces('quoted-printable', `${line}\r\n`, `${'x\xc3\xa9 '.repeat(4999)}x\xc3\xa9\r\n`, random);
  });

  test('random texts, in any pieces', () => {
    for (let count = 0; count < 300; count++) {
      const text = Array.from({ length: random.below(80) }, () =>
        random.pick(['=', '=3D', ' ', '\t', '\r', '\n', '\r\n', 'a', '4', 'x'.repeat(700)]),
      ).join('');
      assertInPieces('quoted-printable', text, decoded('quoted-printable', text), random);
    }
  });
});

test('7bit, 8bit and binary are what they are; others are unknown', () => {
  for (const encoding of ['7bit', '8bit', 'binary'])
    assert.equal(decoded(encoding, 'a=\r\n', '\xff'), 'a=\r\n\xff');
  for (const encoding of ['x-uuencode', 'BASE64', '']) assert.equal(transferDecoder(encoding), null);
});
