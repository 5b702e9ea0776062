/** SQLite files whose content can be made again: an unreadable one is dropped rather than a reason to stop. */
import { rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../memory/databases.ts';

export interface RebuildableOptions {
  readonly file: string;
  readonly synchronous: 'OFF' | 'NORMAL';
  readonly schema: string;
  /** Of a new file: larger ones lose less room where few rows fit on one. SQLite's own choice: 4096. */
  readonly pageOctets: number;
  /** Reads all of it (0.4 s for 300,000 frames), so that no damage stays hidden until somebody meets it. */
  readonly isCheckedWhole: boolean;
}

export interface Rebuildable {
  readonly database: DatabaseSync;
  /** Why the former file was dropped; null where it is the one that was there. */
  readonly dropped: string | null;
}

/** So much of a write-ahead log is copied into its database; its file stays as large as it has been. */
const checkpointAfterOctets = 1024 * 1024;

/** A file that is no sound database. */
class Unsound extends Error {}

/** SQLITE_CORRUPT and SQLITE_NOTADB, https://www.sqlite.org/rescode.html */
const unreadable: ReadonlySet<number> = new Set([11, 26]);

/** Says that the file, or what lies in it, is not what SQLite wrote. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof Unsound || unreadable.has(Number((error as { errcode?: unknown })?.errcode) % 256);
}

/** Opens the file in WAL mode and lets `schema` run; where the file is no sound database, on an empty one. */
export function openRebuildable(options: RebuildableOptions): Rebuildable {
  try {
    return { database: open(options), dropped: null };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(options.file + suffix, { force: true });
    return { database: open(options), dropped: (error as Error).message };
  }
}

function open({ file, synchronous, schema, pageOctets, isCheckedWhole }: RebuildableOptions): DatabaseSync {
  const database = openDatabase(file);
  try {
    database.exec(`PRAGMA page_size = ${pageOctets}; PRAGMA journal_mode = WAL;`);
    database.exec(`PRAGMA synchronous = ${synchronous};`);
    database.exec(`PRAGMA wal_autocheckpoint = ${checkpointAfterOctets / pageOctets};`);
    database.exec(schema);
    if (isCheckedWhole) checkWhole(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkWhole(database: DatabaseSync): void {
  const found = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (found !== 'ok') throw new Unsound(String(found).replaceAll(/\s+/g, ' '));
}
