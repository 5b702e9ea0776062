/**
 * The SQLite file of a projection: its tables, the checkpoint, and the streams that it leaves out. Everything in
 * it follows from the log, so a file that cannot be used (another version, damaged) is dropped and made anew.
 */
import { renameSync, rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LoggedEvent } from '../services/domain/event.ts';
import { openDatabase } from '../services/memory/databases.ts';
import { beginning, type Checkpoint } from './log-reader.ts';
import { isDamagedFile } from './sqlite-faults.ts';

/** A poison event: the projection could not take it in and leaves its stream out from there on. */
export interface Poison {
  readonly stream: string;
  readonly position: number;
  readonly error: string;
}

const ownTables = `
  CREATE TABLE IF NOT EXISTS projection (version INTEGER NOT NULL, position INTEGER NOT NULL, event TEXT);
  CREATE TABLE IF NOT EXISTS poison (stream TEXT PRIMARY KEY, position INTEGER NOT NULL, error TEXT NOT NULL);
`;

/** NORMAL survives a kill; what a power cut takes back is read from the log again. */
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA journal_size_limit = ${16 * 1024 * 1024};
  PRAGMA wal_autocheckpoint = 256;
`;

/** SQLite's own choice. */
const defaultPageOctets = 4096;
const maxErrorCharacters = 300;

export class ProjectionFile {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly #saveCheckpoint: StatementSync;
  /** Stream -> position of the event from which on it is left out. */
  readonly #poisoned: Map<string, number>;
  #checkpoint: Checkpoint;

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.database = database;
    this.#saveCheckpoint = database.prepare('UPDATE projection SET position = ?, event = ?');
    const { position, event } = database.prepare('SELECT position, event FROM projection').get()!;
    this.#checkpoint = { position: position as number, event: event as string | null };
    this.#poisoned = new Map(this.poison().map(({ stream, position }) => [stream, position]));
  }

  /** Opens the file; makes it anew where it is absent, damaged or of another version. */
  static open(path: string, version: number, schema: string, pageOctets = defaultPageOctets): ProjectionFile {
    const existing = openExisting(path, version);
    if (existing) return new ProjectionFile(path, existing);
    removeProjectionFile(path);
    return new ProjectionFile(path, create(path, version, schema, pageOctets));
  }

  /** As stored. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** Begins a transaction where none is open. */
  begin(): void {
    if (!this.database.isTransaction) this.database.exec('BEGIN IMMEDIATE');
  }

  /** Ends the transaction with the checkpoint in it. Where that fails, nothing is stored. */
  commit(checkpoint: Checkpoint): void {
    try {
      this.begin();
      this.#saveCheckpoint.run(checkpoint.position, checkpoint.event);
      this.database.exec('COMMIT');
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.#checkpoint = checkpoint;
  }

  rollback(): void {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
  }

  leavesOut({ stream, position }: LoggedEvent): boolean {
    if (this.#poisoned.size === 0) return false;
    const from = this.#poisoned.get(stream);
    return from !== undefined && position >= from;
  }

  hasPoison(stream: string): boolean {
    return this.#poisoned.has(stream);
  }

  get poisonedStreams(): number {
    return this.#poisoned.size;
  }

  recordPoison({ stream, position }: Pick<LoggedEvent, 'stream' | 'position'>, error: unknown): void {
    const text = String(error).slice(0, maxErrorCharacters);
    this.database.prepare('INSERT OR IGNORE INTO poison VALUES (?, ?, ?)').run(stream, position, text);
    this.#poisoned.set(stream, position);
  }

  poison(): Poison[] {
    const rows = this.database.prepare('SELECT stream, position, error FROM poison ORDER BY position').all();
    return rows.map((row) => ({ ...row }) as unknown as Poison);
  }

  /** Leaves one file: with nothing in the write-ahead log it may be renamed. Throws where somebody reads it. */
  close(): void {
    const { busy } = this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()!;
    this.database.close();
    if (busy !== 0) throw new Error(`${this.path} is being read: its write-ahead log cannot be emptied`);
  }
}

/** Null where there is none, or none that can be used. */
function openExisting(path: string, version: number): DatabaseSync | null {
  const database = openDatabase(path);
  try {
    database.exec(settings);
    database.exec(ownTables);
    if (database.prepare('SELECT version FROM projection').get()?.['version'] === version) return database;
  } catch (error) {
    if (!isDamagedFile(error)) throw error;
  }
  database.close();
  return null;
}

function create(path: string, version: number, schema: string, pageOctets: number): DatabaseSync {
  const database = openDatabase(path);
  database.exec(`PRAGMA page_size = ${pageOctets}`);
  database.exec(settings);
  database.exec('BEGIN IMMEDIATE');
  database.exec(ownTables);
  database.exec(schema);
  const { position, event } = beginning;
  database.prepare('INSERT INTO projection VALUES (?, ?, ?)').run(version, position, event);
  database.exec('COMMIT');
  return database;
}

export function removeProjectionFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

/** Puts a closed file in the place of another closed one. A kill leaves the one or the other. */
export function replaceProjectionFile(path: string, by: string): void {
  // An old write-ahead log beside the new file would be played into it. Both are empty: see `close`.
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  renameSync(by, path);
}
