/** The house for one verb while no server runs: opened under the exclusive lock, closed behind it. */
import type { House } from '../cli/house.ts';
import type { Config } from '../config.ts';
import { makeLog } from '../log.ts';
import { takeDataFolder } from './data-folder.ts';
import { startEngines } from './engines.ts';
import { openHouse } from './house.ts';

const storageBrokenExitCode = 74;

export async function openLocalHouse(config: Config): Promise<{ house: House; close(): Promise<void> }> {
  const folder = takeDataFolder(config.data);
  const log = makeLog('warn');
  const engines = await startEngines(config, (error) => {
    log.fault('the storage is broken', error);
    process.exit(storageBrokenExitCode);
  });
  const house = await openHouse(config, engines, log);
  return {
    house,
    close: async () => {
      await house.close();
      await engines.close();
      folder.release();
    },
  };
}
