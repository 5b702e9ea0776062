import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { verifyExit } from '../../services/ledger/findings.ts';
import { checkHead } from '../../services/ledger/head-check.ts';
import type { Appender } from '../../services/ledger/ledger-stream.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { restoreLog } from '../../services/ledger/restore-log.ts';
import { planRestore, type RestorePlan } from '../../services/ledger/restore-plan.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { verifyLog } from '../../services/ledger/verify.ts';
import { changedLog, draft, gappedPositions, LedgerHouse, ledgerHouse } from './ledger-house.ts';

/** Heads over 200 and 401 of 421 records. */
async function sealedHouse(t: TestContext, log?: MemoryLog): Promise<LedgerHouse> {
  const house = await ledgerHouse(t, log);
  const sealer = new Sealer(await openLedger(house.options), { sealIntervalMs: 1_000_000 });
  await house.fill(199);
  await sealer.sealNow();
  await house.fill(200);
  await sealer.stop();
  await house.fill(19);
  assert.equal(house.log.records.length, 421);
  return house;
}

/** The same house with the first records alone. */
async function cutTo(house: LedgerHouse, records: number): Promise<LedgerHouse> {
  const log = await changedLog(house.log, (record, i) => (i < records ? record : null));
  return new LedgerHouse(house.folder.path, log, house.keys);
}

function appendIn({ sealed }: LedgerHouse, epoch: number): Appender {
  return (stream, expected, drafts, { actor, cause, now }) =>
    sealed.appendDrafts(stream, expected, drafts, {
      ids: drafts.map(() => newEventId(now)),
      epoch,
      at: now,
      actor,
      cause,
    });
}

function restore(house: LedgerHouse, plan: RestorePlan, append = appendIn(house, plan.newEpoch)) {
  return restoreLog(house.options, plan, { by: 'root', reason: 'a test', nowMs: house.nowMs, append });
}

const verify = ({ store, keys, folder }: LedgerHouse, outside?: string) =>
  verifyLog(
    { store, keys, folder, blobs: null },
    outside === undefined ? {} : { outside: { text: outside, place: 'kept' } },
  );

for (const [name, positions] of [
  ['positions without gaps', undefined],
  ['positions with gaps', gappedPositions],
] as const) {
  describe(`restore, ${name}`, () => {
    const houseOf = (t: TestContext) => sealedHouse(t, new MemoryLog(positions));

    test('a log that lost its tail goes on, its heads in a new epoch', async (t) => {
      const house = await houseOf(t);
      const old = (await house.folder.head())!;
      const cut = await cutTo(house, 300);
      const plan = await planRestore(cut.options, null);
      assert.deepEqual(
        [plan.records, plan.newest?.size, plan.lostRecords, plan.differsFrom, plan.newEpoch],
        [300, 401, 101, null, 2],
      );
      const head = await restore(cut, plan);
      assert.deepEqual([head.epoch, head.size], [2, 301]);
      const restored = cut.log.records[300]!;
      assert.match(Buffer.from(restored.record).toString(), /"epoch":2,.*"type":"LogRestored"/);
      const { oldEpoch, oldSize, oldRoot } = JSON.parse(Buffer.from(restored.record).toString()).data;
      assert.deepEqual([oldEpoch, oldSize, oldRoot], [1, 401, parseCheckpoint(old).root]);
      await checkHead(cut.options);
      const sealer = new Sealer(await openLedger({ ...cut.options, append: appendIn(cut, 2) }));
      await appendIn(cut, 2)(`rule-${crypto.randomUUID()}`, 'absent', [draft('RuleNoted', { number: 1 })], {
        actor: 'system',
        cause: null,
        now: cut.nowMs,
      });
      assert.equal((await sealer.sealNow()).epoch, 2);
      await sealer.stop();
      assert.equal((await verify(cut)).exit, verifyExit.sound);
      const { exit, findings } = await verify(cut, old);
      assert.equal(exit, verifyExit.recordsLost);
      assert.match(findings[0]!.text, /signs 401 records of epoch 1; 101 of them are lost/);
    });

    test('what was lost stays as evidence, and nothing of it among what the log has', async (t) => {
      const house = await houseOf(t);
      const [old, sealed] = [await house.folder.head(), await house.folder.checkpoint(401)];
      const cut = await cutTo(house, 300);
      await restore(cut, await planRestore(cut.options, null));
      const lost = (file: string) => readFileSync(join(cut.folder.path, 'lost', '2', file), 'utf8');
      assert.deepEqual([lost('HEAD'), lost('401')], [old, sealed]);
      assert.deepEqual(readdirSync(join(cut.folder.path, 'checkpoint')).sort(), ['200', '301']);
    });
  });
}

describe('a restore', () => {
  test('of a log that goes on differently says from where', async (t) => {
    const house = await sealedHouse(t);
    const other = await changedLog(house.log, (record, i) =>
      i === 350
        ? { ...record, record: Buffer.from(record.record.toString().replace('"number":', '"numbes":')) }
        : record,
    );
    const changed = new LedgerHouse(house.folder.path, other, house.keys);
    const plan = await planRestore(changed.options, null);
    assert.deepEqual([plan.differsFrom, plan.lostRecords], [200, 201]);
  });

  test('counts against a head that was kept outside', async (t) => {
    const house = await sealedHouse(t);
    const outside = parseCheckpoint((await house.folder.head())!);
    const cut = await cutTo(house, 199);
    await rm(cut.folder.path, { recursive: true });
    assert.equal((await planRestore(cut.options, null)).newest, null);
    const plan = await planRestore(cut.options, outside);
    assert.deepEqual([plan.newest?.size, plan.lostRecords], [401, 202]);
    await restore(cut, plan);
    await checkHead(cut.options);
  });

  test('without any head goes on as well, and rebuilds what was there', async (t) => {
    const house = await sealedHouse(t);
    await rm(house.folder.path, { recursive: true });
    await assert.rejects(checkHead(house.options), { problem: 'headMissing' });
    await restore(house, await planRestore(house.options, null));
    assert.equal((await verify(house)).exit, verifyExit.sound);
    assert.ok(await house.folder.checkpoint(200));
  });

  test('a damaged HEAD does not hinder it', async (t) => {
    const house = await sealedHouse(t);
    await writeFile(house.folder.headFile, 'x\n');
    await restore(house, await planRestore(house.options, null));
    assert.equal((await verify(house)).exit, verifyExit.sound);
  });

  test('after a restore raises the epoch again, whatever is put back', async (t) => {
    const house = await sealedHouse(t);
    const first = await cutTo(house, 300);
    await restore(first, await planRestore(first.options, null));
    const second = await cutTo(house, 250);
    await assert.rejects(checkHead(second.options), { name: 'HeadRefused' });
    const plan = await planRestore(second.options, null);
    assert.equal(plan.newEpoch, 3);
    await restore(second, plan);
    assert.equal((await verify(second)).exit, verifyExit.sound);
  });

  test('that is cut off at any append leaves a start that is refused, and can be repeated', async (t) => {
    for (const appends of [0, 1]) {
      const house = await cutTo(await sealedHouse(t), 300);
      const plan = await planRestore(house.options, null);
      let left = appends;
      const append: Appender = (...args) => {
        if (left-- === 0) throw new Error('cut off');
        return appendIn(house, plan.newEpoch)(...args);
      };
      await assert.rejects(restore(house, plan, append), /cut off/);
      await assert.rejects(checkHead(house.options), { name: 'HeadRefused' });
      const again = await planRestore(house.options, null);
      assert.equal(again.newEpoch, 3);
      await restore(house, again);
      await checkHead(house.options);
      assert.equal((await verify(house)).exit, verifyExit.sound);
    }
  });

  test('even where the log had every record that HEAD signs', async (t) => {
    const house = await sealedHouse(t);
    const plan = await planRestore(house.options, null);
    assert.equal(plan.lostRecords, 0);
    await assert.rejects(
      restore(house, plan, () => {
        throw new Error('cut off');
      }),
    );
    await assert.rejects(checkHead(house.options), { problem: 'epochOld' });
  });
});

describe('a restore is refused', () => {
  test('beside a key store that lacks a key of the log', async (t) => {
    const house = await sealedHouse(t);
    await house.add(`rule-${crypto.randomUUID()}`, 'absent', [
      draft('RuleNoted', { number: 1 }, { why: 'x' }),
    ]);
    const older = await sealedHouse(t);
    await older.keys.ensure('secret-ledger');
    const seed = (await house.keys.get('secret-ledger'))!;
    const keys = Object.assign(older.keys, {
      get: async (name: string) => (name === 'secret-ledger' ? seed : null),
    });
    const beside = new LedgerHouse(house.folder.path, house.log, keys);
    await assert.rejects(planRestore(beside.options, null), {
      name: 'RestoreRefused',
      message: /older than the log: the record at position 421 names the key rule-.*newest backup of keys/,
    });
  });

  test('beside a key store from before the last restore', async (t) => {
    const house = await sealedHouse(t);
    await restore(house, await planRestore(house.options, null));
    await house.keys.beginEpoch(1, -1);
    await assert.rejects(checkHead(house.options), { problem: 'keysOld' });
    await assert.rejects(planRestore(house.options, null), /before the restore that began epoch 2/);
  });

  test('beside the key store of another log', async (t) => {
    const house = await sealedHouse(t);
    const { keys } = await sealedHouse(t);
    const beside = new LedgerHouse(house.folder.path, house.log, keys);
    await assert.rejects(planRestore(beside.options, null), /does not hold the signing key/);
  });

  test('of an empty log, and of one with a damaged record', async (t) => {
    await assert.rejects(planRestore((await ledgerHouse(t)).options, null), /The log is empty/);
    const house = await sealedHouse(t);
    const broken = await changedLog(house.log, (record, i) =>
      i === 7 ? { ...record, record: Buffer.from('{}') } : record,
    );
    const changed = new LedgerHouse(house.folder.path, broken, house.keys);
    await assert.rejects(planRestore(changed.options, null), /position 7 of the log is damaged/);
  });
});
