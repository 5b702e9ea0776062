/** What is written is read again: by our own readers, which `dovecot-agreement.test.ts` holds against Dovecot's. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inForm } from '../../services/http/jmap/header-forms.ts';
import { readContentFields } from '../../services/mail/content-fields.ts';
import { fileName } from '../../services/mail/file-name.ts';
import { readHeaderFields } from '../../services/mail/header-fields.ts';
import { decodeHeaderText } from '../../services/mail/header-text.ts';
import {
  addressField,
  bracketedField,
  dateField,
  foldedField,
  rawField,
  textField,
  writableAddress,
} from '../../services/mail/header-writer.ts';
import { mailOctets } from '../../services/mail/mail-writer.ts';
import { parameterChunks } from '../../services/mail/parameter-writer.ts';
import { transferDecoder } from '../../services/mail/transfer-decoding.ts';
import { encodedText, OctetSurvey } from '../../services/mail/transfer-encoding.ts';
import { seededRandom } from '../support/seeded-random.ts';

const letters = [
  'a',
  'Z',
  '9',
  ' ',
  ' ',
  '合',
  '同',
  'é',
  '😀',
  '"',
  '\\',
  '=?',
  '?=',
  '<',
  '>',
  ',',
  ';',
  '%',
  "'",
  '.',
];

function randomText(random: () => number, most: number): string {
  return Array.from(
    { length: Math.floor(random() * most) },
    () => letters[Math.floor(random() * letters.length)]!,
  )
    .join('')
    .trim();
}

/** The value of the field as octets in Latin-1; fails where it is not one field, or a line is too long. */
function valueIn(field: string, most = 78): string {
  assert.match(field, /\r\n$/);
  const lines = field.slice(0, -2).split('\r\n');
  for (const line of lines) assert.ok(line.length <= most, line);
  for (const line of lines.slice(1)) assert.match(line, /^ .*\S/, 'a continuation');
  assert.doesNotMatch(field.replaceAll('\r\n', ''), /[\r\n]/);
  return Buffer.from(field.slice(field.indexOf(':') + 1, -2)).toString('latin1');
}

async function written(...args: Parameters<typeof mailOctets>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of mailOctets(...args)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

describe('header fields that are written', () => {
  test('texts come back as they were, in lines that pass', () => {
    const random = seededRandom(11);
    for (let i = 0; i < 2000; i++) {
      const text = randomText(random, 200);
      assert.equal(decodeHeaderText(valueIn(textField('Subject', text)).replace(/\r\n/g, '').slice(1)), text);
    }
    assert.equal(textField('Subject', 'Plain words'), 'Subject: Plain words\r\n');
  });

  test('addresses and groups come back as they were', () => {
    const random = seededRandom(12);
    for (let i = 0; i < 1000; i++) {
      const addresses = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, n) => ({
        name: randomText(random, 60),
        address: `user${n}@acme.example`,
      }));
      const field = addressField('To', [{ name: null, addresses }]);
      assert.deepEqual(
        inForm(valueIn(field), 'Addresses'),
        addresses.map(({ name, address }) => ({ name: name.normalize('NFC') || null, email: address })),
        field,
      );
    }
    const groups = [
      { name: '采购部', addresses: [{ name: '', address: 'a@b.example' }] },
      { name: null, addresses: [{ name: 'C', address: 'c@d.example' }] },
    ];
    assert.deepEqual(inForm(valueIn(addressField('To', groups)), 'GroupedAddresses'), [
      { name: '采购部', addresses: [{ name: null, email: 'a@b.example' }] },
      { name: null, addresses: [{ name: 'C', email: 'c@d.example' }] },
    ]);
  });

  test('an address uses UTF-8 only where it must', () => {
    assert.equal(writableAddress('li@例子.example'), 'li@xn--fsqu00a.example');
    assert.equal(writableAddress('李@acme.example'), '李@acme.example');
    assert.equal(writableAddress('unfinished'), 'unfinished');
    for (const wrong of ['a@b>\r\nBcc: c@d', 'a b@c', '<a@b>', 'a@b,c@d', 'a\u0000@b', ' '])
      assert.equal(writableAddress(wrong), null, wrong);
  });

  test('ids, URLs and dates have their form', () => {
    assert.deepEqual(inForm(valueIn(bracketedField('References', ['a@b', 'c@d'], '')), 'MessageIds'), [
      'a@b',
      'c@d',
    ]);
    assert.equal(
      bracketedField('List-Post', ['mailto:a@b', 'http://c'], ','),
      'List-Post: <mailto:a@b>, <http://c>\r\n',
    );
    assert.equal(
      dateField('Date', Date.UTC(2026, 7, 13, 1, 30, 5), 480),
      'Date: Thu, 13 Aug 2026 09:30:05 +0800\r\n',
    );
    assert.match(dateField('Date', 0, -210), /20:30:00 -0330\r\n$/);
  });

  test('raw values never break out of their field', () => {
    assert.equal(rawField('X-A', ' one\n two'), 'X-A: one\r\n two\r\n');
    for (const wrong of [' a\r\nBcc: b', ' a\r\n \r\nb', ' a\rb', ' a\n', ' \u0000', ` ${'x'.repeat(1000)}`])
      assert.equal(rawField('X-A', wrong), null, JSON.stringify(wrong.slice(0, 20)));
  });

  test('file names come back as they were', () => {
    const random = seededRandom(13);
    for (let i = 0; i < 1000; i++) {
      const name =
        randomText(random, 120)
          .replace(/[\\/<>:"|?*]/g, '')
          .trim() || 'x';
      const chunks = parameterChunks('filename', name);
      const field = foldedField(
        'Content-Disposition',
        ['attachment', ...chunks].map((each, n) => (n < chunks.length ? `${each};` : each)),
      );
      valueIn(field);
      const fields = readHeaderFields(field, new Set(['content-disposition']));
      assert.equal(fileName(readContentFields(fields, false, false), ''), name, field);
    }
  });
});

describe('bodies that are written', () => {
  test('texts come back as they were, and pass every way', () => {
    const random = seededRandom(14);
    for (let i = 0; i < 500; i++) {
      const text = Array.from(
        { length: Math.floor(random() * 30) },
        () => `${randomText(random, 100)}${' '.repeat(Math.floor(random() * 3))}`,
      ).join('\n');
      const { encoding, octets } = encodedText(text);
      const survey = new OctetSurvey();
      survey.push(octets);
      assert.equal(survey.narrowest, '7bit', encoding);
      const decoder = transferDecoder(encoding)!;
      const decoded = Buffer.concat([decoder.push(octets), decoder.finish()]).toString();
      assert.equal(decoded, text.replaceAll('\n', '\r\n'));
    }
    assert.equal(encodedText('x'.repeat(999)).encoding, 'quoted-printable');
    assert.equal(encodedText('合同'.repeat(99)).encoding, 'base64');
  });

  test('octets tell what they ask of the way, however they are cut', () => {
    const told = (text: string) => {
      const survey = new OctetSurvey();
      for (const octet of Buffer.from(text)) survey.push(Uint8Array.of(octet));
      return survey.narrowest;
    };
    assert.equal(told('a\r\nb\r\n'), '7bit');
    assert.equal(told('é\r\n'), '8bit');
    for (const broken of ['a\nb', 'a\rb', 'a\r', '\0', 'x'.repeat(999)]) assert.equal(told(broken), null);
  });

  test('a mail that is attached stays as it is; only one that cannot pass is encoded', async () => {
    const attached = (text: string) =>
      written(['Subject: x\r\n'], {
        fields: ['Content-Type: message/rfc822\r\n'],
        content: {
          isMessage: true,
          open: async function* () {
            yield Buffer.from(text);
          },
        },
      });
    assert.equal(
      await attached('Subject: inner\r\n\r\nx\r\n'),
      'Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: inner\r\n\r\nx\r\n',
    );
    assert.match(await attached('Subject: inner\n\nx'), /base64\r\n\r\nU3ViamVjdDog/);
  });
});
