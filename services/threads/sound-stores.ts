/** The databases that nothing can be made anew from: opened only where SQLite would tell all that they hold. */
import { StoreDamaged } from '../store-damaged.ts';
import type { KeeperOptions } from './keeper-cores.ts';
import { refuseDamagedWal } from './wal-damage.ts';

const logRemedy =
  '`muniment restore` goes on from a backup and says so in the log (`muniment verify` shows what is left of it)';
const keyRemedy =
  'put back the newest backup of the key store; `muniment verify` names the keys that it lacks';

/** Throws `StoreDamaged`. To be asked before either is opened: SQLite would empty what it drops. */
export function refuseDamagedStores({ logFile, keys }: KeeperOptions): void {
  if (logFile !== undefined) refuseDamagedWal(logFile, logRemedy);
  if (keys) refuseDamagedWal(keys.file, keyRemedy);
}

export function openLegibleLog<Store>(file: string, open: () => Store): Store {
  return legible(file, logRemedy, open);
}

export function openLegibleKeys<Store>(file: string, open: () => Store): Store {
  return legible(file, keyRemedy, open);
}

/** https://www.sqlite.org/rescode.html: ERROR (not the tables that are asked), CORRUPT, NOTADB. */
const illegible: ReadonlySet<unknown> = new Set([1, 11, 26]);

function legible<Store>(file: string, remedy: string, open: () => Store): Store {
  try {
    return open();
  } catch (error) {
    const { code, errcode, message, name } = error as Error & { code?: unknown; errcode?: unknown };
    const isIllegible = code === 'ERR_SQLITE_ERROR' && illegible.has(Number(errcode) % 256);
    if (!isIllegible && name !== 'KeyStoreWithoutCheck') throw error;
    throw new StoreDamaged(file, null, `it cannot be read (${message})`, remedy);
  }
}
