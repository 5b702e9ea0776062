import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { NewRecord } from '../../services/event-store/event-store.ts';
import { type Checkpoint, checkpointText, logKeyText } from '../../services/ledger/checkpoint.ts';
import { hex, leafHash, nodeHash } from '../../services/ledger/merkle.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { prove } from '../../services/ledger/prove.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { changedLog } from './ledger-house.ts';
import { mailOctets } from './mail-house.ts';
import {
  assertHolds,
  assertNamed,
  earlier,
  pack,
  proved,
  runVerifier,
  trace,
  unpack,
  verifier,
  withPython,
} from './proof-house.ts';

describe('verify.py names what was tampered with', withPython, () => {
  const flip = (octets: Buffer, place: number, bit = 1) => {
    const copy = Buffer.from(octets);
    copy[place]! ^= bit;
    return copy;
  };

  test('each file of the package, one bit', async (t) => {
    const { file } = await proved(t);
    const files = await unpack(file);
    const record = [...files.keys()].find((each) => each.startsWith('records/'))!;
    const personal = [...files.keys()].find((each) => each.startsWith('personal/'))!;
    const cases: [string, number, RegExp][] = [
      [record, 20, new RegExp(record)],
      [
        record,
        files.get(record)!.indexOf('"smtp"') + 2,
        new RegExp(`${record}: it is not record \\d+ of the log`),
      ],
      [personal, 0, new RegExp(`${personal}: it is not what the seal`)],
      [personal, 40, new RegExp(`${personal}: it is not what the seal`)],
      ['mail.eml', 3, /mail\.eml: it does not begin with the trace text/],
      ['mail.eml', trace.length + 30, /mail\.eml: it is not the mail that was accepted/],
      ['checkpoint', 2, /checkpoint: /],
      ['checkpoint', files.get('checkpoint')!.indexOf('\n') + 1, /checkpoint: the signature is wrong/],
      ['checkpoint', files.get('checkpoint')!.length - 20, /checkpoint: /],
      ['log.pub', 45, /log\.pub: /],
      ['log.pub', 60, /log\.pub: /],
    ];
    for (const [name, place, says] of cases) {
      await assertNamed(says, await pack(file, new Map(files).set(name, flip(files.get(name)!, place))));
    }
    const rewritten: [RegExp, string, string][] = [
      [/it is not written as records are/, '"v":1', '"v": 1'],
      [/its members are not those of a record/, '"v":1,"epoch":1', '"epoch":1,"v":1'],
      [/a member stands twice/, '"v":1', '"v":1,"v":1'],
      [/a number is not an integer/, '"v":1', '"v":1.0'],
    ];
    for (const [says, from, to] of rewritten) {
      const octets = Buffer.from(files.get(record)!.toString().replace(from, to));
      await assertNamed(says, await pack(file, new Map(files).set(record, octets)));
    }
    await assertHolds(await pack(file, files));
  });

  test('the proof, the places and the chain of the manifest', async (t) => {
    const { file } = await proved(t);
    const files = await unpack(file);
    interface Manifest {
      logId: string;
      size: number;
      message: string;
      events: { index: number; record: string; personal: string | null; proof: string[] }[];
    }
    const changed = (change: (manifest: Manifest) => void) => {
      const manifest = JSON.parse(files.get('manifest.json')!.toString());
      change(manifest);
      return pack(file, new Map(files).set('manifest.json', Buffer.from(JSON.stringify(manifest))));
    };
    const notRecord = /records\/\d+\.json: it is not record \d+ of the log/;
    const cases: [RegExp, (manifest: Manifest) => void][] = [
      [notRecord, ({ events }) => events[0]!.proof.reverse()],
      [notRecord, ({ events }) => events[0]!.proof.pop()],
      [notRecord, ({ events }) => events[0]!.proof.push('00'.repeat(32))],
      [notRecord, ({ events }) => (events[1]!.proof[0] = '00'.repeat(32))],
      [/proof is not a list of hashes/, ({ events }) => (events[1]!.proof[0] = 'zz'.repeat(32))],
      [/manifest\.json: it names another size/, (manifest) => manifest.size--],
      [/manifest\.json: it names the log/, (manifest) => (manifest.logId = crypto.randomUUID())],
      [/it is of the stream message-/, (manifest) => (manifest.message = crypto.randomUUID())],
      [/records\/\d+\.json: its revision is 1/, ({ events }) => events.shift()],
      [/names no events/, ({ events }) => events.splice(0)],
      [/its revision is 1/, ({ events }) => events.reverse()],
      [/personal\/\d+\.bin.*nothing in the package vouches/, ({ events }) => (events[0]!.personal = null)],
      [/names another record/, ({ events }) => (events[0]!.record = events[1]!.record)],
      [/names another personal part/, ({ events }) => (events[1]!.personal = events[0]!.personal)],
    ];
    for (const [says, change] of cases) await assertNamed(says, await changed(change));
  });

  test('a bool as an index, numbers beyond all bounds, nesting without end: refused, without a traceback', async (t) => {
    const { file } = await proved(t);
    const files = await unpack(file);
    const manifest = files.get('manifest.json')!.toString();
    const wrong = [
      manifest.replace(/"index": \d+/, '"index": true'),
      manifest.replace(/"index": \d+/, '"index": -1'),
      manifest.replace(/"index": \d+/, `"index": ${'9'.repeat(5000)}`),
      manifest.replace('"v": 1', '"v": 1.0'),
      manifest.replace('"v": 1', '"v": 1, "v": 1'),
      '['.repeat(100_000),
      'null',
      '[]',
      '',
      '\ufffe',
    ];
    for (const each of wrong)
      await assertNamed(/./, await pack(file, new Map(files).set('manifest.json', Buffer.from(each))));
    await assertNamed(
      /manifest\.json/,
      await pack(file, new Map(files).set('manifest.json', Buffer.of(0xff))),
    );
  });

  test('a second way to write a signature is none', async (t) => {
    const { file } = await proved(t);
    const files = await unpack(file);
    const text = files.get('checkpoint')!.toString();
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    // The last digit of 68 octets has two bits that say nothing.
    const other = text.replace(/(.)=\n$/, (_, digit: string) => `${digits[digits.indexOf(digit) ^ 1]}=\n`);
    assert.deepEqual(Buffer.from(other.slice(-94), 'base64'), Buffer.from(text.slice(-94), 'base64'));
    await assertNamed(
      /checkpoint: the signature is not base64/,
      await pack(file, new Map(files).set('checkpoint', Buffer.from(other))),
    );
  });

  test('a log whose own order or times are wrong', async (t) => {
    const cases: [RegExp, (first: NewRecord, second: NewRecord) => NewRecord[]][] = [
      [/it stands before an earlier event/, (first, second) => [second, first]],
      [
        /its time is before that of an earlier event/,
        (first, second) => [first, { ...second, record: earlier(second.record) }],
      ],
    ];
    for (const [says, order] of cases) {
      const { house, sources, options, file } = await proved(t);
      const { message } = await house.accept(mailOctets(2));
      const stream = `message-${message}`;
      const [first, second] = house.log.stream(stream);
      const wrong = house.withLog(
        await changedLog(house.log, (record) => (record.stream === stream ? null : record)),
      );
      wrong.log.write(stream, 0, order(first!, second!));
      const sealer = new Sealer(await openLedger(wrong.options));
      const checkpoint = await sealer.sealNow();
      await sealer.stop();
      await prove(message, { ...sources, store: wrong.store }, { ...options, checkpoint });
      const files = await unpack(file);
      const manifest = JSON.parse(files.get('manifest.json')!.toString());
      manifest.events.sort((a: { personal: string | null }) => (a.personal === null ? 1 : -1));
      await assertNamed(
        says,
        await pack(file, files.set('manifest.json', Buffer.from(JSON.stringify(manifest)))),
      );
    }
  });

  test('files that are missing, and files that nothing vouches for', async (t) => {
    const { file } = await proved(t);
    const files = await unpack(file);
    for (const name of files.keys()) {
      if (name === 'README.txt' || name === 'verify.py') continue;
      const without = new Map(files);
      without.delete(name);
      await assertNamed(new RegExp(`${name}: it is missing`), await pack(file, without));
    }
    await assertNamed(
      /extra\.eml: nothing in the package vouches/,
      await pack(file, new Map(files).set('extra.eml', Buffer.of(1))),
    );
    await writeFile(file, 'no zip');
    await assertNamed(/not a zip file/i, file);
    await rm(file);
    await assertNamed(/No such file/, file);
  });

  test('another key: log.pub, the checkpoint, or both', async (t) => {
    const { house, file, checkpoint } = await proved(t);
    const files = await unpack(file);
    const forger = logSigner(Buffer.alloc(32, 6));
    const forgedKey = Buffer.from(logKeyText({ ...checkpoint, publicKey: forger.publicKey }));
    const forgedHead = Buffer.from(checkpointText(forger.sign(checkpoint), forger.publicKey));
    await assertNamed(
      /checkpoint: it is signed with another key/,
      await pack(file, new Map(files).set('log.pub', forgedKey)),
    );
    await assertNamed(
      /checkpoint: it is signed with another key/,
      await pack(file, new Map(files).set('checkpoint', forgedHead)),
    );
    const both = new Map(files).set('checkpoint', forgedHead).set('log.pub', forgedKey);
    await assertHolds(await pack(file, both));
    await assertNamed(/HEAD: it is signed with another key/, file, '--checkpoint', house.folder.headFile);
  });

  test('a checkpoint from outside that differs: the log has been rewritten', async (t) => {
    const { house, file, checkpoint, publicKey } = await proved(t);
    const kept = join(dirname(file), 'kept.txt');
    const signer = logSigner((await house.keys.get('secret-ledger'))!);
    const write = (change: Partial<Checkpoint>) =>
      writeFile(kept, checkpointText(signer.sign({ ...checkpoint, ...change }), publicKey));
    await write({});
    await assertHolds(file, '--checkpoint', kept);
    await write({ root: hex(nodeHash(leafHash(Buffer.of(1)), leafHash(Buffer.of(2)))) });
    await assertNamed(/kept\.txt: it signs ANOTHER LOG of the same size/, file, '--checkpoint', kept);
    await write({ size: checkpoint.size + 1 });
    await assertNamed(/kept\.txt: .* cannot be compared/, file, '--checkpoint', kept);
    await write({ logId: crypto.randomUUID() });
    await assertNamed(/kept\.txt: it is of the log/, file, '--checkpoint', kept);
    await writeFile(kept, checkpointText({ ...checkpoint, sealedAt: 5 }, publicKey));
    await assertNamed(/kept\.txt: the signature is wrong/, file, '--checkpoint', kept);
    await writeFile(kept, 'nothing');
    await assertNamed(/kept\.txt: it is not a checkpoint/, file, '--checkpoint', kept);
    await assertNamed(/usage/, file, '--key', kept);
  });

  test('bits of the archive itself: never a pass with other evidence, never a traceback', async (t) => {
    const { file } = await proved(t);
    const octets = readFileSync(file);
    const first = await unpack(file);
    const random = seededRandom(1980);
    for (let round = 0; round < 25; round++) {
      await writeFile(
        file,
        flip(octets, Math.floor(random() * octets.length), 1 << Math.floor(random() * 8)),
      );
      const { exit, said } = await runVerifier(verifier, file);
      assert.ok(exit === 0 || exit === 1);
      if (exit === 0)
        assert.ok(said.includes(`${first.get('mail.eml')!.length} octets, the mail that was accepted`));
      else assert.match(said, /^FAIL {2}/m);
    }
  });
});
