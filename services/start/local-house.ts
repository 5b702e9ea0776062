/** The house for one verb while no server runs: opened under the exclusive lock, closed behind it. */
import { join } from 'node:path';
import type { House, VerifiableHouse } from '../cli/house.ts';
import type { Config } from '../config.ts';
import { LedgerFolder } from '../ledger/ledger-folder.ts';
import { type Log, makeLog } from '../log.ts';
import { takeDataFolder } from './data-folder.ts';
import { type Engines, startEngines } from './engines.ts';
import { openHouse } from './house.ts';
import { recoveryNotes } from './recovery-notes.ts';
import { volumeFiles } from './volume-files.ts';

const storageBrokenExitCode = 74;

export async function openLocalHouse(config: Config): Promise<{ house: House; close(): Promise<void> }> {
  const { engines, log, release } = await openLocalEngines(config);
  try {
    const house = await openHouse(config, engines, log);
    return {
      house: { ...house, openingNotes: notesOf(engines) },
      close: async () => {
        await house.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The stores as they are, whatever the ledger says of them. */
export async function openLocalStores(
  config: Config,
): Promise<{ house: VerifiableHouse; close(): Promise<void> }> {
  const { engines, release } = await openLocalEngines(config);
  const { events, keys, blobs } = engines;
  const ledger = { store: events, keys, blobs, folder: new LedgerFolder(join(config.data, 'ledger')) };
  const house = { ledger, sealer: null, projections: null, files: volumeFiles(config.data) };
  return { house: { ...house, openingNotes: notesOf(engines) }, close: release };
}

function notesOf({ recovery }: Engines): string[] {
  return recoveryNotes(recovery).map(({ text }) => text);
}

interface LocalEngines {
  readonly engines: Engines;
  readonly log: Log;
  release(): Promise<void>;
}

/** Under the exclusive lock, unchecked. */
export async function openLocalEngines(config: Config): Promise<LocalEngines> {
  const folder = takeDataFolder(config.data);
  const log = makeLog('warn');
  try {
    const engines = await startEngines(config, (error) => {
      log.fault('the storage is broken', error);
      process.exit(storageBrokenExitCode);
    });
    return {
      engines,
      log,
      release: async () => {
        await engines.close();
        folder.release();
      },
    };
  } catch (error) {
    folder.release();
    throw error;
  }
}
