import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { checkpointText, parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { type FindingKind, Findings, verifyExit } from '../../services/ledger/findings.ts';
import { hex } from '../../services/ledger/merkle.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { verifyLog } from '../../services/ledger/verify.ts';
import { draft } from './ledger-house.ts';
import { type Lies, type MailHouse, mailOctets, sealedMailHouse } from './mail-house.ts';
import {
  assertFound,
  assertSound,
  flipped,
  indexOfMail,
  isMessage,
  rewritten,
  verify,
  withChange,
} from './verify-house.ts';

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
