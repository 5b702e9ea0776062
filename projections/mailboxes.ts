/**
 * The stored mailstores. What IMAP, POP3 and filing work on is in memory (`services/mailstores/mailstores.ts`); this loads it,
 * stores what changed, and answers what memory does not hold. A stored state may be behind the log: whoever loads
 * it reads the rest of its stream.
 */
import { existsSync } from 'node:fs';
import type { ExpungedRow, PageSource } from '../services/domain/mailbox-rows.ts';
import { emptyMailstore, type Mailbox, type MailstoreState } from '../services/domain/mailstore-state.ts';
import type { Uuid } from '../services/domain/values.ts';
import { type Checkpoint, type LogReader, standsOnLog } from './log-reader.ts';
import { MailboxRowsFile, mailboxPageOctets, mailboxSchema, mailboxVersion } from './mailbox-file.ts';
import { decodeHead } from './mailstore-head.ts';
import { ProjectionFile, removeProjectionFile, replaceProjectionFile } from './projection-file.ts';

/** Event types of mailstores whose personal part is read. */
export const openedByMailboxes: ReadonlySet<string> = new Set([
  'MailboxCreated',
  'MailboxRenamed',
  'KeywordNamed',
]);

/** Expunged rows fetched at once. */
const expungedRowsPerRead = 1000;

export class MailboxModel {
  readonly path: string;
  #file: ProjectionFile;
  #rows: MailboxRowsFile;
  /** One function for all states, so that they find the new file after a switch. */
  readonly #source: PageSource = (mailbox, number, count) => this.#rows.page(mailbox, number, count);

  constructor(path: string) {
    this.path = path;
    this.#file = openFile(path);
    this.#rows = new MailboxRowsFile(this.#file.database);
  }

  /** As the constructor; a file that is ahead of this log, or belongs to another, is dropped. */
  static async open(path: string, log: LogReader): Promise<MailboxModel> {
    takeWaitingFile(path);
    const model = new MailboxModel(path);
    if (await standsOnLog(log, model.checkpoint)) return model;
    model.#file.database.close();
    removeProjectionFile(path);
    return new MailboxModel(path);
  }

  get checkpoint(): Checkpoint {
    return this.#file.checkpoint;
  }

  /** Streams left out, and how to leave out another. */
  get file(): ProjectionFile {
    return this.#file;
  }

  /** The account's state as stored, its rows not yet read; an empty one (revision -1) where nothing is. */
  load(account: Uuid): MailstoreState {
    const head = this.#rows.head(account);
    if (head === null) return emptyMailstore(account, this.#source);
    return decodeHead(head, (mailbox) => this.#rows.pageHeads(mailbox), this.#source);
  }

  /**
   * Stores what is dirty in these states, and the checkpoint where all events up to it are in stored states, in one
   * transaction; then the states are clean. Nothing can change in between: this does not wait for anything.
   */
  store(states: readonly MailstoreState[], checkpoint: Checkpoint | null): void {
    this.#file.begin();
    try {
      for (const state of states) if (state.dirty) this.#rows.write(state);
      this.#file.commit(checkpoint ?? this.checkpoint);
    } catch (error) {
      this.#file.rollback();
      throw error;
    }
    for (const state of states) markClean(state);
  }

  /** Rows expunged after a MODSEQ, in that order: VANISHED (RFC 7162 §3.2.10), Email/changes. Stored or not yet. */
  *expungedSince({ id, expunged }: Mailbox, modseq: number): Generator<ExpungedRow> {
    // All of the last event at `modseq` itself are behind us.
    let last = { expungedModseq: modseq, uid: Number.MAX_SAFE_INTEGER };
    for (;;) {
      const stored = this.#rows.expungedBehind(id, last.expungedModseq, last.uid, expungedRowsPerRead);
      yield* stored;
      if (stored.length < expungedRowsPerRead) {
        last = stored.at(-1) ?? last;
        break;
      }
      last = stored.at(-1)!;
    }
    for (const row of expunged) if (isBehind(row, last)) yield row;
  }

  /** Octets of all messages of an account, as stored: for lists; quotas go by the state in memory. */
  usedOctets(account: Uuid): number {
    return this.#rows.usedOctets(account);
  }

  revision(account: Uuid): number {
    return this.#rows.revision(account);
  }

  /** All accounts, ascending. Accounts that come while it runs may be missing. */
  *accounts(): Generator<Uuid> {
    for (let last = ''; ; ) {
      const some = this.#rows.accountsBehind(last, 500);
      yield* some;
      if (some.length === 0) return;
      last = some.at(-1)!;
    }
  }

  /** Goes on with another, closed file in the place of its own. States in memory stay valid: see `mailbox-switch.ts`. */
  switchTo(path: string): void {
    try {
      this.#file.close();
      replaceProjectionFile(this.path, path);
    } finally {
      this.#file = openFile(this.path);
      this.#rows = new MailboxRowsFile(this.#file.database);
    }
  }

  close(): void {
    this.#file.close();
  }
}

function openFile(path: string): ProjectionFile {
  return ProjectionFile.open(path, mailboxVersion, mailboxSchema, mailboxPageOctets);
}

function isBehind(row: ExpungedRow, last: Pick<ExpungedRow, 'expungedModseq' | 'uid'>): boolean {
  return (
    row.expungedModseq > last.expungedModseq ||
    (row.expungedModseq === last.expungedModseq && row.uid > last.uid)
  );
}

function markClean(state: MailstoreState): void {
  for (const mailbox of state.mailboxes.values()) {
    for (const head of mailbox.rows.pages) head.dirty = false;
    mailbox.expunged = [];
    mailbox.emptiedPages = [];
  }
  state.deletedMailboxes = [];
  state.dirty = false;
}

/** Where a rebuilt file waits for the restart: it says something else than the one that serves. */
export function waitingPath(path: string): string {
  return path.replace(/\.sqlite$/, '.next.sqlite');
}

function takeWaitingFile(path: string): void {
  if (existsSync(waitingPath(path))) replaceProjectionFile(path, waitingPath(path));
}
