import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { uuidText } from '../domain/values.ts';
import { openDatabase } from '../memory/databases.ts';
import type { StoredRecord } from './event-store.ts';

type Row = Record<string, unknown>;

const columns = 'position, stream, revision, id, record, sealed';

/**
 * Reads the embedded log on the calling thread, beside the keeper that writes it. SQLite shows a commit to readers
 * only when its sync has returned, so whatever is read here is on disk.
 */
export class SqliteLogReader {
  readonly #database: DatabaseSync;
  readonly #stream: StatementSync;
  readonly #behind: StatementSync;
  readonly #back: StatementSync;
  readonly #head: StatementSync;

  /** Opens the log's file, which a writer has created and holds open. */
  constructor(file: string) {
    this.#database = openDatabase(file, { readOnly: true });
    this.#stream = this.#database.prepare(
      `SELECT ${columns} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
    );
    this.#behind = this.#database.prepare(
      `SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.#back = this.#database.prepare(
      `SELECT ${columns} FROM events WHERE position <= ? ORDER BY position DESC LIMIT ?`,
    );
    this.#head = this.#database.prepare('SELECT max(position) AS position FROM events');
  }

  readStream(stream: string, fromRevision: number, maxCount: number): StoredRecord[] {
    return this.#stream.all(stream, fromRevision, maxCount).map(storedRecord);
  }

  readBehind(position: number, maxCount: number): StoredRecord[] {
    return this.#behind.all(position, maxCount).map(storedRecord);
  }

  /** As `readBehind`, but ends early behind the record that brings the batch to `maxOctets`. */
  readBatchBehind(position: number, maxCount: number, maxOctets: number): StoredRecord[] {
    const batch: StoredRecord[] = [];
    let octets = 0;
    for (const row of this.#behind.iterate(position, maxCount)) {
      const stored = storedRecord(row);
      batch.push(stored);
      octets += stored.record.length + (stored.sealed?.length ?? 0);
      if (octets >= maxOctets) break;
    }
    return batch;
  }

  /** The last records up to a position; empty where none stands there. */
  readBack(position: number, maxCount: number): StoredRecord[] {
    const records = this.#back.all(position, maxCount).map(storedRecord);
    return records[0]?.position === position ? records.reverse() : [];
  }

  head(): number {
    return (this.#head.get()?.['position'] as number | null) ?? -1;
  }

  close(): void {
    this.#database.close();
  }
}

function storedRecord(row: Row): StoredRecord {
  return {
    id: uuidText(row['id'] as Uint8Array),
    record: row['record'] as Uint8Array,
    sealed: row['sealed'] as Uint8Array | null,
    position: row['position'] as number,
    stream: row['stream'] as string,
    revision: row['revision'] as number,
  };
}
