/** Records that were changed or taken out after they were sealed are named themselves, not the heads above them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import { MemoryEventStore, MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { verifyExit } from '../../services/ledger/findings.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { verifyLog } from '../../services/ledger/verify.ts';
import { changedLog, gappedPositions } from './ledger-house.ts';
import { type MailHouse, sealedMailHouse } from './mail-house.ts';

type Change = (record: StoredRecord, index: number) => StoredRecord | null;

const changed = async (house: MailHouse, change: Change): Promise<MailHouse> =>
  house.withLog(await changedLog(house.log, change));

/** Another number in a record that is well-formed before and after. */
function renumbered(record: StoredRecord): StoredRecord {
  const text = Buffer.from(record.record).toString();
  const other = text.replace(/"number":\d+/, '"number":4711');
  assert.notEqual(text, other);
  return { ...record, record: Buffer.from(other) };
}

for (const positions of [undefined, gappedPositions]) {
  describe(`sealed records, positions ${positions ? 'with' : 'without'} gaps`, () => {
    test('changed ones are named, each alone', async (t) => {
      const house = await sealedMailHouse(t, new MemoryLog(positions));
      const head = parseCheckpoint((await house.folder.head())!);
      for (const indexes of [[20], [20, 21, 400], [255, 256], [head.size - 2, head.size - 1]]) {
        const other = await changed(house, (record, i) =>
          indexes.includes(i) ? renumbered(record) : record,
        );
        const report = await verifyLog(other.sources);
        assert.equal(report.exit, verifyExit.broken);
        assert.deepEqual(
          report.findings.map(({ kind, place }) => [kind, Number(/^position (\d+)/.exec(place)?.[1])]),
          indexes.map((index) => ['record', house.log.records[index]!.position]),
        );
        assert.match(
          report.findings[0]!.text,
          new RegExp(`^it is not the record that was sealed: .* checkpoint of ${head.size} records`),
        );
      }
    });

    test('missing ones are named before the next that is there', async (t) => {
      const house = await sealedMailHouse(t, new MemoryLog(positions));
      for (const [from, count, says] of [
        [300, 1, /^record 300 is missing before it/],
        [20, 7, /^records 20 to 26 are missing before it/],
        [499, 2, /^records 499 to 500 are missing before it/],
      ] as const) {
        const other = await changed(house, (record, i) => (i >= from && i < from + count ? null : record));
        const { findings, size } = await verifyLog(other.sources);
        assert.deepEqual(
          findings.map(({ kind }) => kind),
          ['record'],
          JSON.stringify(findings),
        );
        assert.ok(findings[0]!.place.startsWith(`position ${house.log.records[from + count]!.position},`));
        assert.match(findings[0]!.text, says);
        assert.equal(size, house.log.records.length);
      }
    });

    test('a log that went another way: the heads above it are named', async (t) => {
      const house = await sealedMailHouse(t, new MemoryLog(positions));
      const other = await changed(house, (record, i) =>
        i >= 60 && record.stream.startsWith('rule-') ? renumbered(record) : record,
      );
      const { findings } = await verifyLog(other.sources);
      assert.ok(findings.some(({ kind }) => kind === 'head'));
      assert.ok(findings.length < 10, `${findings.length} findings`);
    });
  });
}

test('an older partial tile that was changed is named', async (t) => {
  const house = await sealedMailHouse(t, new MemoryLog());
  const older = parseCheckpoint((await house.folder.head())!).size;
  await house.fill(5);
  const sealer = new Sealer(await openLedger(house.options));
  await sealer.stop();
  const tile = join(house.folder.path, `tile/0/002.p/${older % 256}`);
  assert.deepEqual((await verifyLog(house.sources)).findings, []);
  const octets = readFileSync(tile);
  octets[40]! ^= 1;
  await writeFile(tile, octets);
  const { findings, exit } = await verifyLog(house.sources);
  assert.deepEqual(
    findings.map(({ kind, place }) => [kind, place]),
    [['tile', tile]],
  );
  assert.equal(exit, verifyExit.rebuildable);
});

test('a stream whose reader gets too little, or another record', async (t) => {
  const house = await sealedMailHouse(t, new MemoryLog());
  const [one, other] = [house.log.records[30]!, house.log.records[31]!];
  for (const [given, says] of [
    [[], /gives nothing here/],
    [[other], new RegExp(`gives the record of position ${other.position} here`)],
  ] as const) {
    const store = new (class extends MemoryEventStore {
      override async readStream(stream: string, from: number, maxCount: number): Promise<StoredRecord[]> {
        return stream === one.stream ? [...given] : super.readStream(stream, from, maxCount);
      }
    })(house.log);
    const { findings, exit } = await verifyLog({ ...house.sources, store });
    assert.equal(exit, verifyExit.broken);
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['stream'],
    );
    assert.ok(findings[0]!.place.startsWith(`position ${one.position}, ${one.stream}/0`));
    assert.match(findings[0]!.text, says);
  }
});
