/**
 * `volumes/structures.sqlite`: sealed structure facts, a cache beside the volumes. Never synced: a row that a
 * crash took is scanned again.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Uuid, uuidOctets } from '../domain/values.ts';
import { openRebuildable } from './rebuildable-database.ts';

const schema = 'CREATE TABLE IF NOT EXISTS structures (frame BLOB PRIMARY KEY, scanner INTEGER, sealed BLOB)';

/** The writing side; the keeper's thread has the only one. */
export class StructureRows {
  readonly #database: DatabaseSync;
  readonly #keep: StatementSync;
  readonly #forget: StatementSync;

  constructor(file: string) {
    this.#database = openRebuildable(file, 'OFF', schema);
    this.#keep = this.#database.prepare('INSERT OR REPLACE INTO structures VALUES (?, ?, ?)');
    this.#forget = this.#database.prepare('DELETE FROM structures WHERE frame = ?');
  }

  keep(frame: Uuid, scanner: number, sealed: Uint8Array): void {
    this.#begin();
    this.#keep.run(uuidOctets(frame), scanner, sealed);
  }

  forget(frame: Uuid): void {
    this.#begin();
    this.#forget.run(uuidOctets(frame));
  }

  commit(): void {
    if (this.#database.isTransaction) this.#database.exec('COMMIT');
  }

  close(): void {
    this.commit();
    this.#database.close();
  }

  #begin(): void {
    if (!this.#database.isTransaction) this.#database.exec('BEGIN');
  }
}

/** The reading side, on the calling thread. */
export class StructureReader {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { readOnly: true });
    this.#select = this.#database.prepare('SELECT sealed FROM structures WHERE frame = ? AND scanner = ?');
  }

  /** Sealed facts as that version of the scanner took them; null where there are none. */
  get(frame: Uuid, scanner: number): Uint8Array | null {
    const row = this.#select.get(uuidOctets(frame), scanner);
    return row === undefined ? null : (row['sealed'] as Uint8Array);
  }

  close(): void {
    this.#database.close();
  }
}
