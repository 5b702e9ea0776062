import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { checkpointText } from '../../services/ledger/checkpoint.ts';
import { checkHead, type HeadProblem } from '../../services/ledger/head-check.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { changedLog, gappedPositions, LedgerHouse, ledgerHouse } from './ledger-house.ts';

/** A house with 400 events below its head and 20 behind it. */
async function sealedHouse(t: TestContext, log?: MemoryLog): Promise<LedgerHouse> {
  const house = await ledgerHouse(t, log);
  const ledger = await openLedger(house.options);
  const sealer = new Sealer(ledger, { sealIntervalMs: 1_000_000 });
  await house.fill(199);
  await sealer.sealNow();
  await house.fill(200);
  await sealer.stop();
  await house.fill(20);
  assert.equal(sealer.head!.size, 401);
  return house;
}

/** The same keys and folder beside another log. */
function withLog(house: LedgerHouse, log: MemoryLog): LedgerHouse {
  return new LedgerHouse(house.folder.path, log, house.keys);
}

async function assertRefused(house: LedgerHouse, problem: HeadProblem, ...says: RegExp[]): Promise<void> {
  await assert.rejects(checkHead(house.options), (error: Error & { problem?: string }) => {
    assert.equal(error.name, 'HeadRefused', String(error));
    assert.equal(error.problem, problem, error.message);
    for (const pattern of says) assert.match(error.message, pattern);
    return true;
  });
  await assert.rejects(openLedger(house.options), { name: 'HeadRefused' });
}

const verbs = [/`muniment verify`/, /`muniment restore`/];

for (const [name, positions] of [
  ['positions without gaps', undefined],
  ['positions with gaps', gappedPositions],
] as const) {
  describe(`head check, ${name}`, () => {
    const houseOf = (t: TestContext) => sealedHouse(t, new MemoryLog(positions));

    test('a log with its head starts', async (t) => {
      const house = await houseOf(t);
      const { checkpoint, tree, position } = await checkHead(house.options);
      assert.equal(checkpoint!.size, 401);
      assert.equal(tree.size, 401);
      assert.equal(position, house.log.records[400]!.position);
    });

    test('a log that ends behind its head starts; one record less does not', async (t) => {
      const house = await houseOf(t);
      const cutAt = async (size: number) =>
        withLog(house, await changedLog(house.log, (record, i) => (i < size ? record : null)));
      assert.equal((await checkHead((await cutAt(401)).options)).checkpoint!.size, 401);
      await assertRefused(await cutAt(400), 'logShort', /ledger\/HEAD/, /401/, /400: 1 is lost/, ...verbs);
      await assertRefused(await cutAt(0), 'logShort', /401 are lost/);
    });

    test('the last records below the head are others', async (t) => {
      const house = await houseOf(t);
      for (const altered of [400, 399, 300]) {
        const log = await changedLog(house.log, (record, i) =>
          i === altered ? { ...record, record: Buffer.concat([record.record, Buffer.of(32)]) } : record,
        );
        await assertRefused(withLog(house, log), 'logDiffers', /ledger\/HEAD/, ...verbs);
      }
    });

    test('a commit lost in the middle', async (t) => {
      const house = await houseOf(t);
      const log = await changedLog(house.log, (record, i) => (i === 390 ? null : record));
      await assertRefused(withLog(house, log), 'logDiffers');
    });

    test('a hint that leads elsewhere does no harm', async (t) => {
      const house = await houseOf(t);
      const { stream } = await openLedger(house.options);
      await stream.execute(
        { kind: 'noteClockStep', expectedMs: 0, observedMs: 9000 },
        house.append,
        house.nowMs,
      );
      const { headRevision, revision, state } = stream;
      for (const position of [house.log.records[100]!.position, 7]) {
        for (const elsewhere of [0, headRevision - 1, revision, 99]) {
          await house.folder.writeResume({ size: 401, position, revision: elsewhere });
          assert.equal((await checkHead(house.options)).position, house.log.records[400]!.position);
          const again = await openLedger(house.options);
          assert.deepEqual([again.stream.state, again.orphans], [state, []]);
        }
      }
    });

    test('tiles are no reason to refuse: without them the log itself is hashed', async (t) => {
      const house = await houseOf(t);
      await rm(`${house.folder.path}/tile`, { recursive: true });
      assert.equal((await checkHead(house.options)).tree.size, 401);
      await rm(`${house.folder.path}/tile`, { recursive: true });
      const log = await changedLog(house.log, (record, i) =>
        i === 5 ? { ...record, record: Buffer.concat([record.record, Buffer.of(32)]) } : record,
      );
      await assertRefused(withLog(house, log), 'logDiffers');
    });
  });
}

describe('head check', () => {
  test('an empty log without a head starts', async (t) => {
    const { checkpoint, tree, position } = await checkHead((await ledgerHouse(t)).options);
    assert.deepEqual([checkpoint, tree.size, position], [null, 0, -1]);
  });

  test('a log that was never sealed starts', async (t) => {
    const house = await ledgerHouse(t);
    await openLedger(house.options);
    await house.fill(3);
    assert.equal((await checkHead(house.options)).checkpoint, null);
  });

  test('HEAD is missing beside a log with checkpoints', async (t) => {
    const house = await sealedHouse(t);
    await rm(house.folder.headFile);
    await assertRefused(house, 'headMissing', /ledger\/HEAD is missing/, ...verbs);
  });

  test('the whole folder is missing beside a log with checkpoints', async (t) => {
    const house = await sealedHouse(t);
    await rm(house.folder.path, { recursive: true });
    await assertRefused(house, 'headMissing');
  });

  test('HEAD is missing and the log was cut back to its first checkpoint', async (t) => {
    const house = await sealedHouse(t);
    await rm(house.folder.headFile);
    const log = await changedLog(house.log, (record, i) => (i < 300 ? record : null));
    await assertRefused(withLog(house, log), 'headMissing');
  });

  test('the key store has seen more of the log', async (t) => {
    const house = await sealedHouse(t);
    house.keys.seenPosition = house.log.lastPosition;
    await checkHead(house.options);
    house.keys.seenPosition = house.log.lastPosition + 1;
    await assertRefused(house, 'logShort', /keys\/keys\.sqlite/, /position 422/, /ends at 421/, ...verbs);
  });

  test('HEAD is damaged', async (t) => {
    const house = await sealedHouse(t);
    const text = readFileSync(house.folder.headFile, 'utf8');
    for (const wrong of ['', text.slice(0, 80), text.replace('\n401\n', '\n4x1\n')]) {
      await writeFile(house.folder.headFile, wrong);
      await assertRefused(house, 'headMalformed', /ledger\/HEAD is damaged/, /ledger\/checkpoint/, ...verbs);
    }
  });

  test('HEAD names more than was ever signed', async (t) => {
    const house = await sealedHouse(t);
    await writeFile(
      house.folder.headFile,
      readFileSync(house.folder.headFile, 'utf8').replace('\n401\n', '\n402\n'),
    );
    await assertRefused(house, 'logDiffers');
  });

  test('HEAD is signed with another key', async (t) => {
    const house = await sealedHouse(t);
    const { checkpoint } = await checkHead(house.options);
    const forger = logSigner(Buffer.alloc(32, 9));
    await writeFile(house.folder.headFile, checkpointText(forger.sign(checkpoint!), forger.publicKey));
    await assertRefused(house, 'headForeign', /secret-ledger/, /keys\/keys\.sqlite/);
  });

  test('HEAD is that of another log', async (t) => {
    const [house, other] = [await sealedHouse(t), await sealedHouse(t)];
    await writeFile(house.folder.headFile, readFileSync(other.folder.headFile));
    await assertRefused(house, 'headForeign', /another log/);
  });

  test('the key store belongs to another log', async (t) => {
    const house = await sealedHouse(t);
    await house.keys.destroy('secret-ledger');
    await assertRefused(house, 'headForeign', /secret-ledger/);
    const unsealed = await ledgerHouse(t);
    await openLedger(unsealed.options);
    const stranger = new LedgerHouse(unsealed.folder.path, unsealed.log);
    await assert.rejects(openLedger(stranger.options), { name: 'HeadRefused', message: /signing key/ });
    assert.equal(
      await stranger.keys.state('secret-ledger'),
      'absent',
      'no new key is made beside an old log',
    );
    await stranger.keys.ensure('secret-ledger');
    await assert.rejects(openLedger(stranger.options), { name: 'HeadRefused', message: /signing key/ });
  });

  test('the first record opens no log', async (t) => {
    const house = await ledgerHouse(t);
    await house.fill(1);
    await assertRefused(house, 'notALog', ...verbs);
  });
});
