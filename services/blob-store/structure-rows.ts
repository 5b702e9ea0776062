/**
 * `volumes/structures.sqlite`: sealed structure facts, a cache beside the volumes. Never synced: a row that a
 * crash took is scanned again.
 */
import { rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Uuid, uuidOctets } from '../domain/values.ts';
import { openDatabase } from '../memory/databases.ts';
import { isUnreadable, openRebuildable, type Rebuildable } from './rebuildable-database.ts';

const schema = 'CREATE TABLE IF NOT EXISTS structures (frame BLOB PRIMARY KEY, scanner INTEGER, sealed BLOB)';

/** The writing side; the keeper's thread has the only one. */
export class StructureRows {
  readonly #file: string;
  #open: OpenRows;
  /** Why the file was dropped at the start; null where this is the one that was there. */
  readonly dropped: string | null;

  constructor(file: string) {
    this.#file = file;
    this.#open = openRows(file);
    this.dropped = this.#open.dropped;
  }

  keep(frame: Uuid, scanner: number, sealed: Uint8Array): void {
    this.#run(({ keep }) => keep.run(uuidOctets(frame), scanner, sealed));
  }

  forget(frame: Uuid): void {
    this.#run(({ forget }) => forget.run(uuidOctets(frame)));
  }

  commit(): void {
    if (this.#open.database.isTransaction) this.#run(({ database }) => database.exec('COMMIT'), false);
  }

  close(): void {
    this.commit();
    this.#open.database.close();
  }

  /** A cache that turns out to be damaged begins again, empty. */
  #run(step: (open: OpenRows) => unknown, begins = true): void {
    try {
      if (begins && !this.#open.database.isTransaction) this.#open.database.exec('BEGIN');
      step(this.#open);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#open.database.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(this.#file + suffix, { force: true });
      this.#open = openRows(this.#file);
    }
  }
}

interface OpenRows extends Rebuildable {
  readonly keep: StatementSync;
  readonly forget: StatementSync;
}

/** Rows have 1 to 2 KiB: of pages of 4 KiB a sixth would lie empty. */
const pageOctets = 16 * 1024;

function openRows(file: string): OpenRows {
  const opened = openRebuildable({ file, synchronous: 'OFF', schema, pageOctets, isCheckedWhole: false });
  return {
    ...opened,
    keep: opened.database.prepare('INSERT OR REPLACE INTO structures VALUES (?, ?, ?)'),
    forget: opened.database.prepare('DELETE FROM structures WHERE frame = ?'),
  };
}

/** The reading side, on the calling thread. */
export class StructureReader {
  readonly #file: string;
  #open: { readonly database: DatabaseSync; readonly select: StatementSync };

  constructor(file: string) {
    this.#file = file;
    this.#open = openForReading(file);
  }

  /** Sealed facts as that version of the scanner took them; null where there are none, or none that can be read. */
  get(frame: Uuid, scanner: number): Uint8Array | null {
    try {
      const row = this.#open.select.get(uuidOctets(frame), scanner);
      return row === undefined ? null : (row['sealed'] as Uint8Array);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#reopen();
      return null;
    }
  }

  close(): void {
    this.#open.database.close();
  }

  /** The writer may have begun a new file by now. */
  #reopen(): void {
    const former = this.#open;
    try {
      this.#open = openForReading(this.#file);
      former.database.close();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
}

function openForReading(file: string): { database: DatabaseSync; select: StatementSync } {
  const database = openDatabase(file, { readOnly: true });
  const select = database.prepare('SELECT sealed FROM structures WHERE frame = ? AND scanner = ?');
  return { database, select };
}
