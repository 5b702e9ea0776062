/** Whatever comes: the scan never throws, the tree is consistent, and chunk borders change nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { factsOf } from '../../services/mail/facts.ts';
import type { MailPart, ScannedStructure } from '../../services/mail/mail-part.ts';
import { encodeStructure, openStructure } from '../../services/mail/structure-codec.ts';
import { readTokens } from '../support/imap-tokens.ts';
import { corpusIsThere, corpusMails, withCrlf } from '../support/mail-corpus.ts';
import { MailGenerator } from './generated-mails.ts';
import { scanOf } from './scanning.ts';

function randomChunks(mail: Buffer, random: MailGenerator): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < mail.length; ) {
    const length = random.pick([1, 1, 2, 3, 7, 50, 1000]);
    chunks.push(mail.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

const interesting = [
  '\r',
  '\n',
  '\r\n',
  '--b',
  '--',
  '\0',
  '"',
  '\\',
  '(',
  '=?',
  '?=',
  ';',
  'é',
  ' ',
  '\t',
  ':',
  '<',
  '>',
  '--b--\r\n',
];

/** A few octets changed, cut out, put in, or repeated. */
function mutate(mail: Buffer, random: MailGenerator): Buffer {
  let mutated = mail;
  for (let count = 1 + random.below(8); count > 0; count--) {
    const at = random.below(mutated.length + 1);
    const end = Math.min(mutated.length, at + random.below(100));
    const insert = random.pick([
      Buffer.alloc(0),
      Buffer.from(random.pick(interesting), 'latin1'),
      mutated.subarray(at, end),
    ]);
    mutated = Buffer.concat([mutated.subarray(0, at), insert, mutated.subarray(random.pick([at, end]))]);
  }
  return mutated;
}

function assertConsistent(part: MailPart, from: number, to: number): void {
  assert.ok(
    from <= part.headerStart && part.headerStart <= part.bodyStart,
    'the header lies behind what is before',
  );
  assert.ok(part.bodyStart <= part.bodyEnd && part.bodyEnd <= to, 'the body lies within its container');
  assert.ok(
    part.bodyLines >= 0 && part.bodyLines <= part.bodyEnd - part.bodyStart,
    'no more lines than octets',
  );
  assert.equal(part.kind === 'message' ? part.children.length : 1, 1, 'a message holds one message');
  let next = part.bodyStart;
  for (const child of part.children) {
    assertConsistent(child, next, part.bodyEnd);
    next = child.bodyEnd;
  }
}

/** Line feeds as the octets have them. */
function assertLines(part: MailPart, mail: Buffer): void {
  const body = mail.subarray(part.bodyStart, part.bodyEnd);
  assert.equal(
    part.bodyLines,
    body.filter((octet) => octet === 10).length,
    'lines are line feeds of the body',
  );
  for (const child of part.children) assertLines(child, mail);
}

function check(mail: Buffer, random: MailGenerator): void {
  const structure: ScannedStructure = scanOf(mail);
  assertConsistent(structure.root, 0, mail.length);
  assertLines(structure.root, mail);
  assert.equal(structure.root.bodyEnd, mail.length);
  assert.deepEqual(scanOf(...randomChunks(mail, random)), structure);
  const view = openStructure(encodeStructure(structure))!;
  for (const text of [view.envelope, view.body, view.bodyStructure]) {
    assert.equal(readTokens(Buffer.from(text).toString('latin1')).length, 1, 'one well-formed list');
  }
  assert.equal(typeof factsOf(structure).subject, 'string');
}

function checkOrName(mail: Buffer, random: MailGenerator): void {
  try {
    check(mail, random);
  } catch (error) {
    throw new Error(`mail ${JSON.stringify(mail.toString('latin1').slice(0, 3000))}`, { cause: error });
  }
}

describe('random mails', () => {
  test('generated', () => {
    const random = new MailGenerator(20261121);
    for (let count = 0; count < 2000; count++) checkOrName(random.mail(), random);
  });

  test('generated, then damaged', () => {
    const random = new MailGenerator(7);
    for (let count = 0; count < 3000; count++) checkOrName(mutate(random.mail(), random), random);
  });

  test('of the corpus, then damaged', { skip: corpusIsThere ? false : '../shared/corpus is absent' }, () => {
    const random = new MailGenerator(99);
    const small = corpusMails().filter(({ octets }) => octets.length < 20_000);
    for (const { octets } of small) {
      for (let count = 0; count < 4; count++) checkOrName(mutate(octets, random), random);
    }
  });

  test('noise', () => {
    const random = new MailGenerator(3);
    for (let count = 0; count < 1000; count++) {
      const pieces = Array.from({ length: random.below(60) }, () =>
        random.pick([...interesting, 'Content-Type: ', 'multipart/mixed; boundary=b', 'a']),
      );
      checkOrName(Buffer.from(pieces.join(''), 'latin1'), random);
    }
  });
});

/** The same mail with CRLF and with LF: one structure, and each line end an octet shorter. */
function assertSameButLineEnds(crlf: MailPart, lf: MailPart): void {
  assert.equal(lf.kind, crlf.kind);
  assert.equal(lf.bodyLines, crlf.bodyLines);
  assert.equal(crlf.bodyEnd - crlf.bodyStart - (lf.bodyEnd - lf.bodyStart), crlf.bodyLines);
  assert.equal(lf.envelope, crlf.envelope);
  assert.deepEqual(lf.content, crlf.content);
  assert.equal(lf.children.length, crlf.children.length);
  for (const [index, child] of crlf.children.entries()) assertSameButLineEnds(child, lf.children[index]!);
}

test('bare LF changes nothing but octets', {
  skip: corpusIsThere ? false : '../shared/corpus is absent',
}, () => {
  for (const { octets } of corpusMails()) {
    const lf = Buffer.from(octets.toString('latin1').replace(/\r+\n/g, '\n'), 'latin1');
    assertSameButLineEnds(scanOf(withCrlf(lf)).root, scanOf(lf).root);
  }
});
