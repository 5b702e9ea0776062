import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { UnknownOutcome } from '../../services/event-store/event-store.ts';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { type Checkpoint, checkpointText, parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { factOf } from '../../services/ledger/ledger-stream.ts';
import { CompactRange, hex, leafHash } from '../../services/ledger/merkle.ts';
import { type Ledger, openLedger } from '../../services/ledger/open-ledger.ts';
import { OwnHeads } from '../../services/ledger/own-heads.ts';
import { HeadNotAppended, Sealer, type SealerOptions } from '../../services/ledger/sealer.ts';
import { isSignedBy, publicKeyObject } from '../../services/ledger/signing-key.ts';
import { gappedPositions, type LedgerHouse, ledgerHouse } from './ledger-house.ts';

const never: SealerOptions = { sealIntervalMs: 1_000_000 };

async function sealerIn(
  t: TestContext,
  house: LedgerHouse,
  options: SealerOptions = never,
): Promise<{ ledger: Ledger; sealer: Sealer }> {
  const ledger = await openLedger(house.options);
  const sealer = new Sealer(ledger, options);
  t.after(() => sealer.stop().catch(() => {}));
  return { ledger, sealer };
}

function rootOf(house: LedgerHouse, size: number): string {
  const range = new CompactRange();
  for (const { record } of house.log.records.slice(0, size)) range.append(leafHash(record));
  return hex(range.root());
}

function sealedIn(house: LedgerHouse): { size: number; index: number; signature: string }[] {
  return house.log.records.flatMap((record, index) => {
    if (!record.stream.startsWith('ledger-')) return [];
    const fact = factOf(record);
    return fact.type === 'CheckpointSealed'
      ? [{ size: fact.data.size, index, signature: fact.data.signature }]
      : [];
  });
}

function assertHead(house: LedgerHouse, ledger: Ledger, checkpoint: Checkpoint): void {
  const text = readFileSync(house.folder.headFile, 'utf8');
  assert.equal(text, checkpointText(checkpoint, ledger.signer.publicKey));
  assert.equal(readFileSync(house.folder.checkpointFile(checkpoint.size), 'utf8'), text);
  assert.equal(checkpoint.root, rootOf(house, checkpoint.size));
  assert.ok(isSignedBy(parseCheckpoint(text), publicKeyObject(ledger.signer.publicKey)));
  assert.equal(sealedIn(house).at(-1)!.signature, checkpoint.signature);
}

for (const [name, positions] of [
  ['positions without gaps', undefined],
  ['positions with gaps', gappedPositions],
] as const) {
  describe(`sealer, ${name}`, () => {
    const houseOf = (t: TestContext) => ledgerHouse(t, new MemoryLog(positions));

    test('record 0 opens the log, with its id, format and algorithms', async (t) => {
      const house = await houseOf(t);
      const ledger = await openLedger(house.options);
      assert.equal(house.log.records.length, 1);
      const [record] = house.log.records;
      assert.equal(record!.stream, `ledger-${ledger.logId}`);
      assert.deepEqual(factOf(record!).data, {
        logId: ledger.logId,
        format: 1,
        hashing: 'sha256',
        tree: 'rfc9162',
        signing: 'ed25519',
        sealing: 'aes-256-gcm',
        publicKey: Buffer.from(ledger.signer.publicKey).toString('base64'),
      });
      assert.equal((await openLedger(house.options)).logId, ledger.logId, 'opened once only');
      assert.equal(house.log.records.length, 1);
    });

    test('on demand: the head is in the log and in its files, over everything acknowledged before', async (t) => {
      const house = await houseOf(t);
      const { ledger, sealer } = await sealerIn(t, house);
      await house.fill(300);
      const checkpoint = await sealer.sealNow();
      assert.equal(checkpoint.size, 301);
      assert.equal(checkpoint.sealedAt, house.nowMs);
      assertHead(house, ledger, checkpoint);
      assert.deepEqual(await house.folder.tiles.root(301).then(hex), checkpoint.root);
    });

    test('where only checkpoints are new, the last head is given again', async (t) => {
      const house = await houseOf(t);
      const { sealer } = await sealerIn(t, house);
      const first = await sealer.sealNow();
      assert.deepEqual(await sealer.sealNow(), first);
      assert.equal(sealedIn(house).length, 1);
      await house.fill(1);
      const [second, third] = await Promise.all([sealer.sealNow(), sealer.sealNow()]);
      assert.equal(second.size, 3);
      assert.deepEqual(third, second);
      assert.equal(sealedIn(house).length, 2);
    });

    test('at so many new leaves, exactly there, also within one batch', async (t) => {
      const house = await houseOf(t);
      const { ledger, sealer } = await sealerIn(t, house, { ...never, maxUnsealedLeaves: 100 });
      await house.fill(450);
      const last = await sealer.sealNow();
      const sizes = sealedIn(house).map(({ size }) => size);
      assert.deepEqual(sizes.slice(0, 4), [100, 200, 300, 400]);
      assertHead(house, ledger, last);
      for (const { size } of sealedIn(house)) {
        assert.equal(parseCheckpoint((await house.folder.checkpoint(size))!).root, rootOf(house, size));
      }
    });

    test('after the interval, where something other than a checkpoint is new', async (t) => {
      const house = await houseOf(t);
      const sealed = Promise.withResolvers<Checkpoint>();
      const { ledger } = await sealerIn(t, house, { sealIntervalMs: 20, onSealed: sealed.resolve });
      assertHead(house, ledger, await sealed.promise);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(sealedIn(house).length, 1, 'its own checkpoint is no reason for another');
    });

    test('it goes on where it stopped, from its tiles and without counting the log again', async (t) => {
      const house = await houseOf(t);
      const first = await sealerIn(t, house);
      await house.fill(1500);
      await first.sealer.stop();
      await house.fill(10);
      const reads = t.mock.method(house.store, 'readAll');
      const { ledger, sealer } = await sealerIn(t, house);
      const fromTheStart = reads.mock.calls.filter(
        ({ arguments: [after, maxCount] }) => after === -1 && maxCount > 1,
      );
      assert.equal(fromTheStart.length, 0);
      assert.equal(ledger.head.checkpoint!.size, 1501);
      const checkpoint = await sealer.sealNow();
      assert.equal(checkpoint.size, 1512);
      assertHead(house, ledger, checkpoint);
    });

    test('without its tiles and its hint it rebuilds them from the log', async (t) => {
      const house = await houseOf(t);
      const first = await sealerIn(t, house);
      await house.fill(600);
      await first.sealer.stop();
      await rm(join(house.folder.path, 'tile'), { recursive: true });
      await rm(join(house.folder.path, 'resume'));
      const { ledger, sealer } = await sealerIn(t, house);
      assert.equal(hex(await house.folder.tiles.root(601)), ledger.head.checkpoint!.root);
      await house.fill(1);
      assertHead(house, ledger, await sealer.sealNow());
    });

    test('damaged tiles at the edge are rebuilt', async (t) => {
      const house = await houseOf(t);
      const first = await sealerIn(t, house);
      await house.fill(600);
      await first.sealer.stop();
      const path = join(house.folder.path, 'tile/0/002.p/89');
      const octets = readFileSync(path);
      await writeFile(path, octets.fill(1, 32, 33));
      await openLedger(house.options);
      assert.equal(hex(await house.folder.tiles.root(601)), rootOf(house, 601));
    });

    test('a head that a crash left in the log alone gets its files at the next start', async (t) => {
      const house = await houseOf(t);
      const first = await sealerIn(t, house);
      await house.fill(20);
      const older = await first.sealer.sealNow();
      const olderText = readFileSync(house.folder.headFile, 'utf8');
      await house.fill(20);
      const newer = await first.sealer.sealNow();
      await first.sealer.stop();
      await writeFile(house.folder.headFile, olderText);
      await rm(house.folder.checkpointFile(newer.size));

      const { ledger, sealer } = await sealerIn(t, house);
      assert.equal(ledger.head.checkpoint!.size, older.size);
      assert.deepEqual(await sealer.sealNow(), newer, 'it is not sealed a second time');
      assertHead(house, ledger, newer);
      assert.equal(sealedIn(house).length, 2);
    });

    test('an older head put back in the place of HEAD: it goes on to the newest', async (t) => {
      const house = await houseOf(t);
      const first = await sealerIn(t, house);
      const oldest = await first.sealer.sealNow();
      for (let i = 0; i < 3; i++) {
        await house.fill(5);
        await first.sealer.sealNow();
      }
      await first.sealer.stop();
      const newest = first.sealer.head!;
      await rm(house.folder.checkpointFile(sealedIn(house)[2]!.size));
      await writeFile(house.folder.headFile, (await house.folder.checkpoint(oldest.size))!);
      const { ledger, sealer } = await sealerIn(t, house);
      assert.deepEqual(await sealer.sealNow(), newest);
      assert.ok(
        existsSync(house.folder.checkpointFile(sealedIn(house)[2]!.size)),
        'files of those between come back',
      );
      assertHead(house, ledger, newest);
    });

    test('a crash before the very first HEAD is no missing HEAD', async (t) => {
      const house = await houseOf(t);
      const first = await sealerIn(t, house);
      const only = await first.sealer.sealNow();
      await first.sealer.stop();
      await rm(house.folder.path, { recursive: true });
      const { ledger, sealer } = await sealerIn(t, house);
      assert.deepEqual(await sealer.sealNow(), only);
      assertHead(house, ledger, only);
    });
  });
}

describe('sealer in trouble', () => {
  test('the event is in the log before a file with the signature is', async (t) => {
    const house = await ledgerHouse(t);
    const { sealer } = await sealerIn(t, house);
    const seen: boolean[] = [];
    const append = house.store.append.bind(house.store);
    t.mock.method(house.store, 'append', async (...call: Parameters<typeof append>) => {
      seen.push(existsSync(house.folder.headFile) || existsSync(house.folder.checkpointFile(1)));
      return append(...call);
    });
    await sealer.sealNow();
    assert.deepEqual(seen, [false]);
    assert.ok(existsSync(house.folder.headFile));
  });

  test('an append that fails leaves nothing, and the interval tries again', async (t) => {
    const house = await ledgerHouse(t);
    const ledger = await openLedger(house.options);
    const append = house.store.append.bind(house.store);
    let failures = 2;
    t.mock.method(house.store, 'append', (...call: Parameters<typeof append>) =>
      failures-- > 0 ? Promise.reject(new UnknownOutcome('no answer')) : append(...call),
    );
    const troubles: HeadNotAppended[] = [];
    const sealed = Promise.withResolvers<Checkpoint>();
    const options = {
      sealIntervalMs: 10,
      onSealed: sealed.resolve,
      onTrouble: (error: HeadNotAppended) => troubles.push(error),
    };
    const sealer = new Sealer(ledger, options);
    t.after(() => sealer.stop());
    assertHead(house, ledger, await sealed.promise);
    assert.equal(troubles.length, 2);
    assert.ok(troubles[0]!.cause instanceof UnknownOutcome);
    assert.equal(sealedIn(house).length, 1);
  });

  test('on demand the failure is the caller’s', async (t) => {
    const house = await ledgerHouse(t);
    const { sealer } = await sealerIn(t, house);
    const append = t.mock.method(house.store, 'append', () =>
      Promise.reject(new UnknownOutcome('no answer')),
    );
    await assert.rejects(sealer.sealNow(), HeadNotAppended);
    assert.ok(!existsSync(house.folder.headFile));
    append.mock.restore();
    assert.equal((await sealer.sealNow()).size, 1);
  });

  test('a lost acknowledgement is found in the log', async (t) => {
    const house = await ledgerHouse(t);
    const { ledger, sealer } = await sealerIn(t, house);
    const append = house.store.append.bind(house.store);
    t.mock.method(house.store, 'append', async (...call: Parameters<typeof append>) => {
      await append(...call);
      throw new UnknownOutcome('no answer');
    });
    assertHead(house, ledger, await sealer.sealNow());
    assert.equal(sealedIn(house).length, 1);
  });

  test('an append that failed and lands later gets its file', async (t) => {
    const house = await ledgerHouse(t);
    const { sealer } = await sealerIn(t, house);
    const append = house.store.append.bind(house.store);
    let late: () => Promise<unknown> = async () => {};
    const failing = t.mock.method(house.store, 'append', async (...call: Parameters<typeof append>) => {
      late = () => append(...call);
      throw new UnknownOutcome('no answer');
    });
    await assert.rejects(sealer.sealNow(), HeadNotAppended);
    failing.mock.restore();
    await late();
    house.nowMs++;
    await house.fill(1);
    const second = await sealer.sealNow();
    assert.deepEqual(
      sealedIn(house).map(({ size }) => size),
      [1, second.size],
    );
    assert.equal(
      parseCheckpoint((await house.folder.checkpoint(1))!).signature,
      sealedIn(house)[0]!.signature,
    );
  });

  test('a second sealer on one log stops, and says so', async (t) => {
    const house = await ledgerHouse(t);
    const { sealer } = await sealerIn(t, house);
    const { sealer: second } = await sealerIn(t, house);
    await sealer.sealNow();
    house.nowMs++;
    await assert.rejects(second.sealNow(), { name: 'SealerStopped', message: /another sealer/ });
    await assert.rejects(second.ended, { name: 'SealerStopped' });
    await assert.rejects(second.sealNow(), { name: 'SealerStopped' });
    assert.equal(sealedIn(house).length, 1);
  });

  test('a folder that cannot be written ends it', async (t) => {
    const house = await ledgerHouse(t);
    const { sealer } = await sealerIn(t, house);
    await writeFile(house.folder.path, 'not a folder');
    await assert.rejects(sealer.sealNow(), { code: 'ENOTDIR' });
    await assert.rejects(sealer.ended, { code: 'ENOTDIR' });
  });

  test('a head in the log whose root is another one ends it', async (t) => {
    const house = await ledgerHouse(t);
    const ledger = await openLedger(house.options);
    const forged = { epoch: 1, size: 1, root: '00'.repeat(32), sealedAt: 1, signature: 'AAAA' };
    await ledger.stream.execute({ kind: 'sealHead', ...forged }, house.append, house.nowMs);
    const { sealer } = await sealerIn(t, house);
    await assert.rejects(sealer.sealNow(), { name: 'SealerStopped', message: /first 1 records/ });
  });

  test('stop seals what is left, and no timer or subscription outlives it', async (t) => {
    const house = await ledgerHouse(t);
    const { ledger, sealer } = await sealerIn(t, house);
    await house.fill(3);
    await sealer.stop();
    await sealer.ended;
    assertHead(house, ledger, sealer.head!);
    assert.equal(sealer.head!.size, 4);
    await house.fill(3);
    await assert.rejects(sealer.sealNow(), { name: 'SealerStopped' });
    assert.equal(sealedIn(house).length, 1);
  });

  test('times of its stream never go back, though the clock does', async (t) => {
    const house = await ledgerHouse(t);
    const { ledger, sealer } = await sealerIn(t, house);
    house.nowMs -= 60_000;
    await sealer.sealNow();
    const ats = house.log.stream(ledger.stream.name).map((record) => factOf(record).at);
    assert.deepEqual(ats, [house.nowMs + 60_000, house.nowMs + 60_000]);
  });

  test('a file left behind by a crash does not disturb', async (t) => {
    const house = await ledgerHouse(t);
    await mkdir(join(house.folder.path, 'checkpoint'), { recursive: true });
    await writeFile(`${house.folder.headFile}.tmp`, 'half a he');
    await writeFile(`${house.folder.checkpointFile(1)}.tmp`, 'half');
    const { ledger, sealer } = await sealerIn(t, house);
    assertHead(house, ledger, await sealer.sealNow());
  });
});

describe('own heads', () => {
  test('when one comes back, those that failed before it never will', () => {
    const heads = new OwnHeads();
    const [first, second, third] = ['A', 'B', 'C'].map((signature) => ({ signature }) as Checkpoint);
    for (const head of [first!, second!]) {
      heads.signed(head);
      heads.failed(head);
    }
    heads.signed(third!);
    assert.deepEqual(heads.meet('B'), { checkpoint: second, hadFailed: true });
    assert.equal(heads.meet('A'), null);
    assert.deepEqual(heads.meet('C'), { checkpoint: third, hadFailed: false });
    assert.equal(heads.meet('C'), null);
  });
});
