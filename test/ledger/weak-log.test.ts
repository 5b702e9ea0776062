/** The ledger on a log that loses acknowledgements, writes late, has gaps and delivers late. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Appender } from '../../services/dispatch-append.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { verifyExit } from '../../services/ledger/findings.ts';
import { LedgerFolder } from '../../services/ledger/ledger-folder.ts';
import { type LedgerOptions, openLedger } from '../../services/ledger/open-ledger.ts';
import { rebuildFolder } from '../../services/ledger/rebuild-folder.ts';
import { HeadNotAppended, Sealer } from '../../services/ledger/sealer.ts';
import { verifyLog } from '../../services/ledger/verify.ts';
import { WeakEventStore, weakLog } from '../support/weak-event-store.ts';
import { draft, ledgerHouse, temporaryFolder } from './ledger-house.ts';

const sealOrNothing = (sealer: Sealer) =>
  sealer.sealNow().catch((error) => {
    if (!(error instanceof HeadNotAppended)) throw error;
  });

for (const seed of [1, 2, 3]) {
  test(`seed ${seed}: every head is found in its file, and the log verifies`, async (t) => {
    const log = weakLog();
    const keys = new MemoryKeyStore();
    const folder = new LedgerFolder(await temporaryFolder(t));
    for (let life = 0; life < 3; life++) {
      const store = new WeakEventStore({ seed: seed * 10 + life, log, maxLateMs: 20, unknownRate: 0.3 });
      const appender = new Appender(new SealedEventStore(store, keys), { epoch: 1, retryDelaysMs: [1] });
      const append: LedgerOptions['append'] = (stream, expected, drafts, context) =>
        appender.append(stream, expected, drafts, context);
      const ledger = await openLedger({ store, keys, folder, append, now: Date.now }).catch(() => null);
      // An opening whose outcome stays unknown is tried again in the next life.
      if (ledger === null) continue;
      const sealer = new Sealer(ledger, { sealIntervalMs: 5 });
      for (let i = 0; i < 12; i++) {
        await append(`rule-${crypto.randomUUID()}`, 'absent', [draft('RuleNoted', { number: i })], {
          actor: 'system',
          cause: null,
          now: Date.now(),
        }).catch(() => {});
        if (i % 4 === 0) await sealOrNothing(sealer);
      }
      await sealer.stop().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 60));
      await store.close();
    }
    // What landed after the last life belongs to the next one.
    const store = new WeakEventStore({ seed, log, maxLateMs: 1, unknownRate: 0, breakRate: 0 });
    const appender = new Appender(new SealedEventStore(store, keys), { epoch: 1 });
    const append: LedgerOptions['append'] = (stream, expected, drafts, context) =>
      appender.append(stream, expected, drafts, context);
    const sealer = new Sealer(await openLedger({ store, keys, folder, append, now: Date.now }));
    await sealer.stop();
    const report = await verifyLog({ store, keys, folder, blobs: null });
    assert.deepEqual(report.findings, []);
    assert.ok(report.heads > 3, `${report.heads} heads`);
    assert.equal(report.size, log.records.length);
    await store.close();
  });
}

describe('rebuilding the folder', () => {
  test('tiles and checkpoint files come back octet for octet', async (t) => {
    const house = await ledgerHouse(t);
    const ledger = await openLedger(house.options);
    const sealer = new Sealer(ledger);
    for (const count of [10, 300, 5]) {
      await house.fill(count);
      await sealer.sealNow();
    }
    await sealer.stop();
    const verify = () =>
      verifyLog({ store: house.store, keys: house.keys, folder: house.folder, blobs: null });
    assert.deepEqual((await verify()).findings, []);
    await rm(join(house.folder.path, 'tile'), { recursive: true });
    await rm(house.folder.checkpointFile(11));
    await writeFile(house.folder.checkpointFile(312), 'damaged');
    assert.equal((await verify()).exit, verifyExit.rebuildable);
    await rebuildFolder(house.store, house.folder, ledger.signer.publicKey);
    assert.deepEqual((await verify()).findings, []);
  });
});
