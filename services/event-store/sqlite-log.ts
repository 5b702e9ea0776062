import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase } from '../memory/databases.ts';
import { firstRevisionBehind, judgeAppend } from './append-judgement.ts';
import type { ExpectedRevision } from './event-store.ts';

/** One record as a row needs it: the id as its 16 octets. */
export interface LogRow {
  readonly id: Uint8Array;
  readonly record: Uint8Array;
  readonly sealed: Uint8Array | null;
}

/** One append of a group; it has passed `checkAppend`. */
export interface LogAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly rows: readonly LogRow[];
  /** Records that have to stand where they are expected, or nothing of this is written. */
  readonly causes: readonly LogCause[];
}

/** A record by the 16 octets of its id, and its position. */
export interface LogCause {
  readonly position: number;
  readonly id: Uint8Array;
}

/** What became of one append of a group. */
export type LogOutcome =
  | {
      readonly outcome: 'written' | 'repeated';
      readonly firstRevision: number;
      readonly positions: readonly number[];
    }
  | { readonly outcome: 'conflict'; readonly actual: ExpectedRevision }
  | { readonly outcome: 'causeMissing' };

/**
 * Where the write-ahead log is copied into the database. The file keeps the size that it has had: what it holds more
 * than the database is disk that nobody's mail lies on. 4 MiB are some 30 ms of disk work at once.
 */
const checkpointAfterOctets = 4 * 1024 * 1024;
/** Pages go there whole: the table's last one with each commit, and of each append the index page of its stream. */
const pageOctets = 4096;

const schema = `
  CREATE TABLE IF NOT EXISTS events
    (position INTEGER PRIMARY KEY, stream TEXT, revision INTEGER, id BLOB, record BLOB, sealed BLOB);
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
`;

/**
 * Opens the database of the embedded log for writing and creates it where it is absent.
 *
 * Its write-ahead log is copied and emptied first, which syncs both files: from here on everything that can be read
 * is on disk, also what an earlier process had committed while its sync had not returned.
 */
export function openLogDatabase(file: string): DatabaseSync {
  const database = openDatabase(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;');
  database.exec(schema);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return database;
}

/**
 * The embedded log: one SQLite table, one writer, one commit for a whole group of appends. Synchronous; it runs in
 * the keeper thread (`threads/keeper.ts`).
 *
 * Any error that it throws but SQLITE_FULL means that the disk or the file can't be trusted any more; the caller
 * must end the process. After SQLITE_FULL nothing of the group is written and the log goes on.
 */
export class SqliteLog {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #lastRevision: StatementSync;
  readonly #stored: StatementSync;
  readonly #idAt: StatementSync;
  #lastPosition: number;
  #octetsSinceCheckpoint = 0;

  /** Takes the database over; see `openLogDatabase`. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
    this.#lastRevision = database.prepare('SELECT max(revision) AS revision FROM events WHERE stream = ?');
    this.#stored = database.prepare(
      'SELECT position, id FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
    );
    this.#idAt = database.prepare('SELECT id FROM events WHERE position = ?');
    const last = database.prepare('SELECT max(position) AS position FROM events').get();
    this.#lastPosition = (last?.['position'] as number | null) ?? -1;
  }

  /** Position of the last record; it is on disk. -1 for an empty log. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  /** Writes a group in one commit. Each append is written or not by itself, seeing those before it. */
  commit(group: readonly LogAppend[]): LogOutcome[] {
    const before = this.#lastPosition;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const outcomes = group.map((append) => this.#append(append));
      this.#database.exec('COMMIT');
      this.#octetsSinceCheckpoint += pageOctets;
      this.#checkpointWhenDue();
      return outcomes;
    } catch (error) {
      this.#lastPosition = before;
      // SQLite has rolled back by itself after some errors, and not after others.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#database.close();
  }

  #append({ stream, expected, rows, causes }: LogAppend): LogOutcome {
    const revision = this.#lastRevision.get(stream)?.['revision'] as number | null;
    const actual = revision ?? 'absent';
    let positions: number[] = [];
    const judgement = judgeAppend(expected, actual, (first) => {
      positions = this.#positionsOf(stream, first, rows);
      return positions.length > 0;
    });
    if (judgement === 'conflict') return { outcome: 'conflict', actual };
    const firstRevision = firstRevisionBehind(expected);
    if (judgement === 'repeat') return { outcome: 'repeated', firstRevision, positions };
    if (!causes.every((cause) => this.#isThere(cause))) return { outcome: 'causeMissing' };
    return { outcome: 'written', firstRevision, positions: this.#write(stream, firstRevision, rows) };
  }

  #isThere({ position, id }: LogCause): boolean {
    const row = this.#idAt.get(position);
    return row !== undefined && Buffer.compare(row['id'] as Uint8Array, id) === 0;
  }

  #write(stream: string, firstRevision: number, rows: readonly LogRow[]): number[] {
    this.#octetsSinceCheckpoint += pageOctets;
    return rows.map(({ id, record, sealed }, i) => {
      const position = ++this.#lastPosition;
      this.#insert.run(position, stream, firstRevision + i, id, record, sealed);
      this.#octetsSinceCheckpoint += record.length + (sealed?.length ?? 0);
      return position;
    });
  }

  /** Positions of the rows where exactly they stand in the stream from that revision on; else none. */
  #positionsOf(stream: string, firstRevision: number, rows: readonly LogRow[]): number[] {
    const stored = this.#stored.all(stream, firstRevision, rows.length);
    const same =
      stored.length === rows.length &&
      stored.every((row, i) => Buffer.compare(row['id'] as Uint8Array, rows[i]!.id) === 0);
    return same ? stored.map((row) => row['position'] as number) : [];
  }

  /** By hand instead of SQLite's automatic, which would hide that its sync failed. */
  #checkpointWhenDue(): void {
    if (this.#octetsSinceCheckpoint < checkpointAfterOctets) return;
    this.#octetsSinceCheckpoint = 0;
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }
}
