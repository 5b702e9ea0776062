/**
 * `volumes/location.sqlite`: where each frame lies. Everything in it but the marks of removed frames can be read
 * again from frame headers, so it is never worth a sync.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Uuid, uuidOctets, uuidText } from '../domain/values.ts';
import { openRebuildable } from './rebuildable-database.ts';

/** Where a frame's octets are: in a volume, or (null) in a file of its own. */
export interface FrameLocation {
  readonly volume: number | null;
  /** Of the header, in the file. */
  readonly offset: number;
  /** Of the whole frame. */
  readonly octets: number;
}

export interface IndexedFrame extends FrameLocation {
  readonly frame: Uuid;
  readonly address: string;
  readonly blobOctets: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS frames (
    id INTEGER PRIMARY KEY, frame BLOB NOT NULL UNIQUE, address BLOB NOT NULL, volume INTEGER,
    offset INTEGER NOT NULL, octets INTEGER NOT NULL, blob_octets INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX IF NOT EXISTS frames_by_address ON frames (address);
  CREATE INDEX IF NOT EXISTS frames_by_place ON frames (volume, offset);
  CREATE TABLE IF NOT EXISTS indexed (volume INTEGER PRIMARY KEY, octets INTEGER NOT NULL);`;

const insertFrame = `INSERT INTO frames (frame, address, volume, offset, octets, blob_octets) VALUES (?, ?, ?, ?, ?, ?)`;

export interface FrameRow {
  readonly id: number;
  readonly frame: Uint8Array;
  readonly address: Uint8Array;
  readonly volume: number | null;
  readonly offset: number;
  readonly octets: number;
  readonly blob_octets: number;
}

export const frameColumns = 'id, frame, address, volume, offset, octets, blob_octets';

export function indexedFrame(row: FrameRow): IndexedFrame {
  const { volume, offset, octets } = row;
  const address = Buffer.from(row.address).toString('hex');
  return { frame: uuidText(row.frame), address, volume, offset, octets, blobOctets: row.blob_octets };
}

/** The writing side; the keeper's thread has the only one. */
export class LocationIndex {
  /** Why the former file was dropped; null where this is the one that was there. */
  readonly dropped: string | null;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    const opened = openRebuildable({
      file,
      synchronous: 'NORMAL',
      schema,
      pageOctets: 4096,
      isCheckedWhole: true,
    });
    this.#database = opened.database;
    this.dropped = opened.dropped;
  }

  /** False where the frame is in the index already. */
  add(frame: IndexedFrame): boolean {
    return this.#run(`${insertFrame} ON CONFLICT (frame) DO NOTHING`, ...valuesOf(frame)) === 1;
  }

  /** Enters a frame that was found in a file, or corrects where it lies. */
  found(frame: IndexedFrame): void {
    this.#run(
      `${insertFrame} ON CONFLICT (frame) DO UPDATE SET volume = excluded.volume, offset = excluded.offset
       WHERE volume IS NOT excluded.volume OR offset IS NOT excluded.offset`,
      ...valuesOf(frame),
    );
  }

  get(frame: Uuid): IndexedFrame | null {
    const row = this.#statement(`SELECT ${frameColumns} FROM frames WHERE frame = ?`).get(uuidOctets(frame));
    return row === undefined ? null : indexedFrame(row as unknown as FrameRow);
  }

  markRemoved(frame: Uuid): void {
    this.#run('UPDATE frames SET removed = 1 WHERE frame = ?', uuidOctets(frame));
  }

  forget(frame: Uuid): void {
    this.#run('DELETE FROM frames WHERE frame = ?', uuidOctets(frame));
  }

  forgetVolume(volume: number): void {
    this.#run('DELETE FROM frames WHERE volume = ?', volume);
    this.#run('DELETE FROM indexed WHERE volume = ?', volume);
  }

  forgetBehind(volume: number, offset: number): void {
    this.#run('DELETE FROM frames WHERE volume = ? AND offset >= ?', volume, offset);
  }

  /** Frames of a volume that are not removed, by offset. */
  ofVolume(volume: number, maxCount: number): IndexedFrame[] {
    const rows = this.#statement(
      `SELECT ${frameColumns} FROM frames WHERE volume = ? AND removed = 0 ORDER BY offset LIMIT ?`,
    ).all(volume, maxCount);
    return rows.map((row) => indexedFrame(row as unknown as FrameRow));
  }

  /** Frames with files of their own. */
  large(): Uuid[] {
    const rows = this.#statement('SELECT frame FROM frames WHERE volume IS NULL').all();
    return rows.map((row) => uuidText(row['frame'] as Uint8Array));
  }

  setIndexedOctets(volume: number, octets: number): void {
    this.#run(
      'INSERT INTO indexed VALUES (?, ?) ON CONFLICT (volume) DO UPDATE SET octets = excluded.octets',
      volume,
      octets,
    );
  }

  /** Volume -> octets of it that are entered. */
  indexedOctets(): Map<number, number> {
    const rows = this.#statement('SELECT volume, octets FROM indexed').all();
    return new Map(rows.map((row) => [Number(row['volume']), Number(row['octets'])]));
  }

  /** Rows gather in one transaction until `commit`. */
  commit(): void {
    if (this.#database.isTransaction) this.#database.exec('COMMIT');
  }

  close(): void {
    this.commit();
    this.#database.close();
  }

  #run(sql: string, ...values: (number | null | Uint8Array)[]): number {
    if (!this.#database.isTransaction) this.#database.exec('BEGIN');
    return Number(this.#statement(sql).run(...values).changes);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function valuesOf(frame: IndexedFrame): (number | null | Uint8Array)[] {
  const address = Buffer.from(frame.address, 'hex');
  return [uuidOctets(frame.frame), address, frame.volume, frame.offset, frame.octets, frame.blobOctets];
}
