/** SQLite files whose content can be made again: an unreadable one is dropped rather than a reason to stop. */
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_CORRUPT and SQLITE_NOTADB, https://www.sqlite.org/rescode.html */
const unreadable: ReadonlySet<unknown> = new Set([11, 26]);

/** Opens the file in WAL mode and lets `schema` run; where the file is no sound database, on an empty one. */
export function openRebuildable(file: string, synchronous: 'OFF' | 'NORMAL', schema: string): DatabaseSync {
  try {
    return open(file, synchronous, schema);
  } catch (error) {
    if (!unreadable.has((error as { errcode?: unknown }).errcode)) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return open(file, synchronous, schema);
  }
}

function open(file: string, synchronous: string, schema: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};`);
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
