/** What an account has submitted by JMAP. */
import type { Uuid } from '../services/domain/values.ts';
import type { DatabaseSource } from './projection.ts';
import { countOf, rowsOf } from './table-projection.ts';

export interface SubmissionRow {
  /** The message that was sent; the submission's own id. */
  readonly message: Uuid;
  /** The stored mail that it was made of. */
  readonly email: Uuid;
  readonly identity: Uuid;
  readonly thread: Uuid;
  readonly sentAtMs: number;
  /** Texts are empty once they have been erased. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** For each of the recipients that of its delivery, or `filedHere`. */
  readonly ordinals: readonly number[];
  /** Positions in the log. */
  readonly created: number;
  readonly changed: number;
}

const columns = `message, email, identity, thread, sent_at AS sentAtMs, sender, recipients, ordinals, created, changed`;

export class Submissions {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  /** Position of the last thing that became of any of them; 0 where there are none. */
  lastChanged(account: Uuid): number {
    const last = 'SELECT coalesce(max(changed), 0) FROM submissions WHERE account = ?';
    return countOf(this.#source, last, account);
  }

  /** Null where the account has none of that id. */
  one(account: Uuid, message: Uuid): SubmissionRow | null {
    return this.#rows('message = ? AND account = ?', message, account)[0] ?? null;
  }

  /** Oldest first. */
  all(account: Uuid, limit: number): SubmissionRow[] {
    return this.#rows('account = ? ORDER BY created LIMIT ?', account, limit);
  }

  /** Those that something became of behind a position, in that order. */
  changedSince(account: Uuid, position: number, limit: number): SubmissionRow[] {
    return this.#rows('account = ? AND changed > ? ORDER BY changed LIMIT ?', account, position, limit);
  }

  #rows(where: string, ...values: (string | number)[]): SubmissionRow[] {
    type Stored = Omit<SubmissionRow, 'recipients' | 'ordinals'> & { recipients: string; ordinals: string };
    const sql = `SELECT ${columns} FROM submissions WHERE ${where}`;
    return rowsOf<Stored>(this.#source, sql, ...values).map((row) => ({
      ...row,
      recipients: JSON.parse(row.recipients) as string[],
      ordinals: JSON.parse(row.ordinals) as number[],
    }));
  }
}
