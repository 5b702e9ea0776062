import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Uuid } from '../domain/values.ts';
import { type FrameLog, frameOf } from './named-frames.ts';

/** The embedded log, asked by the thread that owns it. */
export class SqliteFrameLog implements FrameLog {
  readonly #database: DatabaseSync;
  readonly #first: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#first = database.prepare('SELECT 1 FROM events WHERE stream = ? AND revision = 0');
  }

  /** It is in the name of the stream that opens the log. */
  logId(): Uuid {
    const first = this.#database.prepare('SELECT stream FROM events WHERE position = 0').get();
    if (first === undefined) throw new Error('a frame came before the log was opened');
    return (first['stream'] as string).slice('ledger-'.length);
  }

  lastPosition(): number {
    return Number(this.#database.prepare('SELECT max(position) AS last FROM events').get()?.['last'] ?? -1);
  }

  hasMessage(message: Uuid): boolean {
    return this.#first.get(`message-${message}`) !== undefined;
  }

  framesBehind(position: number): Uuid[] {
    const accepted = this.#database.prepare(
      "SELECT record FROM events WHERE position > ? AND stream GLOB 'message-*' AND revision = 0",
    );
    return accepted.all(position).flatMap((row) => frameOf(row['record'] as Uint8Array));
  }
}
