import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { pieceOverlapCharacters, searchableHeader, searchableText } from '../../services/mail/body-text.ts';
import { corpusIsThere, corpusMails, expectedRows } from '../support/mail-corpus.ts';
import { mailOf, readableMail } from './scanning.ts';

interface Reading {
  readonly pieces: string[];
  readonly ranges: [number, number][];
}

async function read(octets: Buffer): Promise<Reading> {
  const reading: Reading = { pieces: [], ranges: [] };
  const readRange = async (from: number, to: number) => {
    reading.ranges.push([from, to]);
    return octets.subarray(from, to);
  };
  for await (const piece of searchableText(readableMail(octets).view, readRange)) reading.pieces.push(piece);
  return reading;
}

describe('the text that SEARCH BODY looks at', () => {
  test('text parts decoded, headers of parts and of messages inside, nothing else', async () => {
    const base64 = iconv.encode('采购合同', 'gbk').toString('base64');
    const mail = mailOf(`Subject: outer
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=gb2312
Content-Transfer-Encoding: base64

${base64}
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

=E5=90=88=
=E5=90=8C
--b
Content-Type: application/pdf; name=file.pdf

secret
--b
Content-Type: message/rfc822

Subject: =?utf-8?B?5YaF5bGC?=

inner
--b--
`);
    const text = (await read(mail)).pieces.join('\n');
    for (const word of ['采购合同', '合同', 'file.pdf', '内层', 'inner'])
      assert.ok(text.includes(word), word);
    for (const word of ['outer', 'secret', base64]) assert.ok(!text.includes(word), word);
  });

  test('a long text comes in pieces that overlap, and is read in ranges of at most 64 KiB', async () => {
    const text = Array.from({ length: 20_000 }, (_, n) => `字${n} `).join('');
    const { pieces, ranges } = await read(Buffer.from(`Content-Type: text/plain; charset=utf-8\n\n${text}`));
    assert.ok(pieces.length > 2);
    for (const [index, piece] of pieces.entries()) {
      if (index > 0)
        assert.equal(
          piece.slice(0, pieceOverlapCharacters),
          pieces[index - 1]!.slice(-pieceOverlapCharacters),
        );
    }
    const joined = pieces
      .map((piece, index) => (index === 0 ? piece : piece.slice(pieceOverlapCharacters)))
      .join('');
    assert.equal(joined, text);
    assert.ok(ranges.every(([from, to]) => to - from <= 65_536));
  });

  test('an unknown transfer encoding is taken as it is', async () => {
    const { pieces } = await read(
      mailOf('Content-Type: text/plain\nContent-Transfer-Encoding: x-odd\n\nas it is'),
    );
    assert.deepEqual(pieces, ['as it is']);
  });

  test('what a transfer decoder holds back comes at the end', async () => {
    const { pieces } = await read(
      mailOf('Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nYWI'),
    );
    assert.deepEqual(pieces, ['ab']);
  });

  test('the header as people read it', () => {
    const header = Buffer.from('Subject: =?utf-8?Q?a?=\r\n =?utf-8?Q?b?=\r\nX: c\r\n\r\n');
    assert.equal(searchableHeader(header), 'Subject: ab\nX: c\n');
  });
});

describe('the texts that the corpus expects', {
  skip: corpusIsThere ? false : '../shared/corpus is absent',
}, () => {
  /** Why the beginning of the expected text is not found in one piece. */
  const exceptions: Readonly<Record<string, string>> = {
    'own-cjk-charset-aliases': 'the expected text joins many parts',
    'own-cjk-many-charsets-one-mail': 'the expected text joins many parts',
    'own-cjk-charset-unknown': 'the expected text joins many parts',
    'own-cjk-base64-wrong-padding': 'the expected text joins many parts',
    'own-cjk-uuencode-gbk-name': 'the uuencoded file stands in the text',
    'own-cjk-no-separator': 'without a blank line everything is header, as for Dovecot',
    'own-cjk-nul-octets': 'NUL stays in the text',
    'own-cjk-smime-signed-opaque': 'the text is inside the signature',
  };

  test('are found', async () => {
    const mails = new Map(corpusMails().map(({ name, octets }) => [name, octets]));
    const plain = (text: string) => text.replace(/\s/g, '');
    const missed: string[] = [];
    for (const [name, , , kind, text] of expectedRows()) {
      if (kind !== 'plain' || text === '') continue;
      const { pieces } = await read(mails.get(name!)!);
      if (!pieces.some((piece) => plain(piece).includes(plain(text!)))) missed.push(name!);
    }
    assert.deepEqual(missed.sort(), Object.keys(exceptions).sort());
  });
});
