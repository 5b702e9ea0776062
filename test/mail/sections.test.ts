import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filterHeader } from '../../services/mail/header-filter.ts';
import {
  cachedHeader,
  partialRange,
  resolveSection,
  type SectionSpec,
  splitRange,
} from '../../services/mail/sections.ts';
import { mailOf, readableMail } from './scanning.ts';
import { ourSection } from './section-requests.ts';

const octets = mailOf(`Subject: outer
Content-Type: multipart/mixed; boundary=b

--b

one
--b
Content-Type: message/rfc822

Subject: inner
Content-Type: multipart/mixed; boundary=c

--c

two
--c--
--b
Content-Type: message/rfc822

Subject: plain

three
--b--
`);

/** `2.1.HEADER` as a request; fields behind a blank. */
function spec(name: string): SectionSpec {
  const [section, ...fields] = name.split(' ');
  const parts = section!.split('.').filter((part) => part !== '');
  const path = parts.filter((part) => /^\d+$/.test(part)).map(Number);
  const text = (parts.find((part) => !/^\d+$/.test(part)) ?? 'full') as SectionSpec['text'];
  return { path, text, fields: new Set(fields) };
}

function sectionOf(name: string, trace = ''): string | null {
  const mail = readableMail(octets, Buffer.from(trace));
  return (
    ourSection(mail, Buffer.concat([Buffer.from(trace), octets]), spec(name))?.replaceAll('\r\n', '\n') ??
    null
  );
}

describe('sections', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['header', 'Subject: outer\nContent-Type: multipart/mixed; boundary=b\n\n'],
    ['headerFields subject', 'Subject: outer\n\n'],
    ['headerFieldsNot subject', 'Content-Type: multipart/mixed; boundary=b\n\n'],
    ['1', 'one'],
    ['1.mime', '\n'],
    ['1.header', ''],
    ['1.text', ''],
    ['1.1', null],
    ['2.mime', 'Content-Type: message/rfc822\n\n'],
    ['2.header', 'Subject: inner\nContent-Type: multipart/mixed; boundary=c\n\n'],
    ['2.text', '--c\n\ntwo\n--c--'],
    ['2.headerFields subject', 'Subject: inner\n\n'],
    ['2.1', 'two'],
    ['2.2', null],
    ['3', 'Subject: plain\n\nthree'],
    ['3.1', 'three'],
    ['3.1.mime', 'Subject: plain\n\n'],
    ['3.1.1', null],
    ['3.2', null],
    ['4', null],
    ['0', null],
  ];
  for (const [name, expected] of cases) test(`BODY[${name}]`, () => assert.equal(sectionOf(name), expected));

  test('BODY[TEXT] begins behind the header and ends with the mail', () => {
    assert.equal(`${sectionOf('header')}${sectionOf('text')}`, sectionOf(''));
  });

  test('a plain message has one part, and that no parts', () => {
    const mail = readableMail(mailOf('A: b\n\nc'));
    assert.deepEqual(resolveSection(mail, spec('1')), { from: 8, to: 9, filter: 'none' });
    assert.equal(resolveSection(mail, spec('2')), null);
    assert.equal(resolveSection(mail, spec('1.1')), null);
  });

  test('a multipart without parts has an empty part 1, as BODYSTRUCTURE shows it', () => {
    const mail = readableMail(mailOf('Content-Type: multipart/mixed\n\nx'));
    const section = resolveSection(mail, spec('1'))!;
    assert.equal(section.from, section.to);
    assert.equal(resolveSection(mail, spec('2')), null);
  });

  test('a message of type message/rfc822 is its own part 1', () => {
    const text = 'Content-Type: message/rfc822\n\nSubject: x\n\ny';
    const mail = readableMail(mailOf(text));
    const inner = (name: string) => ourSection(mail, mailOf(text), spec(name))?.replaceAll('\r\n', '\n');
    assert.equal(inner('1'), 'Subject: x\n\ny');
    assert.equal(inner('1.header'), 'Subject: x\n\n');
    assert.equal(inner('1.1'), 'y');
  });
});

describe('trace text', () => {
  const trace = 'Return-Path: <a@b>\r\nReceived: by x\r\n';

  test('is the beginning of the message and of its header, and of nothing else', () => {
    const lines = trace.replaceAll('\r\n', '\n');
    assert.equal(sectionOf('', trace), lines + sectionOf(''));
    assert.equal(sectionOf('header', trace), lines + sectionOf('header'));
    assert.equal(sectionOf('headerFields received', trace), 'Received: by x\n\n');
    assert.equal(sectionOf('headerFieldsNot content-type', trace), `${lines}Subject: outer\n\n`);
    for (const name of ['text', '1', '1.mime', '2.header', '3.1'])
      assert.equal(sectionOf(name, trace), sectionOf(name));
  });

  test('counts in the size', () => {
    assert.equal(readableMail(octets, Buffer.from(trace)).octets, octets.length + trace.length);
  });

  test('a range divides into its piece of the trace and a range of the blob', () => {
    const mail = readableMail(octets, Buffer.from(trace));
    const split = (from: number, to: number) => {
      const { trace: piece, blob } = splitRange(mail, { from, to });
      return [Buffer.from(piece).toString(), blob.from, blob.to];
    };
    const shift = trace.length;
    assert.deepEqual(split(0, 10), [trace.slice(0, 10), 0, 0]);
    assert.deepEqual(split(shift - 2, shift + 5), ['\r\n', 0, 5]);
    assert.deepEqual(split(shift + 3, shift + 5), ['', 3, 5]);
  });

  test('the cached header has it, unless the header is longer than the cache', () => {
    const short = readableMail(mailOf('A: b\n\n'), Buffer.from(trace));
    assert.equal(Buffer.from(cachedHeader(short)!, 'latin1').toString(), `${trace}A: b\r\n\r\n`);
    assert.equal(cachedHeader(readableMail(mailOf(`A: ${'b'.repeat(9000)}\n\n`))), null);
  });

  test('before a blob without octets', () => {
    const mail = readableMail(new Uint8Array(), Buffer.from(trace));
    assert.deepEqual(resolveSection(mail, spec('text')), {
      from: trace.length,
      to: trace.length,
      filter: 'none',
    });
    assert.deepEqual(resolveSection(mail, spec('header')), { from: 0, to: trace.length, filter: 'none' });
  });
});

describe('header fields', () => {
  const filter = (header: string, names: readonly string[], except: boolean) =>
    filterHeader(header, new Set(names), except);
  const header = 'A: 1\r\n 2\r\nb : 3\r\njunk\r\nA: 4\r\nC: \xe9\r\n\r\n';

  test('come octet for octet and in their order', () => {
    assert.equal(filter(header, ['c', 'a'], false), 'A: 1\r\n 2\r\nA: 4\r\nC: \xe9\r\n\r\n');
    assert.equal(filter(header, ['b'], false), 'b : 3\r\n\r\n');
    assert.equal(filter(header, [], false), '\r\n');
  });

  test('all others keep what is no field', () => {
    assert.equal(filter(header, ['a'], true), 'b : 3\r\njunk\r\nC: \xe9\r\n\r\n');
  });

  test('a header without a blank line gets none', () => {
    assert.equal(filter('A: 1\r\nB: 2', ['b'], false), 'B: 2');
    assert.equal(filter('', ['b'], false), '');
  });
});

test('partial ranges end with their section', () => {
  assert.deepEqual(partialRange({ from: 10, to: 20 }, 0, 5), { from: 10, to: 15 });
  assert.deepEqual(partialRange({ from: 10, to: 20 }, 8, 5), { from: 18, to: 20 });
  assert.deepEqual(partialRange({ from: 10, to: 20 }, 99, 5), { from: 20, to: 20 });
});
