import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { logKeyText, parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { prove } from '../../services/ledger/prove.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { gappedPositions } from './ledger-house.ts';
import { mailOctets } from './mail-house.ts';
import { assertHolds, assertNamed, proved, runVerifier, trace, unpack, withPython } from './proof-house.ts';

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
