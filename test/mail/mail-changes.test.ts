/** What rules change in a mail: tags in front of subjects, texts below what was written, and the octets that follow. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { type Appended, appendTexts } from '../../services/mail/disclaimer.ts';
import { factsOf } from '../../services/mail/facts.ts';
import {
  EditedOctets,
  editedStream,
  editsOf,
  type OctetEdit,
  recordedEdits,
} from '../../services/mail/octet-edits.ts';
import { encodeStructure, openStructure } from '../../services/mail/structure-codec.ts';
import { subjectTag } from '../../services/mail/subject-tag.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { mailOf, scanOf } from './scanning.ts';
import { textsIn } from './shown-texts.ts';

const text = '本邮件含商业秘密。\nConfidential & <private>.';

async function edited(octets: Buffer, edits: readonly OctetEdit[]): Promise<Buffer> {
  const through = editsOf(recordedEdits(edits));
  const read = async function* (from: number, to: number) {
    yield octets.subarray(from, to);
  };
  return Buffer.concat(await Array.fromAsync(editedStream(new EditedOctets(octets.length, through), read)));
}

/** Whole numbers below a bound. */
function belowOf(seed: number): (bound: number) => number {
  const random = seededRandom(seed);
  return (bound) => Math.floor(random() * bound);
}

async function appended(octets: Buffer, texts: readonly string[] = [text]): Promise<Appended> {
  const found = scanOf(octets);
  const { root } = openStructure(encodeStructure(found))!;
  const places = { root, attachments: factsOf(found).attachments };
  return appendTexts(places, texts, async (from, to) => octets.subarray(from, to));
}

async function withText(octets: Buffer): Promise<Buffer> {
  const { edits, outcomes } = await appended(octets);
  assert.deepEqual(outcomes, [null]);
  return edited(octets, edits);
}

describe('octets that follow from others', () => {
  test('any range of them, whatever the edits', async () => {
    const below = belowOf(7);
    for (let round = 0; round < 200; round++) {
      const octets = Buffer.from('abcdefghijklmnopqrstuvwxyz').subarray(0, below(27));
      let at = 0;
      let expected = '';
      const edits: OctetEdit[] = [];
      while (at < octets.length && edits.length < 4) {
        const next = at + below(octets.length - at + 1);
        const remove = below(octets.length - next + 1);
        const insert = Buffer.from('0123456789').subarray(0, below(10));
        expected += octets.toString('latin1', at, next) + insert.toString();
        edits.push({ at: next, remove, insert });
        at = next + remove;
      }
      expected += octets.toString('latin1', at);
      const whole = new EditedOctets(octets.length, edits);
      assert.equal(whole.octets, expected.length);
      const from = below(expected.length + 1);
      const to = from + below(expected.length - from + 1);
      const pieces = [...whole.within(from, to)].map((piece) =>
        'insert' in piece ? piece.insert : octets.subarray(piece.from, piece.to),
      );
      assert.equal(Buffer.concat(pieces).toString(), expected.slice(from, to));
    }
  });

  test('edits that are not of these octets are none', () => {
    const insert = Buffer.from('x');
    for (const edits of [
      [{ at: 11, remove: 0, insert }],
      [{ at: 9, remove: 2, insert }],
      [
        { at: 5, remove: 2, insert },
        { at: 6, remove: 0, insert },
      ],
      [{ at: 5, remove: -1, insert }],
    ])
      assert.throws(() => new EditedOctets(10, edits), RangeError);
  });
});

describe('a tag in front of the subject', () => {
  const cases: readonly [string, string, string, string][] = [
    ['plain', 'From: a\nSubject: Offer\n\n', 'Spam', 'From: a\nSubject: Spam\n Offer\n\n'],
    ['no blank', 'Subject:Offer\n\n', 'Spam', 'Subject: Spam\n Offer\n\n'],
    ['empty', 'Subject:\n\n', 'Spam', 'Subject: Spam\n\n'],
    ['folded at once', 'Subject:\n Offer\n\n', 'Spam', 'Subject: Spam\n Offer\n\n'],
    ['none', 'From: a\n\n', 'Spam', 'Subject: Spam\nFrom: a\n\n'],
    ['twice', 'Subject: one\nSubject: two\n\n', 'Spam', 'Subject: Spam\n one\nSubject: two\n\n'],
  ];
  for (const [name, before, tag, after] of cases) {
    test(name, async () => {
      const octets = mailOf(before);
      const tagged = await edited(octets, [subjectTag(octets.toString('latin1'), tag)!]);
      assert.equal(tagged.toString('latin1').replaceAll('\r\n', '\n'), after);
    });
  }

  test('between encoded words the space is shown as well', async () => {
    const octets = mailOf('Subject: =?utf-8?B?5ZCI5ZCM?=\n\ntext\n');
    const tagged = await edited(octets, [subjectTag(octets.toString('latin1'), '[外部]')!]);
    assert.equal(factsOf(scanOf(tagged)).subject, '[外部] 合同');
  });

  test('an answer to what was tagged is not tagged again', () => {
    for (const subject of ['Re: [外部] 合同', '=?utf-8?B?W+WklumDqF0=?= x'])
      assert.equal(subjectTag(Buffer.from(`Subject: ${subject}\r\n\r\n`).toString('latin1'), '[外部]'), null);
  });
});

describe('a text below what was written', () => {
  const head = (type: string, encoding: string) =>
    `MIME-Version: 1.0\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  const mail = (type: string, encoding: string, body: Uint8Array | string) =>
    Buffer.concat([Buffer.from(head(type, encoding)), Buffer.from(body)]);
  const base64 = (octets: Uint8Array) =>
    Buffer.from(octets)
      .toString('base64')
      .replace(/.{1,76}/g, '$&\r\n');
  const page = '<html><body><p>采购合同</p></BODY ></html>\r\n';
  const plain = '采购合同\r\n';
  const gb = (each: string) => iconv.encode(each, 'gb18030');

  const mails: readonly [string, Buffer, RegExp][] = [
    ['plain, 8bit, UTF-8', mail('text/plain; charset=utf-8', '8bit', plain), /8bit/],
    [
      'plain, 8bit, GBK stays GBK',
      mail('text/plain; charset=gbk', '8bit', gb(plain)),
      /charset=gbk[\s\S]*8bit/,
    ],
    [
      'plain, base64, Big5',
      mail('text/plain; charset=big5', 'base64', base64(iconv.encode('採購\r\n', 'big5'))),
      /big5|utf-8/,
    ],
    [
      'plain, base64, GB2312',
      mail('text/plain; charset=gb2312', 'base64', base64(gb(plain))),
      /gb2312[\s\S]*base64/,
    ],
    [
      'plain, quoted-printable',
      mail('text/plain; charset=utf-8', 'quoted-printable', '=E5=90=88\r\n'),
      /quoted/,
    ],
    [
      'plain, 7bit, ASCII: written anew',
      mail('text/plain; charset=us-ascii; format=flowed', '7bit', 'Hello\r\n'),
      /charset=utf-8; format=flowed[\s\S]*(quoted-printable|base64)/,
    ],
    [
      'no MIME at all: written anew',
      Buffer.from('Subject: x\r\n\r\nHello\r\n'),
      /MIME-Version[\s\S]*charset=utf-8/,
    ],
    [
      'ISO-2022-JP: written anew',
      mail('text/plain; charset="iso-2022-jp"', '7bit', '\x1b$B9g\x1b(B\r\n'),
      /charset=utf-8/,
    ],
    ['page, 7bit', mail('text/html; charset=us-ascii', '7bit', '<p>x</p></body>'), /us-ascii[\s\S]*7bit/],
    ['page, 8bit, GBK', mail('text/html; charset=gbk', '8bit', gb(page)), /charset=gbk[\s\S]*8bit/],
    ['page, base64', mail('text/html; charset=utf-8', 'base64', base64(Buffer.from(page))), /base64/],
    [
      'page, quoted-printable, cut in the tag',
      mail('text/html; charset=utf-8', 'quoted-printable', '<p>x=3D</p></bo=\r\ndy>\r\n'),
      /quoted/,
    ],
    [
      'a fragment of a page',
      mail('text/html; charset=utf-8', 'base64', base64(Buffer.from('<p>合同</p>'))),
      /base64/,
    ],
  ];
  for (const [name, octets, says] of mails) {
    test(name, async () => {
      const [before] = await textsIn(octets);
      const after = await withText(octets);
      assert.match(after.toString('latin1'), says);
      const [shown] = await textsIn(after);
      assert.ok(shown!.startsWith(before!.trimEnd()), shown);
      const rest = shown!.slice(before!.trimEnd().length).replaceAll('\r', '');
      assert.match(rest, /^\n+本邮件含商业秘密。\n+Confidential & <private>\.\s*$/);
      for (const line of after.toString('latin1').split('\r\n')) assert.ok(line.length <= 998);
      assert.deepEqual((await appended(after)).outcomes, ['alreadyThere']);
    });
  }

  test('the end of the page is where it was: what is new stands before it', async () => {
    for (const [name, octets] of mails.filter(([each]) => each.startsWith('page'))) {
      const html = (await textsIn(await withText(octets), false))[0]!;
      assert.match(html, /private[\s\S]*<\/body/i, name);
    }
  });

  test('every length in base64: nothing before and behind is lost', async () => {
    for (let length = 0; length < 120; length++) {
      const body = `<p>${'x'.repeat(length)}</p></body></html>`;
      const after = await withText(mail('text/html; charset=utf-8', 'base64', base64(Buffer.from(body))));
      const [html] = await textsIn(after, false);
      assert.ok(
        html!.startsWith(`<p>${'x'.repeat(length)}</p>`) && html!.endsWith('</body></html>'),
        `${length}`,
      );
    }
  });

  const parts = (subtype: string, ...bodies: readonly string[]) =>
    mailOf(
      `MIME-Version: 1.0\nContent-Type: multipart/${subtype}; boundary=b\n\n${bodies.map((body) => `--b\n${body}\n`).join('')}--b--\n`,
    );
  const words = 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nx';

  test('both forms of an alternative have it; an attached text has not', async () => {
    const html = 'Content-Type: text/html; charset=utf-8\n\n<p>x</p>';
    const attached = 'Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nfile';
    const inner = `Content-Type: multipart/alternative; boundary=c\n\n--c\n${words}\n--c\n${html}\n--c--`;
    const after = await withText(parts('mixed', inner, attached));
    const shown = await textsIn(after);
    assert.equal(shown.filter((each) => each.includes('本邮件含商业秘密')).length, 2);
    assert.match(after.toString(), /\r\n\r\nfile\r\n--b--/);
  });

  test('what is signed or encrypted is left as it is, and so is what has no text', async () => {
    const signature = 'Content-Type: application/pkcs7-signature\nContent-Transfer-Encoding: base64\n\nAAAA';
    const cases: readonly [Buffer, string][] = [
      [parts('signed', words, signature), 'signed'],
      [parts('mixed', `Content-Type: multipart/signed; boundary=c\n\n--c\n${words}\n--c--`), 'signed'],
      [parts('encrypted', 'Content-Type: application/pgp-encrypted\n\nVersion: 1', words), 'encrypted'],
      [mailOf('MIME-Version: 1.0\nContent-Type: application/pkcs7-mime\n\nAAAA\n'), 'encrypted'],
      [mailOf('Subject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----\nx\n'), 'signed'],
      [mailOf('Subject: x\n\n-----BEGIN PGP MESSAGE-----\nx\n'), 'encrypted'],
      [parts('mixed', 'Content-Type: application/pdf\n\nx'), 'noText'],
      [
        mailOf('MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nx\n'),
        'noText',
      ],
      [mailOf(`Subject: x\n\n${'line\n'.repeat(300_000)}`), 'tooLarge'],
      [mailOf(`Subject: x\n\n${'line\n'.repeat(100_000)}`), 'tooLarge'],
    ];
    for (const [octets, because] of cases)
      assert.deepEqual(await appended(octets), { edits: [], outcomes: [because] });
  });

  test('an answer that quotes it has it already, however its lines are broken', async () => {
    const quoted = '> 本邮件含\r\n> 商业秘密。\r\n> Confidential &\r\n> <private>.\r\n';
    const octets = mail('text/plain; charset=utf-8', '8bit', `好\r\n${quoted}`);
    assert.deepEqual((await appended(octets, [text, 'another'])).outcomes, ['alreadyThere', null]);
  });

  test('no octets break it', async () => {
    const below = belowOf(11);
    for (let round = 0; round < 300; round++) {
      const [, octets] = mails[below(mails.length)]!;
      const broken = Buffer.from(octets);
      for (let i = 0; i < 6; i++) broken[below(broken.length)] = below(256);
      const { edits } = await appended(broken);
      await edited(
        broken,
        edits.toSorted((a, b) => a.at - b.at),
      );
    }
  });
});
