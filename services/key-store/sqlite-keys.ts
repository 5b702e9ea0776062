/**
 * The synchronous core of the embedded key store, for the thread that owns the disk: `keys/keys.sqlite`.
 *
 * Rows gather in one transaction until `syncBeforeLog` commits them, which the keeper does before each commit of
 * the log: no record is on disk before the key that seals it.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { uuidOctets } from '../domain/values.ts';
import { openDatabase } from '../memory/databases.ts';
import type { KeyAnswer, KeyCommand, WrappedHold, WrappedKey } from './key-commands.ts';
import { makeCheck, readOrMakeRootKey, readRootKey, verifyCheck } from './root-key.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, wrapped BLOB, made_at INTEGER, destroyed_at INTEGER);
  CREATE TABLE IF NOT EXISTS frame_keys (frame BLOB, message BLOB, wrapped BLOB, PRIMARY KEY (frame, message));
  CREATE INDEX IF NOT EXISTS frame_keys_by_message ON frame_keys (message);
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value)`;

/** Rows without any append of the log behind them are committed after so many commands. */
const maxUncommittedCommands = 1000;
/** The write-ahead log's file stays as large as it has been, so it is not let grow to SQLite's own 4 MiB. */
const checkpointAfterPages = 256;
/** How long a destruction waits for a reader that is in the middle of a statement. */
const busyTimeoutMs = 5000;

/** The store holds keys and does not know by which root key: it is damaged. */
export class KeyStoreWithoutCheck extends Error {
  override readonly name = 'KeyStoreWithoutCheck';
  constructor() {
    super('the key store is damaged: it holds keys, but no check value of its root key');
  }
}

export interface SqliteKeysOptions {
  /** `keys/keys.sqlite`; its folder exists. */
  readonly file: string;
  readonly rootKeyFile: string;
}

export class SqliteKeys {
  readonly #database: DatabaseSync;
  readonly #keepKey: StatementSync;
  readonly #keepHold: StatementSync;
  readonly #setMeta: StatementSync;
  #lastSerial = 0;
  #committedSerial = 0;
  #lastLogPosition: number;
  /** Once a row is lost, no sync may succeed: records may be sealed under it. */
  #failure: Error | null = null;

  /** Throws `RootKeyRefused` before anything is changed. */
  constructor({ file, rootKeyFile }: SqliteKeysOptions) {
    this.#database = openDatabase(file, { timeout: busyTimeoutMs });
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${checkpointAfterPages}`);
    this.#database.exec(schema);
    // An older process's commits are brought to disk, and nothing of a torn one stays in the file behind new ones.
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#setMeta = this.#database.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
    this.#checkRootKey(rootKeyFile);
    this.#keepKey = this.#database.prepare('INSERT INTO keys (name, wrapped, made_at) VALUES (?, ?, ?)');
    this.#keepHold = this.#database.prepare('INSERT OR REPLACE INTO frame_keys VALUES (?, ?, ?)');
    this.#lastLogPosition = Number(this.#meta('log-position') ?? -1);
  }

  /** Position of the last log record known synced when the last commit was made; -1 when none. */
  get lastLogPosition(): number {
    return this.#lastLogPosition;
  }

  handle(command: KeyCommand): KeyAnswer {
    try {
      if (command.ask === 'keep') this.#keep(command.serial, command.keys, command.holds);
      else if (command.ask === 'destroy') this.#destroy(command.keys);
      else this.#beginEpoch(command.epoch, command.logPosition);
      return { committedSerial: this.#committedSerial };
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_SQLITE_ERROR') this.#failure ??= error as Error;
      throw error;
    }
  }

  /** Throws where a row that was answered could not be kept. */
  syncBeforeLog(lastSyncedLogPosition: number): void {
    if (this.#failure !== null) throw this.#failure;
    this.#lastLogPosition = lastSyncedLogPosition;
    this.#commit();
  }

  close(): void {
    this.#commit();
    this.#database.close();
  }

  #checkRootKey(rootKeyFile: string): void {
    try {
      const check = this.#meta('check');
      if (check !== undefined) verifyCheck(readRootKey(rootKeyFile), check as Uint8Array, rootKeyFile);
      else this.#adoptRootKey(rootKeyFile);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #adoptRootKey(rootKeyFile: string): void {
    if (this.#database.prepare('SELECT 1 FROM keys LIMIT 1').get() !== undefined) {
      throw new KeyStoreWithoutCheck();
    }
    this.#setMeta.run('check', makeCheck(readOrMakeRootKey(rootKeyFile)));
  }

  /** A key whose name is taken is an error of SQLite, and so ends the process: something may be sealed under it. */
  #keep(serial: number, keys: readonly WrappedKey[], holds: readonly WrappedHold[]): void {
    this.#begin();
    for (const { name, wrapped, madeAt } of keys) this.#keepKey.run(name, wrapped, madeAt);
    for (const { frame, message, wrapped } of holds) {
      this.#keepHold.run(uuidOctets(frame), uuidOctets(message), wrapped);
    }
    this.#lastSerial = serial;
    if (serial - this.#committedSerial >= maxUncommittedCommands) this.#commit();
  }

  /** Secure delete overwrites the row's octets; the write-ahead log still has older ones until it is cut. */
  #destroy(keys: readonly { readonly name: string; readonly at: number }[]): void {
    this.#begin();
    for (const { name, at } of keys) {
      this.#database
        .prepare(
          `INSERT INTO keys (name, destroyed_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE
           SET wrapped = NULL, destroyed_at = excluded.destroyed_at WHERE destroyed_at IS NULL`,
        )
        .run(name, at);
      this.#dropHoldsOf(name);
    }
    this.#commit();
    const cut = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    if (cut?.['busy'] !== 0)
      throw new Error('the write-ahead log of the keys is in use; the keys may still be in it');
  }

  #beginEpoch(epoch: number, logPosition: number): void {
    this.#begin();
    this.#setMeta.run('epoch', epoch);
    this.#lastLogPosition = logPosition;
    this.#commit();
  }

  #dropHoldsOf(name: string): void {
    const message = /^message-(.*)$/.exec(name)?.[1];
    if (message === undefined) return;
    this.#database.prepare('DELETE FROM frame_keys WHERE message = ?').run(uuidOctets(message));
  }

  #begin(): void {
    if (!this.#database.isTransaction) this.#database.exec('BEGIN');
  }

  #commit(): void {
    if (!this.#database.isTransaction) return;
    this.#setMeta.run('log-position', this.#lastLogPosition);
    this.#database.exec('COMMIT');
    this.#committedSerial = this.#lastSerial;
  }

  #meta(name: string): unknown {
    return this.#database.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.['value'];
  }
}
