/** The same octets are kept once, however they come, as long as somebody holds their key. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import type { BlobStore, SealedFrame } from '../../services/blob-store/blob-store.ts';
import { BlobKeeping, discardFrame, type KeptBlob } from '../../services/blob-store/keep-blob.ts';
import { readBlob } from '../../services/blob-store/read-blob.ts';
import type { ScannedMail } from '../../services/blob-store/scanner-port.ts';
import { messageKeyName } from '../../services/key-store/key-wrap.ts';
import { InProcessScanner } from '../../services/threads/scanner-in-process.ts';
import { makeKeyFolder, type OpenKeys, openKeys, removeFolder } from '../key-store/key-house.ts';
import { makeVolumeFolder, type OpenVolumes, openVolumes, removeVolumeFolders } from './volume-house.ts';

let volumes: OpenVolumes;
let keys: OpenKeys;
let keyFolder: string;
let keeping: BlobKeeping;
let scanner: InProcessScanner;

beforeEach(() => {
  keyFolder = makeKeyFolder();
  volumes = openVolumes(makeVolumeFolder());
  keys = openKeys(keyFolder);
  keeping = new BlobKeeping(volumes.store, keys.store);
  scanner = scannerFor(volumes.store);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  await volumes.close();
  await keys.close();
  removeFolder(keyFolder);
});
after(removeVolumeFolders);

function scannerFor(store: BlobStore): InProcessScanner {
  return new InProcessScanner({
    addressKey: randomBytes(32),
    incoming: store.incoming,
    largeMailOctets: 50_000,
  });
}

/** Large ones go through a file. */
const small = Buffer.from('Subject: to all\r\n\r\nthe same for everybody\r\n');
const large = Buffer.concat([small, randomBytes(60_000)]);

async function assertReadable(message: string, kept: KeptBlob, octets: Buffer): Promise<void> {
  const key = await keys.store.frameKey(kept.frame, message);
  assert.deepEqual(Buffer.from(key!), Buffer.from(kept.frameKey));
  assert.deepEqual(Buffer.from(await readBlob(volumes.store, kept.frame, key!)), octets);
}

async function keepStored(by: BlobKeeping, mail: ScannedMail, message: string): Promise<KeptBlob> {
  const kept = await by.keep(mail, message);
  await kept.stored;
  return kept;
}

async function keepScanned(octets: Buffer, message = randomUUID()): Promise<KeptBlob & { message: string }> {
  const kept = await keepStored(keeping, await scanner.scanWhole(octets), message);
  await assertReadable(message, kept, octets);
  return { ...kept, message };
}

const framesKept = async () => (await Array.fromAsync(volumes.store.frames())).map(({ frame }) => frame);

for (const [size, octets] of [
  ['small', small],
  ['large', large],
] as const) {
  describe(`a ${size} mail`, () => {
    test('that comes again is kept once', async () => {
      const first = await keepScanned(octets);
      const second = await keepScanned(octets);
      assert.deepEqual([first.isNew, second.isNew], [true, false]);
      assert.equal(second.frame, first.frame);
      assert.deepEqual(await framesKept(), [first.frame]);
      assert.deepEqual(readdirSync(volumes.store.incoming), []);
    });

    test('that comes fifty times at once is kept once', async () => {
      const mails = await Promise.all(Array.from({ length: 50 }, () => scanner.scanWhole(octets)));
      const messages = mails.map(() => randomUUID());
      const kept = await Promise.all(mails.map((mail, i) => keeping.keep(mail, messages[i]!)));
      assert.equal(new Set(kept.map(({ frame }) => frame)).size, 1);
      assert.equal(kept.filter(({ isNew }) => isNew).length, 1);
      assert.equal((await framesKept()).length, 1);
      assert.deepEqual(readdirSync(volumes.store.incoming), []);
      for (const [i, each] of kept.entries()) await assertReadable(messages[i]!, each, octets);
    });

    test('whose last holder was erased is kept anew', async () => {
      const first = await keepScanned(octets);
      const second = await keepScanned(octets);
      await keys.store.destroy(messageKeyName(first.message), 1);
      const third = await keepScanned(octets);
      assert.equal(third.frame, first.frame);
      for (const { message } of [second, third]) await keys.store.destroy(messageKeyName(message), 1);
      const fourth = await keepScanned(octets);
      assert.notEqual(fourth.frame, first.frame);
      assert.ok(fourth.isNew);
      const fifth = await keepScanned(octets);
      assert.equal(fifth.frame, fourth.frame);
    });

    test('that is not accepted leaves nothing', async () => {
      const mail = await scanner.scanWhole(octets);
      await discardFrame(mail.frame);
      assert.deepEqual(readdirSync(volumes.store.incoming), []);
    });

    test('that cannot be kept is refused, and the next one with its octets is tried anew', async () => {
      const mails = await Promise.all([1, 2, 3].map(() => scanner.scanWhole(octets)));
      let puts = 0;
      const failing = failingAtFirst(volumes.store, () => puts++ === 0);
      const careful = new BlobKeeping(failing, keys.store);
      const messages = mails.map(() => randomUUID());
      const kept = mails.map((mail, i) => keepStored(careful, mail, messages[i]!));
      const results = await Promise.allSettled(kept);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'fulfilled', 'fulfilled'],
      );
      assert.equal((await framesKept()).length, 1);
      assert.deepEqual(readdirSync(volumes.store.incoming), []);
    });

    test('that is lost on its way is known to be', async () => {
      const careful = new BlobKeeping(
        failingAtFirst(volumes.store, () => true),
        keys.store,
      );
      const lost = await careful.keep(await scanner.scanWhole(octets), randomUUID());
      await assert.rejects(lost.stored, /no space/);
      assert.ok(lost.isLost());
      const kept = await keeping.keep(await scanner.scanWhole(octets), randomUUID());
      await kept.stored;
      assert.ok(!kept.isLost());
    });
  });
}

function failingAtFirst(store: BlobStore, fails: () => boolean): BlobStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'put') {
        return async (frame: SealedFrame) =>
          fails() ? Promise.reject(new Error('no space')) : target.put(frame);
      }
      const member = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

test('mails that differ in one octet are two', async () => {
  const other = Buffer.from(small);
  other[other.length - 3]! ^= 1;
  const kept = [await keepScanned(small), await keepScanned(other)];
  assert.ok(kept.every(({ isNew }) => isNew));
  assert.equal((await framesKept()).length, 2);
});

test('an older frame is found behind a newer one whose key is gone', async () => {
  const old = await keepScanned(small);
  await keys.store.destroy(messageKeyName(old.message), 1);
  const newer = await keepScanned(small);
  await keys.store.holdFrame(old.frame, randomUUID(), old.frameKey);
  await keys.store.destroy(messageKeyName(newer.message), 1);
  assert.deepEqual(await volumes.store.find((await scanner.scanWhole(small)).address), [
    newer.frame,
    old.frame,
  ]);
  assert.equal((await keepScanned(small)).frame, old.frame);
});

test('a frame that is put carries its structure facts with it', async () => {
  const mail: ScannedMail = await scanner.scanWhole(small);
  const { frame } = await keepStored(keeping, mail, randomUUID());
  const { scanner: version, sealed } = mail.frame.structure!;
  assert.deepEqual(await volumes.store.structures([frame], version), [sealed]);
  assert.equal(existsSync(volumes.store.incoming), true);
});
