import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import type { KeyStore } from '../../services/key-store/key-store.ts';
import { checkpointText, parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { type FindingKind, Findings, verifyExit } from '../../services/ledger/findings.ts';
import { hex } from '../../services/ledger/merkle.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { rebuildTiles } from '../../services/ledger/rebuild-tiles.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { type VerifyOptions, type VerifyReport, verifyLog } from '../../services/ledger/verify.ts';
import { changedLog, draft, gappedPositions } from './ledger-house.ts';
import { type Lies, type MailHouse, mailOctets, sealedMailHouse } from './mail-house.ts';

function verify(
  house: MailHouse,
  options?: VerifyOptions,
  keys: Partial<KeyStore> = {},
): Promise<VerifyReport> {
  const { store, folder, blobs } = house;
  return verifyLog({ store, folder, blobs, keys: keysWith(house.keys, keys) }, options);
}

/** The keys of a house, some calls of which answer otherwise. */
function keysWith(keys: KeyStore, otherwise: Partial<KeyStore>): KeyStore {
  return new Proxy(keys, {
    get: (target, call: keyof KeyStore) => otherwise[call] ?? target[call].bind(target),
  });
}

/** Exactly these kinds, and the exit code that follows. */
function assertFound(report: VerifyReport, exit: number, ...kinds: FindingKind[]): void {
  const found = [...new Set(report.findings.map(({ kind }) => kind))];
  assert.deepEqual(found.sort(), [...kinds].sort(), JSON.stringify(report.findings, null, 1));
  assert.equal(report.exit, exit);
}

function assertSound(report: VerifyReport): void {
  assertFound(report, verifyExit.sound);
}

const flipped = (octets: Uint8Array, place: number, bit = 1) => {
  const copy = Buffer.from(octets);
  copy[place]! ^= bit;
  return copy;
};

/** The record's text with one part replaced. */
const rewritten = (record: StoredRecord, from: string | RegExp, to: string): StoredRecord => {
  const text = Buffer.from(record.record).toString();
  assert.notEqual(text.replace(from, to), text, 'the test changes something');
  return { ...record, record: Buffer.from(text.replace(from, to)) };
};

async function withChange(
  house: MailHouse,
  change: (record: StoredRecord, index: number) => StoredRecord | null,
): Promise<MailHouse> {
  return house.withLog(await changedLog(house.log, change));
}

const isMessage = ({ stream, revision }: StoredRecord) => stream.startsWith('message-') && revision === 0;
const indexOfMail = (house: MailHouse) => house.log.records.findIndex(isMessage);

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

describe('verify: what it names', () => {
  test('records: form, place, order, time, epoch', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const mail = indexOfMail(house);
    // Behind every head, so that nothing but the record itself tells.
    await house.fill(3);
    const last = house.log.records.length - 1;
    const { stream } = house.log.records[last]!;
    await house.add(stream, 0, [draft('RuleNoted', { number: 7 })]);
    await house.add(stream, 1, [draft('RuleNoted', { number: 8 })]);
    const alter = (index: number, change: (record: StoredRecord) => StoredRecord | null) =>
      withChange(house, (record, i) => (i === index ? change(record) : record));
    const cases: [FindingKind, Promise<MailHouse>][] = [
      ['record', alter(last, (record) => rewritten(record, '"number"', ' "number"'))],
      ['record', alter(last, (record) => rewritten(record, /("v":1),("epoch":1)/, '$2,$1'))],
      ['record', alter(last, (record) => rewritten(record, /"number":\d+/, '"number":1.5'))],
      ['record', alter(last, (record) => rewritten(record, /"number":(\d+)/, '"number":$1,"number":$1'))],
      ['record', alter(last, (record) => rewritten(record, '"v":1', '"v":2'))],
      ['record', alter(last, (record) => rewritten(record, '"system"', '"nobody"'))],
      ['record', alter(last, (record) => rewritten(record, '"key":null', '"key":"rule-1"'))],
      ['record', alter(last, (record) => ({ ...record, record: flipped(record.record, 10, 0x80) }))],
      ['record', alter(last, (record) => ({ ...record, record: Buffer.alloc(0) }))],
      ['record', alter(last, (record) => rewritten(record, /"revision":0/, '"revision":1'))],
      ['record', alter(last, (record) => rewritten(record, stream, `rule-${crypto.randomUUID()}`))],
      ['revision', alter(last + 1, () => null)],
      ['time', alter(last, (record) => rewritten(record, /"at":1/, '"at":2'))],
      ['epoch', alter(last, (record) => rewritten(record, '"epoch":1', '"epoch":2'))],
      [
        'epoch',
        alter(last, (record) =>
          rewritten(record, '"epoch":1', '"epoch":2').stream === ''
            ? null
            : rewritten(record, '"epoch":1', '"epoch":3'),
        ),
      ],
    ];
    for (const [kind, changed] of cases) {
      const report = await verify(await changed);
      assert.equal(report.findings[0]?.kind, kind, JSON.stringify(report.findings));
      assert.equal(report.exit, verifyExit.broken);
      assert.ok(report.findings[0]!.place.startsWith('position '));
    }
    const opening = await verify(await alter(0, (record) => rewritten(record, '"LogOpened"', '"LogOpenen"')));
    assert.ok(opening.findings.some(({ kind }) => kind === 'opening'));
    assert.equal(house.log.records[mail]!.stream.slice(0, 8), 'message-');
  });

  test('personal parts: altered, missing, under another key, beside a record that has none', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const mail = indexOfMail(house);
    const alter = (change: (record: StoredRecord) => StoredRecord, index = mail) =>
      withChange(house, (record, i) => (i === index ? change(record) : record));
    const sealed = house.log.records[mail]!.sealed!;
    for (const place of [0, 1, 13, 60, sealed.length - 1]) {
      const report = await verify(await alter((record) => ({ ...record, sealed: flipped(sealed, place) })));
      assertFound(report, verifyExit.broken, 'seal');
      assert.match(report.findings[0]!.place, /^position 2, message-/);
    }
    const other = house.log.records.filter(isMessage)[1]!.sealed;
    assertFound(
      await verify(await alter((record) => ({ ...record, sealed: other }))),
      verifyExit.broken,
      'seal',
    );
    assertFound(
      await verify(await alter((record) => ({ ...record, sealed: null }))),
      verifyExit.broken,
      'seal',
    );
    assertFound(
      await verify(await alter((record) => ({ ...record, sealed }), 10)),
      verifyExit.broken,
      'seal',
    );
  });

  test('keys: an erased message is sound, a missing key is not', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const { message } = house.mails[1]!;
    await house.keys.destroy(`message-${message}`);
    const erased = await verify(house);
    assertSound(erased);
    assert.deepEqual([erased.erased, erased.mails], [2, 2]);
    const report = await verify(
      house,
      {},
      {
        getMany: async (names) => names.map(() => null),
        state: async () => 'absent',
      },
    );
    assertFound(report, verifyExit.broken, 'key');
    assert.equal(report.findings.length, 3, 'each key once');
  });

  test('keys: those of another log, a frame key that is gone, a position that the log has lost', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const stranger = {
      get: async (key: string) => (key === 'secret-ledger' ? Buffer.alloc(32, 3) : house.keys.get(key)),
    };
    assertFound(await verify(house, {}, stranger), verifyExit.broken, 'key');
    assertFound(await verify(house, {}, { frameKey: async () => null }), verifyExit.broken, 'key');
    house.keys.seenPosition = house.log.lastPosition + 1;
    assertFound(await verify(house), verifyExit.recordsLost, 'lost');
  });

  test('mails: every octet of a frame, a frame that is gone, a frame that holds another mail', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const { frame } = house.mails[1]!;
    const octets = house.blobs.kept.get(frame)!;
    for (const place of [8, 30, 60, 96, 5000, octets.length - 1]) {
      house.blobs.kept.set(frame, flipped(octets, place));
      const report = await verify(house);
      assertFound(report, verifyExit.broken, 'mail');
      assert.match(report.findings[0]!.place, /^position \d+, message-/);
      assert.match(report.findings[0]!.text, new RegExp(frame));
    }
    house.blobs.kept.delete(frame);
    assertFound(await verify(house), verifyExit.broken, 'mail');
    assertSound(await verifyLog({ ...house.sources, blobs: null }));
    house.blobs.kept.set(frame, octets);
    const swapped = await sealedMailHouse(t, new MemoryLog());
    const accept = await swapped.accept(mailOctets(9), '', swapped.mails[0]!.frame);
    const report = await verify(swapped);
    assertFound(report, verifyExit.broken, 'mail');
    assert.match(report.findings[0]!.place, new RegExp(accept.message));
    assert.match(report.findings[0]!.text, /other octets than were accepted/);
  });

  test('mails: sizes and addresses that are not those of the octets', async (t) => {
    const wrong = 'ab'.repeat(32);
    const cases: [Lies, RegExp][] = [
      [{ blobOctets: 7 }, /octets, not 7$/],
      [{ headerAddress: wrong }, /its header has another address, abab/],
      [{ headerAddress: wrong, address: wrong }, /its address does not follow from its octets/],
    ];
    for (const [lies, says] of cases) {
      const house = await sealedMailHouse(t, new MemoryLog());
      await house.accept(mailOctets(9), '', undefined, lies);
      const report = await verify(house);
      assertFound(report, verifyExit.broken, 'mail');
      assert.match(report.findings[0]!.text, says);
    }
  });

  test('mails: a shared frame is opened with the key of each message that holds it', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const other = house.mails[2]!.message;
    const report = await verify(
      house,
      {},
      {
        frameKey: async (frame, message) =>
          message === other ? Buffer.alloc(32, 1) : house.keys.frameKey(frame, message),
      },
    );
    assertFound(report, verifyExit.broken, 'mail');
    assert.match(report.findings[0]!.place, new RegExp(other));
  });

  test('heads in the log: signature, root, a size that is not its past', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const sealed = house.log.records.findIndex(({ record }) => Buffer.from(record).includes('"size":40'));
    const alter = (from: string | RegExp, to: string) =>
      withChange(house, (record, i) => (i === sealed ? rewritten(record, from, to) : record));
    for (const changed of [
      alter(/"root":"../, '"root":"zz'),
      alter('"size":40', '"size":39'),
      alter(/"signature":"./, '"signature":"+'),
    ]) {
      const report = await verify(await changed);
      assert.ok(
        report.findings.some(
          ({ kind, place }) => kind === 'checkpoint' && place.startsWith(`position ${sealed},`),
        ),
      );
    }
    const ledger = await openLedger(house.options);
    const { size: last } = ledger.stream.state.lastHead!;
    const ahead = ledger.signer.sign({
      logId: ledger.logId,
      epoch: 1,
      size: last + 500,
      root: '00'.repeat(32),
      sealedAt: 1,
    });
    await ledger.stream.execute({ kind: 'sealHead', ...ahead }, house.append, house.nowMs);
    const report = await verify(house);
    assert.ok(
      report.findings.some(({ kind, text }) => kind === 'checkpoint' && /is itself record/.test(text)),
    );
  });

  test('heads in the log: one behind another, of a smaller tree', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const { stream, signer, logId } = await openLedger(house.options);
    const root = hex(await house.folder.tiles.root(30, 40));
    const { size, sealedAt, signature } = signer.sign({ logId, epoch: 1, size: 30, root, sealedAt: 1 });
    await house.add(stream.name, stream.revision, [
      draft('CheckpointSealed', { size, root, sealedAt, signature }),
    ]);
    const report = await verify(house);
    assertFound(report, verifyExit.broken, 'checkpoint');
    assert.match(report.findings[0]!.text, /it signs 30 records, behind one of \d+/);
  });

  test('HEAD: missing, damaged, forged, of another log', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const text = (await house.folder.head())!;
    const forger = logSigner(Buffer.alloc(32, 5));
    const forged = checkpointText(forger.sign(parseCheckpoint(text)), forger.publicKey);
    const other = await sealedMailHouse(t, new MemoryLog());
    for (const wrong of [text.slice(5), forged, (await other.folder.head())!, '']) {
      await writeFile(house.folder.headFile, wrong);
      const report = await verify(house);
      assertFound(report, verifyExit.broken, 'head');
      assert.equal(report.findings[0]!.place, house.folder.headFile);
    }
    await rm(house.folder.headFile);
    assertFound(await verify(house), verifyExit.broken, 'head');
  });

  test('tiles and checkpoint files: named, and said to be rebuildable', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const folder = house.folder.path;
    const damage = async (path: string, change: (octets: Buffer) => Buffer | null) => {
      const file = join(folder, path);
      const octets = readFileSync(file);
      const changed = change(octets);
      await (changed === null ? rm(file) : writeFile(file, changed));
      const report = await verify(house);
      await writeFile(file, octets);
      return report;
    };
    const edge = `tile/1/000.p/${Math.floor(parseCheckpoint((await house.folder.head())!).size / 256)}`;
    for (const path of ['tile/0/000', 'tile/0/001', edge]) {
      for (const change of [(octets: Buffer) => flipped(octets, 33), () => null]) {
        const report = await damage(path, change);
        assertFound(report, verifyExit.rebuildable, 'tile');
        assert.equal(report.findings[0]!.place, join(folder, path));
      }
    }
    const damages: [(octets: Buffer) => Buffer | null, RegExp][] = [
      [(octets) => flipped(octets, 45), /not the head that the log has/],
      [() => null, /missing/],
    ];
    for (const [change, says] of damages) {
      const report = await damage('checkpoint/40', change);
      assertFound(report, verifyExit.rebuildable, 'checkpointFile');
      assert.match(report.findings[0]!.text, says);
      assert.match(report.findings[0]!.place, /checkpoint\/40$/);
    }
    await writeFile(house.folder.checkpointFile(41), (await house.folder.checkpoint(40))!);
    assertFound(await verify(house), verifyExit.rebuildable, 'checkpointFile');
  });

  test('projections: what the given checks find', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    const projection = {
      name: 'mailboxes',
      run: async (onProgress: (done: number, total: number, what: string) => void) => {
        onProgress(1, 1, 'mailboxes');
        return [{ kind: 'projection', place: 'mailbox 7', text: 'another digest' } as const];
      },
    };
    const steps: string[] = [];
    const report = await verify(house, {
      projections: [projection],
      onProgress: (_done, _total, what) => steps.push(what),
    });
    assertFound(report, verifyExit.rebuildable, 'projection');
    assert.deepEqual(report.findings, [
      { kind: 'projection', place: 'mailboxes: mailbox 7', text: 'another digest' },
    ]);
    assert.equal(steps.at(-1), 'mailboxes');
  });

  test('what cannot be verified says why', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    await assert.rejects(verify(house, { since: 41 }), { name: 'Unverifiable', message: /checkpoint\/41/ });
    const tile = join(house.folder.path, 'tile/0/000');
    await writeFile(tile, flipped(readFileSync(tile), 35));
    await assert.rejects(verify(house, { since: 40 }), { name: 'Unverifiable', message: /do not lead to/ });
    await rm(join(house.folder.path, 'tile'), { recursive: true });
    await assert.rejects(verify(house, { since: 40 }), {
      name: 'Unverifiable',
      message: /verify the whole log/,
    });
  });

  test('a server that goes on meanwhile makes no findings', async (t) => {
    const house = await sealedMailHouse(t, new MemoryLog());
    await house.accept(mailOctets(3));
    const sealer = new Sealer(await openLedger(house.options));
    let steps = 0;
    const goOn = async (): Promise<void> => {
      if (steps++ > 3) return;
      const { message } = await house.accept(mailOctets(2));
      await sealer.sealNow();
      await house.keys.destroy(`message-${message}`);
      house.keys.seenPosition = house.log.lastPosition;
    };
    const report = await verify(
      house,
      {},
      {
        getMany: async (names) => {
          await goOn();
          return house.keys.getMany(names);
        },
        frameKey: async (frame, message) => {
          if (message === house.mails[1]!.message) await house.keys.destroy(`message-${message}`);
          return house.keys.frameKey(frame, message);
        },
      },
    );
    assert.ok(steps >= 2, 'on the first page and on the last');
    assertSound(report);
    await sealer.stop();
  });

  test('a log in ruins is told in part, and counted in full', () => {
    const findings = new Findings();
    for (let i = 0; i < 1500; i++) findings.add('record', String(i), '');
    assert.equal(findings.told.length, 1000);
    assert.equal(findings.untold, 500);
    assert.equal(findings.exit, verifyExit.broken);
  });

  test('a lost tail beside something broken is broken', () => {
    const findings = new Findings();
    assert.equal(findings.exit, verifyExit.sound);
    findings.add('tile', '', '');
    assert.equal(findings.exit, verifyExit.rebuildable);
    findings.add('lost', '', '');
    assert.equal(findings.exit, verifyExit.recordsLost);
    findings.add('seal', '', '');
    assert.equal(findings.exit, verifyExit.broken);
  });
});
