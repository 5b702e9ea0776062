/** Mails out of properties (RFC 8621 §4.6): what is made of them, and that nothing which a client sends breaks it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { namedBlobs, readBody } from '../../../services/http/jmap/email-body-draft.ts';
import { headerFields } from '../../../services/http/jmap/email-header-draft.ts';
import type { Json, JsonMap } from '../../../services/http/jmap/request.ts';
import { SetError } from '../../../services/http/jmap/standard-set.ts';
import type { MailPart } from '../../../services/mail/mail-part.ts';
import { MailScan } from '../../../services/mail/mail-scan.ts';
import { type BlobContent, mailOctets } from '../../../services/mail/mail-writer.ts';
import { OctetSurvey } from '../../../services/mail/transfer-encoding.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const pdf: BlobContent = {
  isMessage: false,
  open: async function* () {
    yield Buffer.from('%PDF-1.4 offer');
  },
};
const blobs = new Map([['b1', pdf]]);

async function made(email: JsonMap): Promise<Buffer> {
  const header = headerFields(email, '').map(({ text }) => text);
  const chunks: Uint8Array[] = [];
  for await (const chunk of mailOctets(header, readBody(email, blobs))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function shapeOf(octets: Buffer): string {
  const scan = new MailScan();
  scan.push(octets);
  const shape = ({ content, children }: MailPart): string =>
    children.length > 0
      ? `${content.subtype}(${children.map(shape).join(' ')})`
      : `${content.type}/${content.subtype}`;
  return shape(scan.finish().root).toLowerCase();
}

async function refused(email: JsonMap): Promise<string[]> {
  try {
    await made(email);
  } catch (error) {
    assert.ok(error instanceof SetError, String(error));
    return (error.more['properties'] ?? error.more['notFound']) as string[];
  }
  throw new assert.AssertionError({ message: `taken: ${JSON.stringify(email)}` });
}

const bodyValues = { t: { value: 'Hello' }, h: { value: '<p>Hello</p>' } };
const textBody = [{ partId: 't' }];
const htmlBody = [{ partId: 'h' }];
const file = { blobId: 'b1', type: 'application/pdf', name: '合同.pdf' };
const picture = { blobId: 'b1', type: 'image/png', disposition: 'inline', cid: 'p1' };

describe('the parts of a mail that is made', () => {
  test('stand so deeply within one another and no deeper', async () => {
    const within = (depth: number): JsonMap =>
      depth === 0 ? { partId: 't' } : { type: 'multipart/mixed', subParts: [within(depth - 1)] };
    await made({ bodyValues, bodyStructure: within(20) });
    const [place] = await refused({ bodyValues, bodyStructure: within(21) });
    assert.match(place!, /^bodyStructure(?:\/subParts\/0){21}$/);
  });

  test('lists become the structure that mail programs expect', async () => {
    const shapes: [JsonMap, string][] = [
      [{}, 'text/plain'],
      [{ bodyValues, textBody }, 'text/plain'],
      [{ bodyValues, htmlBody }, 'text/html'],
      [{ bodyValues, textBody, htmlBody }, 'alternative(text/plain text/html)'],
      [{ bodyValues, textBody, attachments: [file] }, 'mixed(text/plain application/pdf)'],
      [
        { bodyValues, textBody, htmlBody, attachments: [picture, file] },
        'mixed(alternative(text/plain related(text/html image/png)) application/pdf)',
      ],
      [{ attachments: [file] }, 'mixed(text/plain application/pdf)'],
    ];
    for (const [email, shape] of shapes) assert.equal(shapeOf(await made(email)), shape);
  });

  test('a structure is taken as it is given', async () => {
    const bodyStructure = {
      type: 'multipart/report',
      'header:Content-Description': ' a report',
      subParts: [
        { partId: 't', type: 'text/plain', language: ['en', 'zh'], location: 'x/y' },
        { subParts: [file] },
      ],
    };
    const octets = await made({ bodyValues, bodyStructure });
    assert.equal(shapeOf(octets), 'report(text/plain mixed(application/pdf))');
    assert.match(octets.toString(), /Content-Description: a report\r\n/);
    assert.match(octets.toString(), /Content-Language: en, zh\r\nContent-Location: x\/y\r\n/);
    assert.match(octets.toString(), /filename\*=utf-8''%E5%90%88%E5%90%8C\.pdf/);
  });

  test('each property that is wrong is named', async () => {
    const cases: [JsonMap, string][] = [
      [{ from: [{ email: 'a\r\n@b' }] }, 'from'],
      [{ from: 'a@b' }, 'from'],
      [{ subject: 'a\nBcc: b@c' }, 'subject'],
      [{ sentAt: '2026-02-30' }, 'sentAt'],
      [{ sentAt: '0000-01-01T00:00:00Z' }, 'sentAt'],
      [{ messageId: ['a b'] }, 'messageId'],
      [{ from: [], 'header:From:asAddresses': [] }, 'header:From:asAddresses'],
      [{ 'header:X-A': ' a\r\nb' }, 'header:X-A'],
      [{ bodyValues, textBody: [] }, 'textBody'],
      [{ bodyValues, textBody: [{ partId: 't', type: 'text/html' }] }, 'textBody'],
      [{ bodyValues, textBody: [{ partId: 'none' }] }, 'textBody/0/partId'],
      [{ bodyValues, textBody: [{ partId: 't', charset: 'gbk' }] }, 'textBody/0/charset'],
      [{ bodyValues, textBody: [{ partId: 't', headers: [] }] }, 'textBody/0/headers'],
      [{ bodyValues: { t: { value: 'x', isTruncated: true } }, textBody }, 'bodyValues/t'],
      [{ bodyValues, textBody, bodyStructure: { partId: 't' } }, 'bodyStructure'],
      [{ bodyStructure: { type: 'multipart/mixed' } }, 'bodyStructure/subParts'],
      [{ attachments: [{ ...file, partId: 't' }] }, 'attachments/0/partId'],
      [{ attachments: [{ ...file, type: 'a b' }] }, 'attachments/0/type'],
      [{ attachments: [{ ...file, disposition: 'x\r\n' }] }, 'attachments/0/disposition'],
      [
        { attachments: [{ ...file, 'header:Content-Transfer-Encoding': ' 8bit' }] },
        'attachments/0/header:Content-Transfer-Encoding',
      ],
      [{ attachments: [{ ...file, cid: 'a', 'header:Content-ID': ' <a>' }] }, 'attachments/0/cid'],
      [{ attachments: [{ blobId: 'none' }] }, 'none'],
    ];
    for (const [email, property] of cases)
      assert.deepEqual(await refused(email), [property], JSON.stringify(email));
  });

  test('nothing that a client sends is an exception of ours, or breaks out of its place', async () => {
    const random = seededRandom(21);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const names = [
      'from',
      'to',
      'subject',
      'sentAt',
      'messageId',
      'references',
      'header:X-A',
      'header:X-B:asText',
      'header:To:asGroupedAddresses:all',
      'bodyStructure',
      'textBody',
      'htmlBody',
      'attachments',
      'bodyValues',
      'partId',
      'blobId',
      'type',
      'name',
      'cid',
      'disposition',
      'language',
      'location',
      'charset',
      'subParts',
      'email',
      'addresses',
      'value',
      't',
      'size',
      '__proto__',
    ];
    const words = [
      't',
      'b1',
      'text/plain',
      'text/html',
      'multipart/mixed',
      'message/rfc822',
      'a@b.example',
      'inline',
      ' x',
      'x\r\n y',
      'a\r\nBcc: q',
      '\u0000',
      '\ud800',
      '合同',
      '2026-01-02T03:04:05+08:00',
      'x'.repeat(1200),
      '',
    ];
    const value = (depth: number): Json => {
      const kind = random();
      if (depth > 5 || kind < 0.45) return pick<Json>([...words, null, true, 1e308, -1]);
      if (kind < 0.7) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1));
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 6) }, () => [pick(names), value(depth + 1)]),
      );
    };
    const part = (depth: number): Json => {
      if (random() < 0.1) return value(0);
      const leaf = random() < 0.5 ? { partId: 't' } : { blobId: 'b1' };
      const base: JsonMap =
        depth < 4 && random() < 0.4 ? { subParts: [part(depth + 1), part(depth + 1)] } : leaf;
      return random() < 0.4 ? { ...base, [pick(names)]: value(2) } : base;
    };
    let taken = 0;
    for (let i = 0; i < 6000; i++) {
      const email: Record<string, Json> = {
        bodyValues,
        [pick(['bodyStructure', 'attachments'])]: random() < 0.5 ? part(0) : [part(0)],
      };
      for (let n = Math.floor(random() * 3); n > 0; n--) email[pick(names)] = value(0);
      namedBlobs(email);
      try {
        const octets = await made(email);
        taken++;
        const survey = new OctetSurvey();
        survey.push(octets);
        assert.notEqual(survey.narrowest, null, JSON.stringify(email));
        const header = octets.subarray(0, octets.indexOf('\r\n\r\n')).toString();
        assert.doesNotMatch(header, /^Bcc:/m, JSON.stringify(email));
      } catch (error) {
        if (!(error instanceof SetError)) throw error;
      }
    }
    assert.ok(taken > 500, `${taken} were taken`);
  });
});
