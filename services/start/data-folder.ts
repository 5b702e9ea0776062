/** The data folder: made with narrow rights, held by one process at a time. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process has the data folder. */
export class DataFolderBusy extends Error {
  override readonly name = 'DataFolderBusy';
}

/** SQLITE_BUSY: somebody else holds the lock. Anything else is another trouble. */
const sqliteBusy = 5;

export interface DataFolder {
  readonly path: string;
  /** Gives the folder free. */
  release(): void;
}

/**
 * Makes the folder where it is missing and takes its exclusive lock. SQLite's own file lock serves: the system
 * drops it with the process, however that ends, so that no stale lock is ever left.
 */
export function takeDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(path, 'lock'));
  try {
    lock.exec(
      'PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (at); COMMIT',
    );
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error;
    throw new DataFolderBusy(
      `Another process has the data folder ${path}: end it, or use its control socket.`,
    );
  }
  return { path, release: () => lock.close() };
}

/** Names the serving process in `server.pid`; removed at shutdown. */
export function writePid(path: string): () => void {
  const file = join(path, 'server.pid');
  writeFileSync(file, `${process.pid}\n`);
  return () => rmSync(file, { force: true });
}
