/** What rules look at inside a mail: texts, types by content, header fields, protection. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { factsOf } from '../../services/mail/facts.ts';
import { htmlText } from '../../services/mail/html-text.ts';
import { MailScan } from '../../services/mail/mail-scan.ts';
import {
  type MailTexts,
  readMailTexts,
  textLimits,
  type WantedTexts,
} from '../../services/mail/mail-texts.ts';
import { officeText } from '../../services/mail/office-text.ts';
import { pdfText } from '../../services/mail/pdf-text.ts';
import { encodeStructure, openStructure } from '../../services/mail/structure-codec.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { docx, pdf, xlsx, zipOf } from './documents.ts';

const everything: WantedTexts = {
  body: true,
  attachments: true,
  attachmentTypes: true,
  attachmentNames: true,
  protection: true,
  headers: [],
};

async function textsOf(mail: string | Buffer, wanted: WantedTexts = everything): Promise<MailTexts> {
  const octets = Buffer.from(mail);
  const scan = new MailScan();
  scan.push(octets);
  const found = scan.finish();
  const { root } = openStructure(encodeStructure(found))!;
  return readMailTexts({ root, attachments: factsOf(found).attachments }, wanted, async (from, to) =>
    octets.subarray(from, to),
  );
}

interface Part {
  readonly type: string;
  readonly content: string | Uint8Array;
  readonly name?: string;
}

function mixed(...parts: readonly Part[]): string {
  const written = parts.map(({ type, content, name }) => {
    const disposition = name === undefined ? '' : `\r\nContent-Disposition: attachment; filename="${name}"`;
    const base64 = Buffer.from(content).toString('base64');
    return `--b\r\nContent-Type: ${type}${disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`;
  });
  return `MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${written.join('')}--b--\r\n`;
}

function attached(content: string | Uint8Array, type = 'application/octet-stream'): Promise<MailTexts> {
  return textsOf(mixed({ type: 'text/plain', content: 'x' }, { type, content, name: 'a' }));
}

describe('texts of HTML', () => {
  const cases: readonly [string, string][] = [
    ['<p>采购<b>合</b>同</p><p>two</p>', '采购合同\ntwo\n'],
    ['a&amp;b &#21512;&#x540c;', 'a&b 合同'],
    ['<style>x</style><script>if (a<b) "y"</script>z<!-- no -->', 'z'],
    ['<div hidden style="display:none">hidden</div>', 'hidden\n'],
    ['a<br>b<td>c<td>d', 'a\nb\nc\nd\n'],
    ['<p>open <b', 'open \n'],
  ];
  for (const [html, text] of cases) test(html, () => assert.equal(htmlText(html, 1000).text, text));

  test('end where they are long enough', () => {
    const cut = htmlText('<p>合同'.repeat(1_000_000), 1000);
    assert.deepEqual([cut.text.length, cut.isFull], [1000, true]);
  });

  test('any octets give some text', () => {
    const random = seededRandom(5);
    const pieces = [
      '<',
      '>',
      '</p',
      '<p ',
      '"',
      '&',
      '&#',
      'x;',
      '<!--',
      '-->',
      '<script>',
      '<![CDATA[',
      '合',
      '\0',
    ];
    for (let round = 0; round < 500; round++) {
      const html = Array.from({ length: 60 }, () => pieces[Math.floor(random() * pieces.length)]).join('');
      assert.equal(typeof htmlText(html, 100).text, 'string');
    }
  });
});

describe('texts of documents', () => {
  test('Word: runs of a paragraph are one text; headers and footers belong to it, styles do not', () => {
    const text = officeText(docx(['采购', '合同'], ['A &amp; B']), 1000)!.text;
    assert.deepEqual(
      text
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
      ['A & B', '采购合同', '页脚'].sort(),
    );
  });

  test('Excel: shared texts, texts in cells and numbers; no numbers of shared texts', () => {
    const cells =
      '<c t="s"><v>0</v></c><c t="inlineStr"><is><t>inline</t></is></c><c><v>4111111111111111</v></c>';
    const lines = officeText(xlsx(['共享'], cells), 1000)!
      .text.split('\n')
      .filter((line) => line !== '');
    assert.deepEqual(lines.sort(), ['4111111111111111', 'inline', '共享']);
  });

  test('PDF: pages in order, Chinese without an embedded font', async () => {
    assert.equal(
      (await pdfText(pdf('Purchase contract', '采购合同'), 1000))!.text,
      'Purchase contract\n采购合同\n',
    );
  });

  test('what is damaged, empty or too much has none', async () => {
    assert.equal(await pdfText(Buffer.from('%PDF-1.4 rubbish'), 1000), null);
    assert.equal(officeText(docx(['x']).subarray(0, 300), 1000), null);
    assert.equal(officeText(zipOf({ 'a.txt': 'x' }), 1000), null);
    const bomb = zipOf({ 'word/document.xml': `<w:t>${'a'.repeat(65 * 1024 * 1024)}</w:t>` });
    assert.ok(bomb.length < 1024 * 1024);
    assert.equal(officeText(bomb, 1000), null);
  });

  test('damaged anywhere, they end', async () => {
    const random = seededRandom(11);
    for (const whole of [docx(['合同']), pdf('a', '合')]) {
      for (let round = 0; round < 20; round++) {
        const broken = Uint8Array.from(whole);
        for (let i = 0; i < 10; i++)
          broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
        officeText(broken, 1000);
        await pdfText(broken, 1000);
      }
    }
  });
});

describe('texts of a mail', () => {
  test('what is shown is the body, the rest are attachments, by their part numbers', async () => {
    const texts = await textsOf(
      mixed(
        { type: 'text/plain; charset=gb18030', content: Buffer.from('bacfcdac', 'hex') },
        { type: 'text/html; charset=utf-8', content: '<p>合同</p>' },
        { type: 'application/octet-stream', content: docx(['采购合同']), name: 'a.docx' },
        { type: 'text/csv; charset=utf-8', content: 'a,合同', name: 'a.csv' },
      ),
    );
    assert.deepEqual(texts.body, [
      { part: '1', text: '合同', complete: true },
      { part: '2', text: '合同\n', complete: true },
    ]);
    assert.deepEqual(
      texts.attachments.map(({ part, text }) => [part, text?.includes('合同')]),
      [
        ['3', true],
        ['4', true],
      ],
    );
    assert.deepEqual(texts.types, {
      3: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      4: 'text/csv',
    });
  });

  test('a message inside is an attachment with all that it holds', async () => {
    const inside = mixed(
      { type: 'text/plain', content: 'inside' },
      { type: 'application/pdf', content: pdf('a', '合同'), name: 'x' },
    );
    const { body, attachments, types, names } = await textsOf(
      `Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nouter\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inside}\r\n--o--\r\n`,
    );
    assert.deepEqual(
      body.map(({ text }) => text),
      ['outer'],
    );
    assert.deepEqual(
      attachments.map(({ part, text }) => [part, text]),
      [
        ['2.1', 'inside'],
        ['2.2', 'a\n合同\n'],
      ],
    );
    assert.deepEqual(types, { 2: 'message/rfc822', '2.1': 'text/plain', '2.2': 'application/pdf' });
    assert.deepEqual(names, { '2.2': 'x' });
  });

  test('types are told by the content, whatever the sender says', async () => {
    const cases: readonly [string | Uint8Array, string, string][] = [
      [
        Buffer.from(`4d5a${'00'.repeat(58)}40000000${'00'.repeat(64)}`, 'hex'),
        'text/plain',
        'application/x-msdownload',
      ],
      [pdf('a', '合'), 'image/png', 'application/pdf'],
      ['<html><body>x', 'text/plain', 'text/html'],
      ['plain words', 'application/pdf', 'text/plain'],
      ['a,b', 'text/csv', 'text/csv'],
      ['<p>x', 'text/html', 'text/html'],
      [Buffer.from([0, 1, 2, 3]), 'text/plain', 'application/octet-stream'],
      [zipOf({ 'a.txt': 'x' }), 'image/jpeg', 'application/zip'],
      ['', 'application/pdf', 'text/plain'],
    ];
    for (const [content, declared, type] of cases)
      assert.equal((await attached(content, declared)).types['2'], type);
  });

  test('what cannot be read is said so; what has no text is not', async () => {
    const said = async (content: string | Uint8Array) =>
      (await attached(content)).attachments.map(({ text }) => text);
    assert.deepEqual(await said(zipOf({ 'a.txt': 'x' })), [null]);
    assert.deepEqual(await said(Buffer.from('%PDF-1.4 rubbish')), [null]);
    assert.deepEqual(await said(Buffer.from('d0cf11e0a1b11ae1'.padEnd(2000, '0'), 'hex')), [null]);
    assert.deepEqual(await said(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')), []);
  });

  test('longer texts are cut and say so', async () => {
    const { body } = await textsOf(`\r\n${'合'.repeat(textLimits.maxCharactersPerText + 1)}`);
    assert.deepEqual([body[0]!.text!.length, body[0]!.complete], [textLimits.maxCharactersPerText, false]);
  });

  test('only what is wanted is read', async () => {
    const nothing = {
      body: false,
      attachments: false,
      attachmentTypes: false,
      attachmentNames: false,
      protection: false,
      headers: [],
    };
    const mail = mixed({ type: 'text/plain', content: 'x' }, { type: 'text/plain', content: 'y', name: 'y' });
    const { body, attachments, types } = await textsOf(mail, nothing);
    assert.deepEqual([body, attachments, types], [[], [], {}]);
    const typed = await textsOf(mail, { ...nothing, attachmentTypes: true });
    assert.deepEqual([typed.body, typed.attachments, typed.types], [[], [], { 2: 'text/plain' }]);
  });

  test('header fields come decoded, each as often as it stands', async () => {
    const mail = 'X-Project: =?utf-8?B?5ZCI5ZCM?=\r\nx-project: two\r\n folded\r\nX-Other: x\r\n\r\n';
    const { headers } = await textsOf(mail, { ...everything, headers: ['x-project'] });
    assert.deepEqual(headers, [
      { name: 'x-project', value: '合同' },
      { name: 'x-project', value: 'two folded' },
    ]);
  });
});

describe('protection', () => {
  const smime = (identifier: string): string =>
    `Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(`308006${identifier}a080`, 'hex').toString('base64')}\r\n`;
  const cases: readonly [string, string, boolean, boolean, readonly (string | null)[]][] = [
    ['none', '\r\nhello', false, false, ['hello']],
    [
      'S/MIME signed',
      'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--b--\r\n',
      false,
      true,
      ['hello'],
    ],
    ['S/MIME enveloped', smime('092a864886f70d010703'), true, false, [null]],
    ['S/MIME signed, wrapped', smime('092a864886f70d010702'), false, true, [null]],
    [
      'OpenPGP/MIME',
      'Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--b--\r\n',
      true,
      false,
      [null],
    ],
    [
      'OpenPGP armour',
      '\r\n-----BEGIN PGP MESSAGE-----\r\n',
      true,
      false,
      ['-----BEGIN PGP MESSAGE-----\r\n', null],
    ],
  ];
  for (const [what, mail, isEncrypted, isSigned, body] of cases) {
    test(what, async () => {
      const texts = await textsOf(mail);
      assert.deepEqual([texts.isEncrypted, texts.isSigned], [isEncrypted, isSigned]);
      const unread = texts.body.map(({ text }) => text);
      assert.deepEqual([...new Set(unread)], body);
    });
  }
});
