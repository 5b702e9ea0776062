/** The data folder for `muniment restore`: its stores, and everything that must not outlive the records that are lost. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RestorableHouse } from '../cli/house.ts';
import type { Config } from '../config.ts';
import { Appender } from '../dispatch-append.ts';
import { SealedEventStore } from '../event-store/sealed-event-store.ts';
import { LedgerFolder } from '../ledger/ledger-folder.ts';
import { restoreLog } from '../ledger/restore-log.ts';
import { planRestore } from '../ledger/restore-plan.ts';
import { cutDamagedLog } from './cut-damaged-log.ts';
import { openLocalEngines } from './local-house.ts';
import { projectionFolder } from './read-models.ts';

/** `mayCut`: a damaged end of the log may be cut off. */
export async function openRestorableHouse(
  config: Config,
  mayCut: boolean,
): Promise<{ house: RestorableHouse; close(): Promise<void> }> {
  cutDamagedLog(config, mayCut);
  const { engines, release } = await openLocalEngines(config);
  const { events: store, keys, blobs } = engines;
  const sources = { store, keys, folder: new LedgerFolder(join(config.data, 'ledger')) };
  const appendIn = (epoch: number): Appender => new Appender(new SealedEventStore(store, keys), { epoch });
  return {
    house: {
      plan: (outside, progress) => planRestore(sources, outside, progress),
      carryOut: async (plan, by, reason) => {
        dropProjections(config.data);
        // Mails whose records are lost lie in the last volume: the next start would cut it behind those that are named.
        await blobs.beginVolume();
        const appender = appendIn(plan.newEpoch);
        return restoreLog(sources, plan, {
          by,
          reason,
          nowMs: Date.now(),
          append: (stream, expected, drafts, context) => appender.append(stream, expected, drafts, context),
        });
      },
    },
    close: release,
  };
}

/** They may be ahead of the log now; the next start makes them anew, and reactions find what they have done already. */
function dropProjections(data: string): void {
  const folder = projectionFolder(data);
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}
