import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedOctets } from '../../../services/http/jmap/part-size.ts';
import { MailScan } from '../../../services/mail/mail-scan.ts';
import { encodeStructure, openStructure } from '../../../services/mail/structure-codec.ts';
import { transferDecoder } from '../../../services/mail/transfer-decoding.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** The size of a body as it is told, how much was read for it, and what decoding gives. */
async function sized(encoding: string, body: Buffer): Promise<{ told: number; read: number; real: number }> {
  const mail = Buffer.concat([
    Buffer.from(`MIME-Version: 1.0\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`),
    body,
  ]);
  const scan = new MailScan();
  scan.push(mail);
  const { root } = openStructure(encodeStructure(scan.finish()))!;
  let read = 0;
  const told = await decodedOctets(root, async (from, to) => {
    read += to - from;
    return mail.subarray(from, to);
  });
  const decoder = transferDecoder(encoding)!;
  return { told, read, real: decoder.push(body).length + decoder.finish().length };
}

const rows = (octets: Buffer, end: string): string =>
  (octets.toString('base64').match(/.{1,76}/g) ?? []).join(end);

describe('the size of a part', () => {
  test('is what decoding gives, for every length and line end', async () => {
    const random = seededRandom(31);
    for (let i = 0; i < 300; i++) {
      const large = i % 3 === 0;
      const octets = Buffer.alloc(Math.floor(random() * 400) + (large ? 60_000 : 0), 0xab);
      const end = random() < 0.5 ? '\r\n' : '\n';
      const body = Buffer.from(rows(octets, end) + end.repeat(Math.floor(random() * 3)));
      const { told, real, read } = await sized('base64', body);
      assert.deepEqual(
        [told, real],
        [octets.length, octets.length],
        `${octets.length} ${JSON.stringify(end)}`,
      );
      if (body.length > 64 * 1024) assert.ok(read <= 1024, `${read} octets were read`);
    }
  });

  test('of quoted-printable, and of what is none', async () => {
    for (const text of ['', 'a=E5=90=88', 'soft=\r\nline  \r\n', '=', 'x'.repeat(70_000)]) {
      const { told, real } = await sized('quoted-printable', Buffer.from(text));
      assert.equal(told, real, text.slice(0, 20));
    }
    assert.equal((await sized('7bit', Buffer.from('abc\r\n'))).told, 5);
    assert.equal((await sized('base64', Buffer.from('!! YWJj ??'))).told, 3);
  });
});
