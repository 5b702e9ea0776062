/** The thread that opens other people's documents: what it reads, and that it can be put an end to. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ScannedMail } from '../../services/blob-store/scanner-port.ts';
import { InProcessScanner } from '../../services/threads/scanner-in-process.ts';
import { TextClient } from '../../services/threads/text-client.ts';
import { InProcessTextReader } from '../../services/threads/text-in-process.ts';
import { pdf } from '../mail/documents.ts';

const wanted = {
  body: true,
  attachments: true,
  attachmentTypes: true,
  attachmentNames: true,
  protection: true,
  headers: ['subject'],
};
const patient = { maxReadMs: 60_000, maxHeapMebioctets: 512 };

describe('the reader of texts', () => {
  let folder: string;
  let scanner: InProcessScanner;
  const troubles: string[] = [];
  const onTrouble = (problem: string) => troubles.push(problem);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'muniment-texts-'));
    scanner = new InProcessScanner({
      addressKey: new Uint8Array(32),
      incoming: folder,
      largeMailOctets: 1_000_000,
    });
  });
  after(() => rmSync(folder, { recursive: true }));

  function mail(text: string): Promise<ScannedMail> {
    const document = Buffer.from(pdf('Purchase contract', '采购合同')).toString('base64');
    return scanner.scanWhole(
      Buffer.from(
        `Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${document}\r\n--b--\r\n`,
      ),
    );
  }

  test('reads mails in memory and in files as the reader on this thread does, and leaves their frames whole', async () => {
    const client = new TextClient({ ...patient, onTrouble });
    const alone = new InProcessTextReader();
    for (const text of ['合同', '合同 '.repeat(300_000)]) {
      const scanned = await mail(text);
      assert.equal('file' in scanned.frame.content, text.length > 2);
      const texts = await client.read(scanned, wanted);
      assert.deepEqual(texts, await alone.read(scanned, wanted));
      assert.equal(texts!.attachments[0]!.text, 'Purchase contract\n采购合同\n');
      assert.ok(texts!.body[0]!.text!.startsWith('合同'));
      if ('bytes' in scanned.frame.content) assert.ok(scanned.frame.content.bytes.length > 0);
    }
    await client.close();
    assert.deepEqual(troubles, []);
  });

  test('one that takes too long is ended, and the next mail is read', async () => {
    const limits = { ...patient, maxReadMs: 1, onTrouble };
    const client = new TextClient(limits);
    const scanned = await mail('合同');
    assert.equal(await client.read(scanned, wanted), null);
    assert.deepEqual(troubles.splice(0), ['it took too long']);
    limits.maxReadMs = patient.maxReadMs;
    assert.equal((await client.read(scanned, wanted))!.body[0]!.text, '合同');
    await client.close();
  });

  test('one that takes too much memory is ended, and the next mail is read', async () => {
    const limits = { ...patient, maxHeapMebioctets: 12, onTrouble };
    const client = new TextClient(limits);
    const scanned = await mail('合同');
    assert.equal(await client.read(scanned, wanted), null);
    assert.equal(troubles.splice(0).length, 1);
    limits.maxHeapMebioctets = patient.maxHeapMebioctets;
    assert.equal((await client.read(scanned, wanted))!.body[0]!.text, '合同');
    await client.close();
  });

  test('a mail without attachments does not wait behind documents', async () => {
    const client = new TextClient({ ...patient, onTrouble });
    const order: string[] = [];
    const plain = await scanner.scanWhole(Buffer.from('Subject: s\r\n\r\nhello\r\n'));
    await client.read(plain, wanted);
    const documents = await mail('合同');
    const first = client.read(documents, wanted).then(() => order.push('documents'));
    const second = client.read(plain, wanted).then(() => order.push('plain'));
    await Promise.all([first, second]);
    assert.deepEqual(order, ['plain', 'documents']);
    await client.close();
  });

  test('a frame that cannot be read has no texts', async () => {
    const client = new TextClient({ ...patient, onTrouble });
    const scanned = await mail('合同');
    assert.equal(await client.read({ ...scanned, frameKey: new Uint8Array(32) }, wanted), null);
    assert.equal(
      await new InProcessTextReader().read({ ...scanned, frameKey: new Uint8Array(32) }, wanted),
      null,
    );
    await client.close();
    assert.equal(await client.read(scanned, wanted), null, 'closed');
  });
});
