/** What the access log answers, newest first, by account and time. */
import type { UidRanges } from '../services/domain/uid-ranges.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { DatabaseSource } from './projection.ts';
import { rowsOf } from './table-projection.ts';

export interface SessionRow {
  readonly position: number;
  readonly session: Uuid;
  readonly account: Uuid;
  readonly protocol: string;
  readonly openedAtMs: number;
  /** Null while it is open, or where its end was lost with the process. */
  readonly closedAtMs: number | null;
  readonly ended: string | null;
  /** Texts are empty once they have been erased. */
  readonly peer: string;
  readonly program: string;
}

export interface AccessRow {
  readonly position: number;
  readonly atMs: number;
  readonly session: Uuid;
  /** Who it was. */
  readonly account: Uuid;
  /** Whose mail it was; null where it belonged to the installation. */
  readonly owner: Uuid | null;
  readonly kind: 'opened' | 'read' | 'searched' | 'shown' | 'acted';
  readonly mailbox: Uuid | null;
  /** What of the messages was shown, the mode of opening, or the act. */
  readonly items: string;
  readonly uids: UidRanges;
  /** Found by the search, or times that it was done. */
  readonly count: number;
  readonly query: string;
  /** The mail that it was about, where it was about one. */
  readonly message: Uuid | null;
  /** By a rule the owner is not told of it. */
  readonly sealed: boolean;
  /** Why, in the words of whoever it was; empty where none was asked for. */
  readonly reason: string;
}

export interface RefusalRow {
  readonly position: number;
  readonly ordinal: number;
  readonly atMs: number;
  readonly kind: 'signIn' | 'mail' | 'peer';
  /** Null where nobody here was concerned. */
  readonly account: Uuid | null;
  readonly protocol: string | null;
  readonly reason: string;
  readonly count: number;
  readonly sender: string;
  /** IP address, or a network where they are counted. */
  readonly peer: string;
}

export interface AccessFilter {
  /** Who it was; of refusals, whom it concerned. */
  readonly account?: Uuid | undefined;
  /** Whose mail it was. */
  readonly owner?: Uuid | undefined;
  /** Only what is somebody else's; nothing of the installation. */
  readonly others?: boolean | undefined;
  /** Not what rules keep from the owner. */
  readonly told?: boolean | undefined;
  readonly message?: Uuid | undefined;
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** Rows before that position only: the last one of the page before. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

const defaultRows = 100;
const maxRows = 10_000;

export class AccessLog {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  sessions(filter: Omit<AccessFilter, 'owner' | 'message'>): SessionRow[] {
    const columns = `position, session, account, protocol, opened_at AS openedAtMs, closed_at AS closedAtMs,
      ended, peer, program`;
    return this.#rows<SessionRow>('sessions', columns, 'opened_at', filter);
  }

  /** Those of these ids, in no order. */
  sessionsOf(sessions: readonly Uuid[]): Pick<SessionRow, 'session' | 'protocol' | 'peer'>[] {
    return rowsOf<Pick<SessionRow, 'session' | 'protocol' | 'peer'>>(
      this.#source,
      'SELECT session, protocol, peer FROM sessions WHERE session IN (SELECT value FROM json_each(?))',
      JSON.stringify([...new Set(sessions)]),
    );
  }

  accesses(filter: AccessFilter): AccessRow[] {
    const columns =
      'position, at AS atMs, session, account, owner, kind, mailbox, items, uids, count, query, message, sealed, reason';
    const rows = this.#rows<Omit<AccessRow, 'uids' | 'sealed'> & { uids: string; sealed: number }>(
      'accesses',
      columns,
      'at',
      filter,
    );
    return rows.map((row) => ({
      ...row,
      uids: JSON.parse(row.uids) as number[],
      sealed: row.sealed === 1,
    }));
  }

  /** One event may concern many: a page ends with all that are concerned, so it may be longer than asked for. */
  refusals(filter: Omit<AccessFilter, 'owner' | 'message'>): RefusalRow[] {
    const columns = 'position, ordinal, at AS atMs, kind, account, protocol, reason, count, sender, peer';
    const rows = this.#rows<RefusalRow>('refusals', columns, 'at', filter);
    return rows.sort((a, b) => b.position - a.position || a.ordinal - b.ordinal);
  }

  /** All rows down to the position at which the page is full. */
  #rows<T>(table: string, columns: string, time: string, filter: AccessFilter): T[] {
    const { conditions, values } = conditionsOf(filter, time);
    const limit = Math.min(filter.limit ?? defaultRows, maxRows);
    const page = `SELECT position FROM ${table} WHERE ${conditions} ORDER BY position DESC LIMIT ?`;
    return rowsOf<T>(
      this.#source,
      `SELECT ${columns} FROM ${table} WHERE ${conditions}
        AND position >= (SELECT min(position) FROM (${page})) ORDER BY position DESC`,
      ...values,
      ...values,
      limit,
    );
  }
}

function conditionsOf(
  filter: AccessFilter,
  time: string,
): { conditions: string; values: (string | number)[] } {
  const wanted: readonly [string, string | number | undefined][] = [
    ['account = ?', filter.account],
    ['owner = ?', filter.owner],
    ['message = ?', filter.message],
    [`${time} >= ?`, filter.fromMs],
    [`${time} < ?`, filter.untilMs],
    ['position < ?', filter.before],
  ];
  const alone = [...(filter.others ? ['owner <> account'] : []), ...(filter.told ? ['sealed = 0'] : [])];
  const given = wanted.filter((each): each is [string, string | number] => each[1] !== undefined);
  return {
    conditions: ['TRUE', ...alone, ...given.map(([condition]) => condition)].join(' AND '),
    values: given.map(([, value]) => value),
  };
}
