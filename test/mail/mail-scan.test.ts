import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maxHeaderOctets } from '../../services/mail/header-buffer.ts';
import type { MailPart } from '../../services/mail/mail-part.ts';
import { MailScan } from '../../services/mail/mail-scan.ts';
import { scanLimits } from '../../services/mail/part-tree.ts';
import { mailOf, partAt, scanOf } from './scanning.ts';

const multipart = 'Content-Type: multipart/mixed; boundary=b\n\n';

/** Header and body of a part as texts, line ends as LF. */
function texts(octets: Buffer, part: MailPart): { header: string; body: string; lines: number } {
  const text = (from: number, to: number) => octets.toString('latin1', from, to).replaceAll('\r\n', '\n');
  return {
    header: text(part.headerStart, part.bodyStart),
    body: text(part.bodyStart, part.bodyEnd),
    lines: part.bodyLines,
  };
}

/** All leaves' texts of a mail. */
function leaves(octets: Buffer): { header: string; body: string; lines: number }[] {
  const found: MailPart[] = [];
  const visit = (part: MailPart): void => {
    if (part.kind === 'leaf') found.push(part);
    part.children.forEach(visit);
  };
  visit(scanOf(octets).root);
  return found.map((part) => texts(octets, part));
}

describe('parts and their places', () => {
  test('a plain message', () => {
    const mail = mailOf('Subject: x\n\none\ntwo');
    const { root, octets, headerText } = scanOf(mail);
    assert.deepEqual(texts(mail, root), { header: 'Subject: x\n\n', body: 'one\ntwo', lines: 1 });
    assert.equal(octets, mail.length);
    assert.equal(headerText, 'Subject: x\r\n\r\n');
  });

  test('the line end before a delimiter line belongs to it', () => {
    const mail = mailOf(`${multipart}preamble\n--b\n\none\n\n--b  \nA: b\n\ntwo\n--b--\nepilogue\n`);
    assert.deepEqual(leaves(mail), [
      { header: '\n', body: 'one\n', lines: 1 },
      { header: 'A: b\n\n', body: 'two', lines: 0 },
    ]);
  });

  test('bare LF is a line end of one octet', () => {
    const mail = Buffer.from(`${multipart}--b\n\none\n--b--\n`);
    assert.deepEqual(leaves(mail), [{ header: '\n', body: 'one', lines: 0 }]);
    assert.equal(scanOf(mail).root.bodyStart, multipart.length);
  });

  test('a bare CR is no line end, NUL is an octet', () => {
    const mail = Buffer.from(`${multipart}--b\n\no\rn\0e\r--b\n--b--`);
    assert.deepEqual(leaves(mail), [{ header: '\n', body: 'o\rn\0e\r--b', lines: 0 }]);
  });

  test('without a closing delimiter the last part takes the rest', () => {
    assert.deepEqual(leaves(mailOf(`${multipart}--b\n\none\n`)), [{ header: '\n', body: 'one\n', lines: 1 }]);
  });

  test('a delimiter line of the outer multipart ends the inner one', () => {
    const mail = mailOf(
      `${multipart}--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--c\n\n--b--\n`,
    );
    assert.deepEqual(
      leaves(mail).map(({ body }) => body),
      ['one', 'two\n--c\n'],
    );
  });

  test('of boundaries that begin alike the longest that fits counts', () => {
    const mail = mailOf(
      `${multipart}--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--b\n\ntwo\n`,
    );
    assert.deepEqual(
      leaves(mail).map(({ body }) => body),
      ['one', 'two\n'],
    );
  });

  test('behind the closing delimiter its boundary delimits nothing', () => {
    assert.equal(leaves(mailOf(`${multipart}--b\n\none\n--b--\n--b\n\ntwo\n`)).length, 1);
  });

  test('a delimiter line cuts off a header', () => {
    const mail = mailOf(`${multipart}--b\nContent-Type: text/html\n--b\n\n--b\n--b--\n`);
    assert.deepEqual(
      leaves(mail).map(({ header, body }) => [header, body]),
      [
        ['Content-Type: text/html', ''],
        ['', ''],
        ['', ''],
      ],
    );
  });

  test('a delimiter at the very end begins no part', () => {
    assert.equal(leaves(mailOf(`${multipart}--b\n\none\n--b`)).length, 1);
    assert.equal(leaves(mailOf(`${multipart}--b\n\none\n--b\n`)).length, 2);
  });

  test('no octets at all', () => {
    assert.deepEqual(texts(Buffer.alloc(0), scanOf().root), { header: '', body: '', lines: 0 });
  });
});

describe('messages in messages', () => {
  for (const type of ['message/rfc822', 'Message/Global']) {
    test(`${type} holds one message`, () => {
      const mail = mailOf(`Content-Type: ${type}\n\nSubject: inner\n\nbody\n`);
      const { root } = scanOf(mail);
      assert.equal(root.kind, 'message');
      assert.deepEqual(texts(mail, root), {
        header: `Content-Type: ${type}\n\n`,
        body: 'Subject: inner\n\nbody\n',
        lines: 3,
      });
      assert.equal(partAt(root, 0).envelope, '(NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL)');
      assert.equal(texts(mail, partAt(root, 0)).body, 'body\n');
    });
  }

  test('parts of a digest are messages unless they say otherwise', () => {
    const digest =
      'Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b\nContent-Type: text/plain\n\nz\n';
    const { root } = scanOf(mailOf(digest));
    assert.deepEqual(
      root.children.map((part) => part.kind),
      ['message', 'leaf'],
    );
  });

  test('only messages have an envelope', () => {
    const { root } = scanOf(mailOf(`${multipart}--b\nSubject: no\n\nx\n`));
    assert.notEqual(root.envelope, null);
    assert.equal(partAt(root, 0).envelope, null);
  });
});

describe('limits', () => {
  /** A guard against quadratic time, far above what linear time takes. */
  const options = { timeout: 60_000 };

  test('10,000 multiparts, each in the one before', options, () => {
    const mail = Array.from(
      { length: 10_000 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`,
    );
    let part = scanOf(mailOf(mail.join(''))).root;
    let depth = 0;
    for (; part.children.length > 0; depth++) part = part.children[0]!;
    assert.equal(depth, scanLimits.maxDepth);
    assert.equal(part.kind, 'leaf');
  });

  test('10,000 messages, each in the one before', options, () => {
    let part = scanOf(mailOf('Content-Type: message/rfc822\n\n'.repeat(10_000))).root;
    let depth = 0;
    for (; part.children.length > 0; depth++) part = part.children[0]!;
    assert.equal(depth, scanLimits.maxDepth);
  });

  test('20,000 parts: the last that may be opened takes the rest', options, () => {
    const mail = mailOf(`${multipart}${'--b\n\nx\n'.repeat(20_000)}--b--\n`);
    const { root } = scanOf(mail);
    assert.equal(root.children.length, scanLimits.maxParts - 1);
    assert.equal(root.children.at(-1)!.bodyEnd, mail.length);
  });

  test('headers of 4 MiB in all: no further part is opened', options, () => {
    const part = `--b\nX: ${'x'.repeat(100_000)}\n\n`;
    const { root } = scanOf(mailOf(multipart + part.repeat(100)));
    assert.equal(root.children.length, Math.ceil(scanLimits.maxHeaderOctetsInAll / 100_000));
  });

  test('100,000 headers: the first 256 KiB are kept, all are counted', options, () => {
    const header = `${'X-Header: value\n'.repeat(100_000)}Subject: late\n\n`;
    const mail = mailOf(`${header}body`);
    const { root, headerText } = scanOf(mail);
    assert.equal(headerText.length, maxHeaderOctets);
    assert.equal(texts(mail, root).body, 'body');
  });

  test('a line of 100 MB, in the header and in the body', options, () => {
    const line = Buffer.alloc(1_000_000, 'x');
    const scan = new MailScan();
    for (const text of ['A: ', '\r\n\r\n', '']) {
      scan.push(Buffer.from(text));
      if (text !== '\r\n\r\n') for (let count = 0; count < 100; count++) scan.push(line);
    }
    const { root, octets } = scan.finish();
    assert.equal(root.bodyStart, 100_000_007);
    assert.equal(octets, 200_000_007);
  });

  test(
    'a boundary of one on every line, for 100 open multiparts with boundaries that begin alike',
    options,
    () => {
      const boundary = (n: number) => 'b'.repeat(70) + String(n).padStart(3, '0');
      const head = Array.from(
        { length: 100 },
        (_, n) => `Content-Type: multipart/mixed; boundary=${boundary(n)}\n\n--${boundary(n)}\n`,
      );
      const { root } = scanOf(mailOf(`${head.join('')}\n${`--${'b'.repeat(70)}\n`.repeat(50_000)}`));
      assert.equal(root.kind, 'multipart');
    },
  );
});
