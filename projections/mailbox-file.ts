/**
 * The file of the stored mailstores. A row page is one value of 72 octets a message, so that a mailbox of a million
 * messages is read with four thousand look-ups and nothing is parsed.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type ExpungedRow, octetsPerRow, type PageHead, RowPage } from '../services/domain/mailbox-rows.ts';
import { type Mailbox, type MailstoreState, usedOctets } from '../services/domain/mailstore-state.ts';
import { type Uuid, uuidOctets, uuidText } from '../services/domain/values.ts';
import { encodeHead } from './mailstore-head.ts';

export const mailboxVersion = 1;
/** Half a full row page fits into one page of the file, and a small head wastes little. */
export const mailboxPageOctets = 8192;

export const mailboxSchema = `
  CREATE TABLE mailstores (account TEXT PRIMARY KEY, revision INTEGER NOT NULL, used_octets INTEGER NOT NULL, head TEXT NOT NULL);
  CREATE TABLE page_heads (
    mailbox BLOB, number INTEGER, first_uid INTEGER NOT NULL, last_uid INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (mailbox, number)) WITHOUT ROWID;
  CREATE TABLE page_contents (mailbox BLOB, number INTEGER, content BLOB NOT NULL, PRIMARY KEY (mailbox, number));
  CREATE TABLE expunged (
    mailbox BLOB, expunged_modseq INTEGER, uid INTEGER, filed_modseq INTEGER NOT NULL, message BLOB NOT NULL,
    PRIMARY KEY (mailbox, expunged_modseq, uid)) WITHOUT ROWID;
`;

/** A page on disk is not what its head says. */
export class PageDamaged extends Error {
  override readonly name = 'PageDamaged';
}

/** The statements on one open file. */
export class MailboxRowsFile {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The stored head; null where nothing of the account is stored. */
  head(account: Uuid): string | null {
    const row = this.#prepared('SELECT head FROM mailstores WHERE account = ?').get(account);
    return (row?.['head'] as string | undefined) ?? null;
  }

  /** Revision of the stored state; -1 where nothing of the account is stored. */
  revision(account: Uuid): number {
    const row = this.#prepared('SELECT revision FROM mailstores WHERE account = ?').get(account);
    return (row?.['revision'] as number | undefined) ?? -1;
  }

  usedOctets(account: Uuid): number {
    const row = this.#prepared('SELECT used_octets FROM mailstores WHERE account = ?').get(account);
    return (row?.['used_octets'] as number | undefined) ?? 0;
  }

  /** Accounts behind one, ascending; `''` for the first. */
  accountsBehind(account: Uuid, limit: number): Uuid[] {
    const select = 'SELECT account FROM mailstores WHERE account > ? ORDER BY account LIMIT ?';
    return this.#prepared(select)
      .all(account, limit)
      .map((row) => row['account'] as Uuid);
  }

  pageHeads(mailbox: Uuid): PageHead[] {
    const select =
      'SELECT number, first_uid, last_uid, count FROM page_heads WHERE mailbox = ? ORDER BY number';
    return this.#prepared(select)
      .all(uuidOctets(mailbox))
      .map((row) => ({
        number: row['number'] as number,
        firstUid: row['first_uid'] as number,
        lastUid: row['last_uid'] as number,
        count: row['count'] as number,
        content: null,
        dirty: false,
      }));
  }

  page(mailbox: Uuid, number: number, count: number): RowPage {
    const select = 'SELECT content FROM page_contents WHERE mailbox = ? AND number = ?';
    const content = this.#prepared(select).get(uuidOctets(mailbox), number)?.['content'] as
      | Uint8Array<ArrayBuffer>
      | undefined;
    if (content?.length !== count * octetsPerRow) {
      throw new PageDamaged(`page ${number} of mailbox ${mailbox} does not hold ${count} rows`);
    }
    return new RowPage(count, content);
  }

  /** Behind (modseq, uid), ascending. */
  expungedBehind(mailbox: Uuid, modseq: number, uid: number, limit: number): ExpungedRow[] {
    const select = `SELECT expunged_modseq, uid, filed_modseq, message FROM expunged
      WHERE mailbox = ? AND (expunged_modseq, uid) > (?, ?) ORDER BY expunged_modseq, uid LIMIT ?`;
    return this.#prepared(select)
      .all(uuidOctets(mailbox), modseq, uid, limit)
      .map((row) => ({
        uid: row['uid'] as number,
        message: uuidText(row['message'] as Uint8Array),
        filedModseq: row['filed_modseq'] as number,
        expungedModseq: row['expunged_modseq'] as number,
      }));
  }

  /** Writes what is dirty of a state; the caller has the transaction. */
  write(state: MailstoreState): void {
    for (const mailbox of state.deletedMailboxes) this.#deleteMailbox(mailbox);
    for (const mailbox of state.mailboxes.values()) this.#writeMailbox(mailbox);
    this.#prepared('INSERT OR REPLACE INTO mailstores VALUES (?, ?, ?, ?)').run(
      state.account,
      state.revision,
      usedOctets(state),
      encodeHead(state),
    );
  }

  #deleteMailbox(mailbox: Uuid): void {
    const id = uuidOctets(mailbox);
    for (const table of ['page_heads', 'page_contents', 'expunged']) {
      this.#prepared(`DELETE FROM ${table} WHERE mailbox = ?`).run(id);
    }
  }

  #writeMailbox({ id, rows, expunged, emptiedPages }: Mailbox): void {
    const mailbox = uuidOctets(id);
    for (const { number } of emptiedPages) {
      this.#prepared('DELETE FROM page_heads WHERE mailbox = ? AND number = ?').run(mailbox, number);
      this.#prepared('DELETE FROM page_contents WHERE mailbox = ? AND number = ?').run(mailbox, number);
    }
    for (const head of rows.pages) if (head.dirty) this.#writePage(mailbox, head);
    for (const { uid, message, filedModseq, expungedModseq } of expunged) {
      const insert = this.#prepared('INSERT OR REPLACE INTO expunged VALUES (?, ?, ?, ?, ?)');
      insert.run(mailbox, expungedModseq, uid, filedModseq, uuidOctets(message));
    }
  }

  #writePage(mailbox: Uint8Array, { number, firstUid, lastUid, count, content }: PageHead): void {
    const insertHead = 'INSERT OR REPLACE INTO page_heads VALUES (?, ?, ?, ?, ?)';
    this.#prepared(insertHead).run(mailbox, number, firstUid, lastUid, count);
    const insertContent = `INSERT INTO page_contents VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET content = excluded.content`;
    this.#prepared(insertContent).run(mailbox, number, compactRows(content!, count));
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Octets of a page's rows without room for more: what is stored and what is compared. */
export function compactRows(page: RowPage, count: number): Uint8Array {
  if (page.capacity === count) return page.bytes;
  const compact = new RowPage(count);
  compact.copyRows(page, 0, 0, count);
  return compact.bytes;
}
