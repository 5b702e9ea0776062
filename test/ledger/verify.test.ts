import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { checkpointText, parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { verifyExit } from '../../services/ledger/findings.ts';
import { hex } from '../../services/ledger/merkle.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { rebuildTiles } from '../../services/ledger/rebuild-tiles.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { draft, gappedPositions } from './ledger-house.ts';
import { mailOctets, sealedMailHouse } from './mail-house.ts';
import {
  assertFound,
  assertSound,
  flipped,
  indexOfMail,
  rewritten,
  verify,
  withChange,
} from './verify-house.ts';

for (const [name, positions] of [
  ['positions without gaps', undefined],
  ['positions with gaps', gappedPositions],
] as const) {
  describe(`verify, ${name}`, () => {
    const houseOf = (t: TestContext) => sealedMailHouse(t, new MemoryLog(positions));

    test('a sound log is sound, with everything on it', async (t) => {
      const house = await houseOf(t);
      const progress: number[][] = [];
      const report = await verify(house, { onProgress: (done, total) => progress.push([done, total]) });
      assertSound(report);
      assert.equal(report.size, house.log.records.length);
      assert.equal(report.records, report.size);
      assert.equal(report.heads, 3);
      assert.equal(report.opened, 6, 'three mails, recipients apart');
      assert.equal(report.mails, 3);
      assert.equal(
        report.mailOctets,
        mailOctets(1).length + mailOctets(4000).length,
        'a shared frame is read once',
      );
      const last = house.log.lastPosition + 1;
      assert.deepEqual(progress.at(-1), [last, last]);
      assert.ok(progress.length > 1);
    });

    test('any octet of any record flipped is found at its place, and no head is accused', async (t) => {
      const house = await houseOf(t);
      for (const index of [0, 3, indexOfMail(house), 400, 700]) {
        const other = await withChange(house, (record, i) =>
          i === index ? { ...record, record: flipped(record.record, record.record.length >> 1) } : record,
        );
        const report = await verify(other);
        assert.equal(report.exit, verifyExit.broken);
        const at = `position ${house.log.records[index]!.position},`;
        assert.ok(report.findings.some(({ kind, place }) => kind === 'record' && place.startsWith(at)));
        assert.ok(!report.findings.some(({ kind }) => ['checkpoint', 'head', 'tile'].includes(kind)));
      }
    });

    test('since a checkpoint: only what came after is read', async (t) => {
      const house = await houseOf(t);
      const sizes = [1, 40, parseCheckpoint((await house.folder.head())!).size];
      for (const since of sizes) {
        const report = await verify(house, { since });
        assertSound(report);
        assert.equal(report.size, house.log.records.length);
        assert.equal(report.records, report.size - since);
        assert.equal(report.mails, since === 1 ? 3 : since === 40 ? 2 : 0);
      }
      await house.add(house.log.records[5]!.stream, 0, [draft('RuleNoted', { number: 1 })]);
      assertSound(await verify(house, { since: sizes[2]! }));
      const broken = await withChange(house, (record, i) => (i === 500 ? null : record));
      assert.equal((await verify(broken, { since: 40 })).exit, verifyExit.broken);
    });

    test('since a checkpoint: a stream that began before goes on at its next revision', async (t) => {
      const house = await houseOf(t);
      const { stream } = house.log.records.find(({ stream }) => stream.startsWith('rule-'))!;
      await house.add(stream, 0, [draft('RuleNoted', { number: 1 }), draft('RuleNoted', { number: 2 })]);
      const gone = await withChange(house, (record) =>
        record.stream === stream && record.revision === 1 ? null : record,
      );
      const since = parseCheckpoint((await house.folder.head())!).size;
      assertSound(await verify(house, { since }));
      assertFound(await verify(gone, { since }), verifyExit.broken, 'revision');
    });

    test('since a checkpoint whose last record is another one now', async (t) => {
      const house = await houseOf(t);
      const other = await withChange(house, (record, i) =>
        i === 39 ? rewritten(record, /"number":\d+/, '"number":77') : record,
      );
      assertFound(await verify(other, { since: 40 }), verifyExit.broken, 'head');
    });

    test('since a checkpoint that the log no longer has', async (t) => {
      const house = await houseOf(t);
      const cut = await withChange(house, (record, i) => (i < 30 ? record : null));
      const report = await verify(cut, { since: 40 });
      assertFound(report, verifyExit.recordsLost, 'lost');
      assert.match(report.findings[0]!.text, /signs 40 records; 10 of them/);
    });

    test('a dropped tail: how many records are lost, with an exit code of its own', async (t) => {
      const house = await houseOf(t);
      const head = parseCheckpoint((await house.folder.head())!);
      const cut = await withChange(house, (record, i) => (i < 500 ? record : null));
      const report = await verify(cut);
      assertFound(report, verifyExit.recordsLost, 'lost');
      assert.ok(
        report.findings.some(
          ({ place, text }) => /HEAD/.test(place) && text.includes(`${head.size - 500} of them are lost`),
        ),
      );
      await rm(house.folder.path, { recursive: true });
      assertFound(await verify(cut), verifyExit.broken, 'head');
    });

    test('an emptied log', async (t) => {
      const house = await houseOf(t);
      const report = await verify(await withChange(house, () => null));
      assertFound(report, verifyExit.recordsLost, 'lost');
    });
  });
}

describe('verify: a checkpoint from outside', () => {
  const outsideOf = (text: string) => ({ outside: { text, place: 'kept.txt' } });

  test('of the same size, a smaller one, a larger one', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const smaller = (await house.folder.checkpoint(40))!;
    const equal = (await house.folder.head())!;
    assertSound(await verify(house, outsideOf(smaller)));
    assertSound(await verify(house, outsideOf(equal)));
    assertSound(await verify(house, { ...outsideOf(smaller), since: 40 }));
    assertSound(await verify(house, { ...outsideOf((await house.folder.checkpoint(1))!), since: 40 }));
    const sealer = new Sealer(await openLedger(house.options));
    await house.fill(10);
    await sealer.stop();
    const larger = (await house.folder.head())!;
    const size = parseCheckpoint(equal).size;
    const cut = await withChange(house, (record, i) => (i <= size ? record : null));
    await writeFile(house.folder.headFile, equal);
    const forgotten = await verify(cut);
    assertFound(forgotten, verifyExit.recordsLost, 'lost');
    assert.equal(forgotten.findings[0]!.place, house.folder.checkpointFile(parseCheckpoint(larger).size));
    await rm(house.folder.checkpointFile(parseCheckpoint(larger).size));
    assertSound(await verify(cut));
    const report = await verify(cut, outsideOf(larger));
    assertFound(report, verifyExit.recordsLost, 'lost');
    assert.equal(report.findings[0]!.place, 'kept.txt');
    assert.match(report.findings[0]!.text, /10 of them are lost/);
  });

  test('a log rewritten with new hashes and signed again by the holder of the key', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const kept = (await house.folder.head())!;
    // Somebody with every key makes the whole log again, with one record less.
    const log = new MemoryLog();
    const forged = house.withLog(log);
    const [opening] = house.log.records;
    log.write(opening!.stream, 0, [opening!]);
    await rm(house.folder.path, { recursive: true });
    const sealer = new Sealer(await openLedger(forged.options));
    for (const { stream, revision, id, record, sealed } of house.log.records.slice(1)) {
      if (!stream.startsWith('ledger-') && id !== house.log.records[50]!.id)
        log.write(stream, revision, [{ id, record, sealed }]);
    }
    await sealer.stop();
    assertSound(await verify(forged));
    const report = await verify(forged, outsideOf(kept));
    assert.ok(report.exit === verifyExit.broken || report.exit === verifyExit.recordsLost);
    assert.ok(report.findings.every(({ place }) => place === 'kept.txt'));
    const smaller = parseCheckpoint(kept).size;
    await forged.fill(5);
    assert.ok(log.records.length >= smaller);
    assertFound(await verify(forged, outsideOf(kept)), verifyExit.broken, 'outside');
  });

  test('of another log, of another key, altered, or none at all', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const other = await sealedMailHouse(t, new MemoryLog());
    const text = (await house.folder.head())!;
    const forger = logSigner(Buffer.alloc(32, 5));
    const parsed = parseCheckpoint(text);
    const signer = logSigner((await house.keys.get('secret-ledger'))!);
    const wrong = [
      (await other.folder.head())!,
      // The same key under the name of another log, and a wrong key hash beside a right signature.
      checkpointText(signer.sign({ ...parsed, logId: crypto.randomUUID() }), signer.publicKey),
      checkpointText(parsed, forger.publicKey),
      checkpointText(forger.sign(parsed), forger.publicKey),
      text.replace(/\n\d{13}\n/, '\n1700000000000\n'),
      'nothing',
      '',
    ];
    for (const each of wrong) assertFound(await verify(house, outsideOf(each)), verifyExit.broken, 'outside');
  });

  test('of the time before a restore', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const before = (await house.folder.head())!;
    const smaller = (await house.folder.checkpoint(40))!;
    const backup = await withChange(house, (record, i) => (i < 600 ? record : null));
    const ledgerRecords = backup.log.records.filter(({ stream }) => stream.startsWith('ledger-'));
    const { stream } = ledgerRecords[0]!;
    const old = { oldEpoch: 1, oldSize: parseCheckpoint(before).size, oldRoot: parseCheckpoint(before).root };
    await backup.sealed.appendDrafts(
      stream,
      ledgerRecords.length - 1,
      [draft('LogRestored', old, { by: 'operator', reason: 'disk' })],
      {
        ids: [house.log.records.at(-1)!.id.replace(/.$/, '0')],
        epoch: 2,
        at: backup.nowMs,
        actor: 'operator',
        cause: null,
      },
    );
    for (let i = 0; i < 200; i++) {
      await backup.sealed.appendDrafts(
        `rule-${crypto.randomUUID()}`,
        'absent',
        [draft('RuleNoted', { number: i })],
        {
          ids: [house.log.records.at(-1)!.id.replace(/.{3}$/, i.toString(16).padStart(3, '0'))],
          epoch: 2,
          at: backup.nowMs,
          actor: 'system',
          cause: null,
        },
      );
    }
    await rm(house.folder.headFile);
    await writeFile(house.folder.headFile, smaller);
    assertSound(await verify(backup, outsideOf(smaller)));
    const report = await verify(backup, outsideOf(before));
    assertFound(report, verifyExit.recordsLost, 'lost');
    assert.match(
      report.findings[0]!.text,
      new RegExp(`of epoch 1; ${parseCheckpoint(before).size - 600} of them`),
    );
    const signer = logSigner((await house.keys.get('secret-ledger'))!);
    const { logId, sealedAt } = parseCheckpoint(before);
    const { tree } = await rebuildTiles(backup.store, backup.folder.tiles, 700);
    const root = hex(tree.root());
    const head = checkpointText(
      signer.sign({ logId, epoch: 2, size: 700, root, sealedAt }),
      signer.publicKey,
    );
    await backup.folder.writeCheckpoint(700, head);
    await assert.rejects(verify(backup, { ...outsideOf(before), since: 700 }), {
      name: 'Unverifiable',
      message: /before a restore; verify the whole log/,
    });
    assertSound(await verify(backup, { ...outsideOf(head), since: 700 }));
  });
});
