import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imapNstring, imapString } from '../../services/mail/imap-string.ts';
import { mailOf, scanOf } from './scanning.ts';

function envelopeOf(header: string): string {
  return scanOf(mailOf(`${header}\n`)).root.envelope!;
}

describe('strings', () => {
  test('quoted where the octets allow it', () => {
    assert.equal(imapString('a "b" \\c\t'), '"a \\"b\\" \\\\c\t"');
    assert.equal(imapString(''), '""');
    assert.equal(imapNstring(null), 'NIL');
  });

  test('a literal for 8-bit, CR, LF and NUL', () => {
    for (const octet of ['\x80', '\xff', '\r', '\n', '\0'])
      assert.equal(imapString(`a${octet}`), `{2}\r\na${octet}`);
  });
});

describe('ENVELOPE', () => {
  test('every field', () => {
    const header = [
      'Date: Thu, 1 Jan 2026 00:00:00 +0000',
      'Subject: Hello',
      'From: A <a@x>',
      'Sender: s@x',
      'Reply-To: r@x',
      'To: t@x, u@x',
      'Cc: c@x',
      'Bcc: b@x',
      'In-Reply-To: <1@x>',
      'Message-ID: <2@x>',
    ];
    assert.equal(
      envelopeOf(`${header.join('\n')}\n`),
      '("Thu, 1 Jan 2026 00:00:00 +0000" "Hello" (("A" NIL "a" "x")) ((NIL NIL "s" "x")) ((NIL NIL "r" "x"))' +
        ' ((NIL NIL "t" "x")(NIL NIL "u" "x")) ((NIL NIL "c" "x")) ((NIL NIL "b" "x")) "<1@x>" "<2@x>")',
    );
  });

  test('Sender and Reply-To that are missing or empty follow From', () => {
    const from = '((NIL NIL "a" "x"))';
    assert.equal(
      envelopeOf('From: a@x\nReply-To: \n'),
      `(NIL NIL ${from} ${from} ${from} NIL NIL NIL NIL NIL)`,
    );
  });

  test('no fields at all', () => {
    assert.equal(envelopeOf(''), '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)');
  });

  test('an empty text field is empty, not missing', () => {
    assert.equal(envelopeOf('Subject:\nDate: \n'), '("" "" NIL NIL NIL NIL NIL NIL NIL NIL)');
  });

  test('addresses that stand twice are one list; of texts the last counts', () => {
    const envelope = envelopeOf('Subject: one\nTo: a@x\nSUBJECT : two\nTo: b@x\n');
    assert.equal(envelope, '(NIL "two" NIL NIL NIL ((NIL NIL "a" "x")(NIL NIL "b" "x")) NIL NIL NIL NIL)');
  });

  test('a folded subject is one line with single blanks, an id keeps its own', () => {
    const envelope = envelopeOf('Subject: a\n\t b  c \n d \nMessage-ID:\n <1  2@x>\n');
    assert.equal(envelope, '(NIL "a b c d" NIL NIL NIL NIL NIL NIL NIL "<1  2@x>")');
  });

  test('lines without a colon and their continuations are no fields', () => {
    assert.equal(
      envelopeOf(' Subject: a\nSubject b\n Subject: c\nX: d\n'),
      '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)',
    );
  });

  test('groups, missing parts, raw octets, NUL', () => {
    const envelope = envelopeOf('To: g: a@x;\nCc: root, <@x>\nSubject: \xe9\nDate: a\0b\n');
    assert.equal(
      envelope,
      '({5}\r\na\xef\xbf\xbdb {1}\r\n\xe9 NIL NIL NIL ((NIL NIL "g" NIL)(NIL NIL "a" "x")(NIL NIL NIL NIL))' +
        ' ((NIL NIL "root" "MISSING_DOMAIN")(NIL "@x" "MISSING_MAILBOX" "MISSING_DOMAIN")) NIL NIL NIL)',
    );
  });
});
