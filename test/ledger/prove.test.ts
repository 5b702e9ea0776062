import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NewRecord } from '../../services/event-store/event-store.ts';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import {
  type Checkpoint,
  checkpointText,
  logKeyText,
  parseCheckpoint,
} from '../../services/ledger/checkpoint.ts';
import { hex, leafHash, nodeHash } from '../../services/ledger/merkle.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { type ProveOptions, prove } from '../../services/ledger/prove.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { ZipWriter } from '../../services/ledger/zip.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { changedLog, gappedPositions } from './ledger-house.ts';
import { mailOctets, mailReader, type SealedMailHouse, sealedMailHouse } from './mail-house.ts';

const verifier = fileURLToPath(new URL('../../services/ledger/verify.py', import.meta.url));
const trace = 'Received: from peer\r\n';
const withPython = {
  skip: spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed',
};

/** Runs the verifier as its reader would: with the machine's own Python. */
async function runVerifier(script: string, ...args: string[]): Promise<{ exit: number; said: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('python3', ['-I', script, ...args]);
    assert.equal(stderr, '');
    return { exit: 0, said: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    assert.equal(stderr, '', 'no traceback');
    return { exit: code, said: stdout };
  }
}

async function assertHolds(file: string, ...args: string[]): Promise<void> {
  const { exit, said } = await runVerifier(verifier, file, ...args);
  assert.equal(exit, 0, said);
}

/** Fails, and names the place. */
async function assertNamed(names: RegExp, file: string, ...args: string[]): Promise<void> {
  const { exit, said } = await runVerifier(verifier, file, ...args);
  assert.equal(exit, 1, said);
  const last = said.trimEnd().split('\n').at(-1)!;
  assert.match(last, /^FAIL {2}/);
  assert.match(last, names);
}

type Files = Map<string, Buffer>;

/** The files of a package, read by Python's own ZIP reader. */
async function unpack(file: string): Promise<Files> {
  const folder = `${file}.d`;
  await rm(folder, { recursive: true, force: true });
  await promisify(execFile)('python3', ['-m', 'zipfile', '-e', file, folder]);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

async function pack(file: string, files: Files): Promise<string> {
  const zip = await ZipWriter.create(file);
  for (const [name, octets] of files) await zip.add(name, octets);
  await zip.finish();
  return file;
}

/** The record with a time of decades ago. */
function earlier(record: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(record).toString().replace('"at":1', '"at":'));
}

interface Case {
  readonly house: SealedMailHouse;
  readonly checkpoint: Checkpoint;
  readonly publicKey: Uint8Array;
  readonly message: string;
  readonly file: string;
  readonly sources: Parameters<typeof prove>[1];
  readonly options: ProveOptions;
}

/** A message proved to somebody who may see everything but the recipients. */
async function proved(
  t: TestContext,
  log = new MemoryLog(),
  more: Partial<ProveOptions> = {},
): Promise<Case> {
  const house = await sealedMailHouse(t, log);
  const { logId } = await openLedger(house.options);
  const { publicKey } = logSigner((await house.keys.get('secret-ledger'))!);
  const checkpoint = parseCheckpoint((await house.folder.head())!);
  assert.equal(checkpoint.logId, logId);
  const { message } = house.mails[0]!;
  const file = join(dirname(house.folder.path), 'proof.zip');
  const options: ProveOptions = {
    checkpoint,
    file,
    nowMs: house.nowMs,
    asker: { kind: 'account', account: mailReader, roles: [] },
    ...more,
  };
  const sources = { ...house.sources, blobs: house.blobs, publicKey };
  await prove(message, sources, options);
  return { house, checkpoint, publicKey, message, file, sources, options };
}

for (const [name, positions] of [
  ['positions without gaps', undefined],
  ['positions with gaps', gappedPositions],
  ['positions with one gap', (last: number) => (last === 0 ? 5 : last + 1)],
] as const) {
  describe(`prove, ${name}`, withPython, () => {
    test('the package has what docs/formats.md says, and its own verifier passes it', async (t) => {
      const { house, checkpoint, publicKey, message, file } = await proved(t, new MemoryLog(positions));
      const files = await unpack(file);
      const manifest = JSON.parse(files.get('manifest.json')!.toString());
      assert.deepEqual(Object.keys(manifest), ['v', 'logId', 'epoch', 'message', 'made', 'size', 'events']);
      const index = manifest.events[0].index as number;
      assert.deepEqual([...files.keys()].sort(), [
        'README.txt',
        'checkpoint',
        'log.pub',
        'mail.eml',
        'manifest.json',
        `personal/${index}.bin`,
        `records/${index}.json`,
        `records/${index + 1}.json`,
        'verify.py',
      ]);
      assert.equal(manifest.size, checkpoint.size);
      assert.equal(manifest.message, message);
      assert.equal(manifest.events.length, 2);
      assert.equal(manifest.events[1].personal, null);
      assert.deepEqual(files.get(`records/${index}.json`), Buffer.from(house.log.records[index]!.record));
      assert.deepEqual(files.get('mail.eml'), Buffer.concat([Buffer.from(trace), mailOctets(1)]));
      assert.equal(files.get('log.pub')!.toString(), logKeyText({ ...checkpoint, publicKey }));
      const enclosed = `${file}.d/verify.py`;
      const { exit, said } = await runVerifier(enclosed, file, '--checkpoint', house.folder.headFile);
      assert.equal(exit, 0, said);
      assert.match(said, /mail\.eml: \d+ octets, the mail that was accepted/);
      assert.match(said, /Everything holds\.\n$/);
    });
  });
}

describe('prove', withPython, () => {
  test('one of several recipients gets the mail and not the others', async (t) => {
    const { file } = await proved(t);
    const files = await unpack(file);
    assert.ok(files.has('mail.eml'));
    assert.equal([...files.keys()].filter((each) => each.startsWith('personal/')).length, 1);
    assert.ok(readFileSync(file).includes('buyer@outside.example'));
    assert.ok(!readFileSync(file).includes('li@acme.example'));
    await assertHolds(file);
  });

  test('the operator gets all', async (t) => {
    const { file } = await proved(t, undefined, { asker: { kind: 'operator' } });
    assert.ok(readFileSync(file).includes('li@acme.example'));
    await assertHolds(file);
  });

  test('whose mail it is not gets nothing, and no package', async (t) => {
    const { message, file, sources, options } = await proved(t);
    await rm(file);
    const asker = { kind: 'account', account: crypto.randomUUID(), roles: ['administrator'] } as const;
    await assert.rejects(prove(message, sources, { ...options, asker }), {
      refusal: { refused: 'notPermitted' },
    });
    assert.ok(!existsSync(file));
  });

  test('an erased message: its records are proved, nothing more', async (t) => {
    const { house, message, file, sources, options } = await proved(t);
    await house.keys.destroy(`message-${message}`);
    assert.deepEqual(await prove(message, sources, { ...options, asker: { kind: 'operator' } }), {
      events: 2,
      shown: 0,
      withMail: false,
    });
    await assertHolds(file);
  });

  test('in an older checkpoint, which the asker brings', async (t) => {
    const { house, message, file, sources, options } = await proved(t);
    const older = house.folder.checkpointFile(40);
    await prove(message, sources, { ...options, checkpoint: parseCheckpoint(readFileSync(older, 'utf8')) });
    await assertHolds(file, '--checkpoint', older);
    await assertNamed(/so they cannot be compared/, file, '--checkpoint', house.folder.headFile);
    const later = house.mails[1]!.message;
    await assert.rejects(
      prove(later, sources, { ...options, checkpoint: parseCheckpoint(readFileSync(older, 'utf8')) }),
      {
        name: 'NotProvable',
        message: /over 40 records does not cover/,
      },
    );
  });

  test('tiles that are gone or wrong are made again first', async (t) => {
    const { house, message, file, sources, options } = await proved(t);
    await rm(join(house.folder.path, 'tile'), { recursive: true });
    await prove(message, sources, options);
    await assertHolds(file);
    const tile = join(house.folder.path, 'tile/0/001');
    await writeFile(tile, readFileSync(tile).fill(7, 0, 32));
    await prove(message, sources, options);
    await assertHolds(file);
  });

  test('what cannot be proved leaves no package', async (t) => {
    const { house, message, file, sources, options } = await proved(t);
    await rm(file);
    const forged = { ...options.checkpoint, root: '00'.repeat(32) };
    const resigned = logSigner((await house.keys.get('secret-ledger'))!).sign(forged);
    const cases: [RegExp, Promise<unknown>][] = [
      [/no message/, prove(crypto.randomUUID(), sources, options)],
      [/not signed by this log/, prove(message, sources, { ...options, checkpoint: forged })],
      [/not the one that it signs/, prove(message, sources, { ...options, checkpoint: resigned })],
    ];
    for (const [text, attempt] of cases)
      await assert.rejects(attempt, { name: 'NotProvable', message: text });
    const { frame } = house.mails[0]!;
    const octets = house.blobs.kept.get(frame)!;
    octets[100]! ^= 1;
    await assert.rejects(prove(message, sources, options), { name: 'FrameDamaged' });
    house.blobs.kept.delete(frame);
    await assert.rejects(prove(message, sources, options), { name: 'FrameMissing' });
    assert.deepEqual(readdirSync(dirname(file)), ['ledger']);
  });

  test('only its owner can read the package', async (t) => {
    const { file } = await proved(t);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!existsSync(`${file}.tmp`));
  });
});

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
