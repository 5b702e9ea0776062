/** The reading side of `volumes/location.sqlite`, on the calling thread. It sees what the writer has committed. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Uuid, uuidOctets, uuidText } from '../domain/values.ts';
import { openDatabase } from '../memory/databases.ts';
import {
  type FrameLocation,
  type FrameRow,
  frameColumns,
  type IndexedFrame,
  indexedFrame,
} from './location-index.ts';

const pageRows = 1000;

export class LocationReader {
  readonly #database: DatabaseSync;
  readonly #byFrame: StatementSync;
  readonly #byAddress: StatementSync;
  readonly #page: StatementSync;
  readonly #usage: StatementSync;

  constructor(file: string) {
    this.#database = openDatabase(file, { readOnly: true });
    const select = `SELECT ${frameColumns} FROM frames WHERE removed = 0 AND`;
    this.#byFrame = this.#database.prepare(
      'SELECT volume, offset, octets FROM frames WHERE removed = 0 AND frame = ?',
    );
    this.#byAddress = this.#database.prepare(
      'SELECT frame FROM frames WHERE removed = 0 AND address = ? ORDER BY id DESC',
    );
    this.#page = this.#database.prepare(`${select} id > ? ORDER BY id LIMIT ${pageRows}`);
    this.#usage = this.#database.prepare(
      `SELECT volume, sum(octets) AS octets, sum(CASE WHEN removed THEN octets ELSE 0 END) AS removed
       FROM frames WHERE volume IS NOT NULL GROUP BY volume`,
    );
  }

  get(frame: Uuid): FrameLocation | null {
    const row = this.#byFrame.get(uuidOctets(frame));
    return (row as FrameLocation | undefined) ?? null;
  }

  /** Frames of an address, newest first. */
  find(address: string): Uuid[] {
    const rows = this.#byAddress.all(Buffer.from(address, 'hex'));
    return rows.map((row) => uuidText(row['frame'] as Uint8Array));
  }

  /** Every frame, in pages: no transaction stays open between them. */
  *all(): Generator<IndexedFrame> {
    for (let after = 0; ; ) {
      const rows = this.#page.all(after) as unknown as FrameRow[];
      for (const row of rows) yield indexedFrame(row);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  /** Octets of frames in each volume, and how many of them belong to removed ones. */
  usage(): { volume: number; octets: number; removedOctets: number }[] {
    return this.#usage.all().map((row) => ({
      volume: Number(row['volume']),
      octets: Number(row['octets']),
      removedOctets: Number(row['removed']),
    }));
  }

  close(): void {
    this.#database.close();
  }
}
