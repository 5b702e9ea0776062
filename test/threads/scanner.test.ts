/** The scanner on its own thread and on the caller's: one suite for both, and what only the thread has. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '../../services/blob-store/blob-store.ts';
import { openStructure } from '../../services/blob-store/frame-structure.ts';
import { readBlob } from '../../services/blob-store/read-blob.ts';
import type { ScannedMail, Scanner } from '../../services/blob-store/scanner-port.ts';
import { factsOf } from '../../services/mail/facts.ts';
import { MailScan, scannerVersion } from '../../services/mail/mail-scan.ts';
import { encodeStructure } from '../../services/mail/structure-codec.ts';
import { StagingBuffers } from '../../services/threads/scanner-buffers.ts';
import { ScannerClient } from '../../services/threads/scanner-client.ts';
import { ScanJob, type ScanOptions } from '../../services/threads/scanner-core.ts';
import { InProcessScanner } from '../../services/threads/scanner-in-process.ts';
import type { ScanCommand } from '../../services/threads/scanner-protocol.ts';
import { RemoteScan } from '../../services/threads/scanner-remote-scan.ts';
import { ThreadLoad } from '../../services/threads/thread-load.ts';
import { corpusIsThere, corpusMails } from '../support/mail-corpus.ts';
import { seededRandom } from '../support/seeded-random.ts';

const addressKey = new Uint8Array(32).fill(0x5a);
const largeMailOctets = 3_000_000;
let incoming: string;

beforeEach(() => {
  incoming = mkdtempSync(join(tmpdir(), 'muniment-incoming-'));
});
afterEach(() => rmSync(incoming, { recursive: true, force: true }));

const sha256 = (...parts: Uint8Array[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

function mailOf(bodyOctets: number, subject = 'a mail'): Buffer {
  const head = `From: a@x.example\r\nTo: b@y.example\r\nSubject: ${subject}\r\nMessage-ID: <1@x.example>\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(head),
    Buffer.from(randomBytes(bodyOctets).toString('base64').slice(0, bodyOctets)),
  ]);
}

function frameOctets({ frame }: ScannedMail): Buffer {
  return 'bytes' in frame.content ? Buffer.from(frame.content.bytes) : readFileSync(frame.content.file);
}

/** Everything that a scanned mail says must agree with its octets. */
async function assertScanned(mail: ScannedMail, octets: Buffer): Promise<void> {
  const hash = sha256(octets);
  assert.equal(mail.octets, octets.length);
  assert.equal(mail.sha256, hash.toString('hex'));
  assert.equal(mail.address, sha256(addressKey, hash).toString('hex'));
  const stored = frameOctets(mail);
  const read = async (_: string, offset: number, length: number) => stored.subarray(offset, offset + length);
  const blobs = { read, place: async () => 'memory' } as unknown as BlobStore;
  assert.deepEqual(Buffer.from(await readBlob(blobs, mail.frame.frame, mail.frameKey)), octets);
  const scan = new MailScan();
  scan.push(octets);
  const found = scan.finish();
  assert.deepEqual(mail.facts, factsOf(found));
  assert.deepEqual(Buffer.from(mail.structure), Buffer.from(encodeStructure(found)));
  assert.equal(mail.frame.structure!.scanner, scannerVersion);
  const sealed = openStructure(mail.frame.frame, mail.frameKey, mail.frame.structure!.sealed);
  assert.deepEqual(Buffer.from(sealed!), Buffer.from(mail.structure));
}

function scannerSuite(name: string, start: (options: ScanOptions) => Scanner): void {
  describe(name, () => {
    let scanner: Scanner;
    beforeEach(() => {
      scanner = start({ addressKey, incoming, largeMailOctets });
    });
    afterEach(() => scanner.close());

    test('takes hash, facts, structure and frame of a mail', async () => {
      const octets = mailOf(5000, 'yearly report');
      const mail = await scanner.scanWhole(octets);
      await assertScanned(mail, octets);
      assert.equal(mail.facts.subject, 'yearly report');
      assert.deepEqual(readdirSync(incoming), []);
    });

    test('takes an empty mail', async () => assertScanned(await scanner.begin().finish(), Buffer.alloc(0)));

    test('gives the same, however the octets arrive', async () => {
      const random = seededRandom(11);
      for (const bodyOctets of [0, 100, 65_536, 200_000, 700_000]) {
        const octets = mailOf(bodyOctets);
        const scan = scanner.begin();
        for (let at = 0; at < octets.length; ) {
          const piece = Buffer.from(octets.subarray(at, at + 1 + Math.floor(random() * 90_000)));
          at += piece.length;
          const taken = scan.write(piece);
          piece.fill(0); // the caller's buffer is its own again at once
          await taken;
        }
        await assertScanned(await scan.finish(), octets);
      }
    });

    test('keeps many mails at once apart', async () => {
      const mails = Array.from({ length: 30 }, (_, i) => mailOf(i * 9000, `number ${i}`));
      const scans = mails.map(() => scanner.begin());
      for (let at = 0; at < 300_000; at += 10_000) {
        for (const [i, scan] of scans.entries()) await scan.write(mails[i]!.subarray(at, at + 10_000));
      }
      for (const [i, scan] of scans.entries()) await assertScanned(await scan.finish(), mails[i]!);
    });

    test('gives two mails with the same octets two frames and one address', async () => {
      const octets = mailOf(100);
      const [first, second] = await Promise.all([scanner.scanWhole(octets), scanner.scanWhole(octets)]);
      assert.equal(first.address, second.address);
      assert.notEqual(first.frame.frame, second.frame.frame);
      assert.notDeepEqual(first.frameKey, second.frameKey);
    });

    test('leaves a large mail in a file of its own', async () => {
      const octets = mailOf(largeMailOctets);
      const mail = await scanner.scanWhole(octets);
      const { content } = mail.frame;
      assert.ok('file' in content);
      assert.equal(content.file, join(incoming, `${mail.frame.frame}.frame`));
      assert.equal(content.octets, readFileSync(content.file).length);
      await assertScanned(mail, octets);
    });

    test('reads back what went to a file and is not large', async () => {
      const octets = mailOf(largeMailOctets - 1000);
      const mail = await scanner.scanWhole(octets);
      assert.ok('bytes' in mail.frame.content);
      await assertScanned(mail, octets);
      assert.deepEqual(readdirSync(incoming), []);
    });

    test('leaves nothing of a mail that is dropped', async () => {
      const scan = scanner.begin();
      await scan.write(mailOf(largeMailOctets));
      scanner.begin().abort();
      await scanner.scanWhole(mailOf(10)); // whatever was sent before has been worked through
      assert.equal(readdirSync(incoming).length, 1);
      scan.abort();
      await scanner.scanWhole(mailOf(40_000)); // a short one would be scanned here
      assert.deepEqual(readdirSync(incoming), []);
    });

    test('says at the end what went wrong, and goes on with other mails', async () => {
      const scan = scanner.begin();
      rmSync(incoming, { recursive: true });
      const octets = mailOf(largeMailOctets);
      for (let at = 0; at < octets.length; at += 100_000) await scan.write(octets.subarray(at, at + 100_000));
      await assert.rejects(scan.finish(), /ENOENT/);
      const small = mailOf(500);
      await assertScanned(await scanner.scanWhole(small), small);
    });

    test('takes every mail of the corpus', {
      skip: !corpusIsThere && '../shared/corpus is absent',
    }, async () => {
      const mails = corpusMails();
      assert.ok(mails.length > 100);
      for (const { octets } of mails) await assertScanned(await scanner.scanWhole(octets), octets);
    });
  });
}

scannerSuite('the scanner on the caller\u2019s thread', (options) => new InProcessScanner(options));
scannerSuite(
  'the scanner on its own thread',
  (options) => new ScannerClient(options, (error) => assert.fail(error)),
);

describe('the way to the scanner', () => {
  /** A scan whose scanner works only when the test says so. */
  function slowScan(hasTime = false) {
    const sent: ScanCommand[] = [];
    const scan = new RemoteScan(1, new StagingBuffers(), {
      send: (command) => sent.push(command),
      ended: () => {},
      hasTime: () => hasTime,
      jobHere: () => new ScanJob({ incoming, addressKey }),
    });
    const sentOctets = () =>
      sent.reduce((sum, command) => {
        const parts = command.ask === 'take' ? command.parts : [];
        return parts.reduce((octets, part) => octets + part.length, sum);
      }, 0);
    return { scan, sent, sentOctets };
  }

  async function isSettled(promise: Promise<unknown>): Promise<boolean> {
    return Promise.race([
      promise.then(() => true),
      new Promise<boolean>((resolve) => setImmediate(resolve, false)),
    ]);
  }

  test('a small mail goes over in one message', async () => {
    const { scan, sent } = slowScan();
    for (let i = 0; i < 25; i++) await scan.write(randomBytes(10_000));
    assert.equal(sent.length, 0);
    scan.finish();
    assert.equal(sent.length, 1);
    const [command] = sent;
    assert.ok(command?.ask === 'take' && command.isLast);
  });

  test('a short mail is scanned where it is when there is time, a longer one goes over', async () => {
    const octets = mailOf(20_000);
    const short = slowScan(true);
    await short.scan.write(octets);
    const mail = await short.scan.finish();
    assert.equal(mail.sha256, createHash('sha256').update(octets).digest('hex'));
    assert.equal(short.sent.length, 0);
    const busy = slowScan(false);
    const longer = slowScan(true);
    await busy.scan.write(octets);
    await longer.scan.write(mailOf(40_000));
    busy.scan.finish();
    longer.scan.finish();
    assert.deepEqual([busy.sent.length, longer.sent.length], [1, 1]);
  });

  test('a thread that did nothing else has no time for others, one that waited has', async () => {
    const load = new ThreadLoad();
    const until = performance.now() + 60;
    while (performance.now() < until);
    assert.equal(load.isHigh(), true);
    await sleep(120);
    assert.equal(load.isHigh(), false);
  });

  test('a sender that is faster than the scanner waits, and goes on when it has caught up', async () => {
    const { scan, sentOctets } = slowScan();
    let written = 0;
    let last = Promise.resolve();
    while (await isSettled(last)) {
      last = scan.write(randomBytes(50_000));
      written += 50_000;
      assert.ok(written < 3_000_000, 'it never has to wait');
    }
    assert.ok(written > 1_000_000);
    scan.took(sentOctets() - 1024 * 1024 - 1);
    assert.equal(await isSettled(last), false);
    scan.took(1);
    assert.equal(await isSettled(last), true);
  });

  test('a sender that waits goes on when the mail has failed', async () => {
    const { scan } = slowScan();
    let last = Promise.resolve();
    for (let i = 0; i < 30; i++) last = scan.write(randomBytes(100_000));
    assert.equal(await isSettled(last), false);
    scan.fail(new Error('no space'));
    await last;
    await scan.write(randomBytes(5_000_000));
    await assert.rejects(scan.finish(), /no space/);
  });

  test('the end of the thread fails the mails that are under way, and is told', async () => {
    const told = Promise.withResolvers<Error>();
    const broken = { addressKey, incoming: null } as unknown as ScanOptions;
    const scanner = new ScannerClient(broken, told.resolve);
    await scanner.ready;
    await assert.rejects(scanner.scanWhole(mailOf(40_000)));
    assert.match((await told.promise).message, /path/);
    await assert.rejects(scanner.begin().finish(), /closed/);
  });

  test('closing drops what is unfinished', async () => {
    const scanner = new ScannerClient({ addressKey, incoming, largeMailOctets }, (error) =>
      assert.fail(error),
    );
    const scan = scanner.begin();
    await scan.write(mailOf(largeMailOctets));
    await scanner.scanWhole(mailOf(40_000));
    assert.equal(readdirSync(incoming).length, 1);
    await scanner.close();
    await assert.rejects(scan.finish(), /closed/);
    assert.deepEqual(readdirSync(incoming), []);
  });
});
