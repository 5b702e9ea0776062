/** What the directory answers: lists with search and paging. */
import { localPartText } from '../services/domain/address.ts';
import type { Uuid } from '../services/domain/values.ts';
import { searchForm } from './personal-text.ts';
import type { DatabaseSource } from './projection.ts';
import { countOf, rowsOf } from './table-projection.ts';

export interface DomainRow {
  readonly domain: Uuid;
  /** A-labels. */
  readonly name: string;
  readonly boundNames: readonly string[];
  /** Those that are not closed. */
  readonly accounts: number;
  readonly catchAll: Uuid | null;
  readonly postmaster: Uuid | null;
}

export interface AccountRow {
  readonly account: Uuid;
  readonly domain: Uuid;
  /** Empty once it has been erased. */
  readonly address: string;
  readonly realName: string;
  readonly state: 'active' | 'frozen' | 'closed';
  readonly stateReason: string;
  /** 0 is unlimited. */
  readonly quotaOctets: number;
  readonly maxMessageOctets: number;
  readonly maxRecipients: number;
  readonly maxSessions: number;
  /** Besides `staff`, which everybody is. */
  readonly roles: readonly string[];
  readonly openedAtMs: number;
}

export interface AliasRow {
  readonly alias: string;
  readonly account: Uuid;
  /** The account's own address. */
  readonly address: string;
}

export interface GroupRow {
  readonly domain: Uuid;
  readonly tag: string;
  readonly group: string;
  readonly members: number;
}

export interface AccountFilter {
  readonly domain?: Uuid | undefined;
  /** Part of the address or of the name; case and width do not matter. */
  readonly search?: string | undefined;
  /** The account behind which the page begins. */
  readonly after?: Uuid | undefined;
  readonly limit?: number | undefined;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** Of all pages. */
  readonly total: number;
}

/** Rows of a page where none are asked for, and at most. */
export const defaultPageRows = 100;
export const maxPageRows = 10_000;

const accountColumns = `account, domain, address, real_name AS realName, state, state_reason AS stateReason,
  quota_octets AS quotaOctets, max_message_octets AS maxMessageOctets, max_recipients AS maxRecipients,
  max_sessions AS maxSessions, opened_at AS openedAtMs,
  (SELECT group_concat(role, ' ' ORDER BY role) FROM roles WHERE roles.account = accounts.account) AS roleNames`;

type StoredAccount = Omit<AccountRow, 'roles'> & { readonly roleNames: string | null };

export class Directory {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  domains(): DomainRow[] {
    const rows = rowsOf<Omit<DomainRow, 'boundNames'>>(
      this.#source,
      `SELECT names.domain, name, catch_all AS catchAll, postmaster,
        (SELECT count(*) FROM accounts WHERE accounts.domain = names.domain AND state <> 'closed') AS accounts
       FROM names JOIN domain_settings USING (domain) WHERE bound = 0 ORDER BY name`,
    );
    return rows.map((row) => ({ ...row, boundNames: this.#boundNames(row.domain) }));
  }

  /** Ordered by address. */
  accounts({ domain, search, after, limit }: AccountFilter = {}): Page<AccountRow> {
    const where = `(?1 IS NULL OR domain = ?1) AND (?2 IS NULL OR instr(address_form, ?2) > 0 OR instr(name_form, ?2) > 0)`;
    const values = [domain ?? null, search === undefined ? null : searchForm(search)];
    const rows = rowsOf<StoredAccount>(
      this.#source,
      `SELECT ${accountColumns} FROM accounts WHERE ${where}
        AND (?3 IS NULL OR (address, account) > (SELECT address, account FROM accounts WHERE account = ?3))
       ORDER BY address, account LIMIT ?4`,
      ...values,
      after ?? null,
      pageRows(limit),
    );
    const total = countOf(this.#source, `SELECT count(*) FROM accounts WHERE ${where}`, ...values);
    return { rows: rows.map(accountRow), total };
  }

  /** Whose address begins so, or whose name has it; ordered by address. */
  like(search: string, limit: number): AccountRow[] {
    return rowsOf<StoredAccount>(
      this.#source,
      `SELECT ${accountColumns} FROM accounts WHERE
        substr(address_form, 1, length(?1)) = ?1 OR instr(name_form, ?1) > 0 ORDER BY address LIMIT ?2`,
      searchForm(search),
      limit,
    ).map(accountRow);
  }

  account(account: Uuid): AccountRow | null {
    const select = `SELECT ${accountColumns} FROM accounts WHERE account = ?`;
    const [row] = rowsOf<StoredAccount>(this.#source, select, account);
    return row ? accountRow(row) : null;
  }

  /** All aliases, or those that lead to one account. */
  aliases(account: Uuid | null = null): AliasRow[] {
    const rows = rowsOf<{ localPart: string; name: string; account: Uuid; address: string }>(
      this.#source,
      `SELECT local_part AS localPart, name, aliases.account, coalesce(address, '') AS address
       FROM aliases JOIN names ON names.domain = aliases.domain AND bound = 0
       LEFT JOIN accounts ON accounts.account = aliases.account
       WHERE ?1 IS NULL OR aliases.account = ?1 ORDER BY name, local_part`,
      account,
    );
    return rows.map(({ localPart, name, ...row }) => ({
      alias: `${localPartText(localPart)}@${name}`,
      ...row,
    }));
  }

  groups(): GroupRow[] {
    const rows = rowsOf<{ domain: Uuid; tag: string; localPart: string; name: string; members: number }>(
      this.#source,
      `SELECT groups.domain, groups.tag, local_part AS localPart, name, (SELECT count(*) FROM members
         WHERE members.domain = groups.domain AND members.tag = groups.tag) AS members
       FROM groups JOIN names ON names.domain = groups.domain AND bound = 0 ORDER BY name, local_part`,
    );
    return rows.map(({ localPart, name, ...row }) => ({
      ...row,
      group: `${localPartText(localPart)}@${name}`,
    }));
  }

  /** Members of a group, ordered by address. */
  members(domain: Uuid, tag: string): AccountRow[] {
    const rows = rowsOf<StoredAccount>(
      this.#source,
      `SELECT ${accountColumns} FROM accounts WHERE account IN
         (SELECT account FROM members WHERE domain = ? AND tag = ?) ORDER BY address, account`,
      domain,
      tag,
    );
    return rows.map(accountRow);
  }

  #boundNames(domain: Uuid): string[] {
    const select = 'SELECT name FROM names WHERE domain = ? AND bound = 1 ORDER BY name';
    return rowsOf<{ name: string }>(this.#source, select, domain).map(({ name }) => name);
  }
}

function accountRow({ roleNames, ...row }: StoredAccount): AccountRow {
  return { ...row, roles: roleNames === null ? [] : roleNames.split(' ') };
}

function pageRows(limit: number | undefined): number {
  return Math.min(limit ?? defaultPageRows, maxPageRows);
}
