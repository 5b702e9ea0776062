/**
 * A damaged write-ahead log and a restore: what SQLite would drop without a word is cut in the open, and the files as
 * they were are kept.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Config } from '../config.ts';
import { StoreDamaged } from '../store-damaged.ts';
import { refuseDamagedWal } from '../threads/wal-damage.ts';
import { takeDataFolder } from './data-folder.ts';

const remedy =
  'put back a backup of log/, or let `muniment restore` with --yes go on with what is legible before it; the damaged files then stay in log/damaged';

/** Throws `StoreDamaged` where the log is damaged and may not be cut. */
export function cutDamagedLog({ data }: Config, mayCut: boolean): void {
  const folder = takeDataFolder(data);
  try {
    refuseDamagedWal(join(data, 'log', 'events.sqlite'), remedy);
  } catch (error) {
    if (!mayCut || !(error instanceof StoreDamaged) || error.offset === null) throw error;
    keepCopies(join(data, 'log'));
    truncateSync(error.file, error.offset);
    // The index counts frames that are cut now; SQLite makes it anew.
    rmSync(join(data, 'log', 'events.sqlite-shm'), { force: true });
  } finally {
    folder.release();
  }
}

function keepCopies(log: string): void {
  const damaged = join(log, 'damaged');
  mkdirSync(damaged, { recursive: true, mode: 0o700 });
  for (const name of ['events.sqlite', 'events.sqlite-wal', 'events.sqlite-shm']) {
    const from = join(log, name);
    if (existsSync(from)) copyFileSync(from, freeName(join(damaged, basename(from))));
  }
}

/** Nothing that was kept before is written over. */
function freeName(path: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? path : `${path}.${number}`;
    if (!existsSync(name)) return name;
  }
}
