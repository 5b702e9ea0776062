import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bodyStructureText, bodyText } from '../../services/mail/body-structure.ts';
import { mailOf, scanOf } from './scanning.ts';

function structureOf(text: string): string {
  return bodyStructureText(scanOf(mailOf(text)).root);
}

describe('BODYSTRUCTURE', () => {
  test('a message that says nothing is plain text', () => {
    assert.equal(
      structureOf('\nhello\n'),
      '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 7 1 NIL NIL NIL NIL)',
    );
  });

  test('every content field', () => {
    const header = [
      'Content-Type: Image/PNG; name="a b.png"',
      'Content-ID: <1@x>',
      'Content-Description: a picture',
      'Content-Transfer-Encoding: BASE64',
      'Content-MD5: Q2hlY2s=',
      'Content-Disposition: inline; filename=a.png; size=3',
      'Content-Language: en, de',
      'Content-Location: http://x/',
    ];
    assert.equal(
      structureOf(`${header.join('\n')}\n\nAAAA`),
      '("Image" "PNG" ("name" "a b.png") "<1@x>" "a picture" "BASE64" 4 "Q2hlY2s=" ("inline" ("filename" "a.png" "size" "3"))' +
        ' ("en" "de") "http://x/")',
    );
  });

  test('a multipart with its own fields; BODY leaves the extension out', () => {
    const mail = 'Content-Type: multipart/mixed; boundary=b\nContent-Language: en\n\n--b\n\nx\n--b--\n';
    const text = '"text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0';
    assert.equal(structureOf(mail), `((${text} NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL ("en") NIL)`);
    assert.equal(bodyText(scanOf(mailOf(mail)).root), `((${text}) "mixed")`);
  });

  test('a message part has envelope, structure and lines of its message', () => {
    assert.equal(
      structureOf('Content-Type: message/rfc822\n\nSubject: x\n\ny\n'),
      '("message" "rfc822" NIL NIL NIL "7bit" 17 (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL)' +
        ' ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)',
    );
  });

  test('a multipart without a boundary or without parts shows one empty text', () => {
    const empty = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)';
    assert.equal(
      structureOf('Content-Type: multipart/mixed\n\n--b\n\nx\n'),
      `(${empty} "mixed" NIL NIL NIL NIL)`,
    );
  });

  test('a multipart that is too deep to be opened is an octet stream', () => {
    const open = (n: number) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`;
    const text = structureOf(Array.from({ length: 101 }, (_, n) => open(n)).join(''));
    assert.ok(text.includes('("application" "octet-stream" NIL NIL NIL "7bit"'));
    assert.ok(!text.includes('b100'));
  });
});

describe('content fields', () => {
  /** Media type with its parameters, as BODY shows them. */
  function typeOf(value: string): string {
    return bodyText(scanOf(mailOf(`Content-Type: ${value}\n\n`)).root)
      .replace(/ NIL NIL "7bit".*$/, '')
      .slice(1);
  }

  const types: readonly (readonly [string, string])[] = [
    ['text/html', '"text" "html" ("charset" "us-ascii")'],
    ['TEXT / HTML ; Charset = "x"', '"TEXT" "HTML" ("Charset" "x")'],
    ['(a) image (b) / (c) png (d); (e) name (f) = (g) x (h)', '"image" "png" ("name" "x")'],
    ['image', '"text" "plain" ("charset" "us-ascii")'],
    ['image/', '"text" "plain" ("charset" "us-ascii")'],
    ['', '"text" "plain" ("charset" "us-ascii")'],
    ['image/png name=x', '"image" "png" NIL'],
    ['image/png; name=x y; a=b', '"image" "png" ("name" "x" "a" "b")'],
    ['image/png;; a=b; ; c', '"image" "png" ("a" "b")'],
    ['image/png; name="a\\"b\\\\c;d"; e=""', '"image" "png" ("name" "a\\"b\\\\c;d" "e" "")'],
    ['image/png; name="a', '"image" "png" NIL'],
    ['image/png; name==?utf-8?B?YQ==?=', '"image" "png" ("name" "=?utf-8?B?YQ==?=")'],
    ['image/png; a*1=y; b=c; a*0=x', '"image" "png" ("b" "c" "a" "xy")'],
    ["image/png; a*0*=utf-8''x; A*1=y; a*2*=%41", '"image" "png" ("a*" "utf-8\'\'xy%41")'],
    ["image/png; z*=utf-8''x; a=b", '"image" "png" ("a" "b" "z*" "utf-8\'\'x")'],
    ['image/png; a*0=x; a*2=z', '"image" "png" ("a*0" "x" "a*2" "z")'],
    ['image/png; a*1=z', '"image" "png" ("a*1" "z")'],
    ['image/png; a*0=x; a*0=y', '"image" "png" ("a*0" "x" "a*0" "y")'],
  ];
  for (const [value, expected] of types) {
    test(`Content-Type: ${value}`, () => assert.equal(typeOf(value), expected));
  }

  test('of a field that stands twice the first counts', () => {
    const text = structureOf('Content-Type: a/b\nContent-Type: c/d\nContent-ID: 1\nContent-ID: 2\n\n');
    assert.equal(text, '("a" "b" NIL "1" NIL "7bit" 0 NIL NIL NIL NIL)');
  });

  test('a header without MIME-Version and Content-Type is no MIME header', () => {
    const plain = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)';
    assert.equal(structureOf('Content-Transfer-Encoding: base64\n\n'), plain);
    assert.equal(
      structureOf('MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n'),
      plain.replace('7bit', 'base64'),
    );
  });

  test('an encoding that is no token is 7bit; a disposition that is none is empty', () => {
    const text = structureOf(
      'Content-Type: a/b\nContent-Transfer-Encoding: base 64\nContent-Disposition: =?x; a=b\n\n',
    );
    assert.equal(text, '("a" "b" NIL NIL NIL "7bit" 0 NIL ("" ("a" "b")) NIL NIL)');
  });
});
