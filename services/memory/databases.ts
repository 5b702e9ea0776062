/**
 * The SQLite databases of the calling thread. Each keeps up to 2 MB of pages that it has read or written, and has two
 * dozen siblings: a thread at rest gives them back together (`threads/idle-memory.ts`). The system has most of them in its
 * own memory still.
 */
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite';

const opened = new Set<DatabaseSync>();

/** As `new DatabaseSync`. */
export function openDatabase(file: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  forgetClosed();
  const database = new DatabaseSync(file, options);
  opened.add(database);
  return database;
}

/** Between transactions only: pages that wait to be written stay. */
export function giveBackPages(): void {
  forgetClosed();
  for (const database of opened) database.exec('PRAGMA shrink_memory');
}

function forgetClosed(): void {
  for (const database of opened) if (!database.isOpen) opened.delete(database);
}
