/** What the queue answers: what is due and for whom, and the list that people see. */
import type { BounceClass } from '../services/domain/delivery-events.ts';
import type { Uuid } from '../services/domain/values.ts';
import { searchForm } from './personal-text.ts';
import type { DatabaseSource } from './projection.ts';
import { countOf, rowsOf } from './table-projection.ts';

export type DeliveryRowState = 'waiting' | 'attempting' | 'completed' | 'failed' | 'expired' | 'cancelled';

/** One recipient of one mail, due for an attempt. */
export interface DueDelivery {
  readonly delivery: Uuid;
  readonly message: Uuid;
  readonly recipient: string;
}

export interface WaitingDomain {
  /** A-labels, or an address literal. */
  readonly domain: string;
  /** Of its earliest delivery. */
  readonly dueAtMs: number;
}

export interface DeliveryRow extends DueDelivery {
  readonly ordinal: number;
  readonly state: DeliveryRowState;
  readonly held: boolean;
  /** Null while no attempt may begin. */
  readonly dueAtMs: number | null;
  readonly queuedAtMs: number;
  readonly expiresAtMs: number;
  readonly changedAtMs: number;
  readonly attempts: number;
  /** Attempts that may have brought a copy although nobody knows. */
  readonly unknownOutcomes: number;
  /** Of the last reply; null before the first. */
  readonly class: BounceClass | null;
  readonly code: number | null;
  readonly host: string;
  readonly reply: string;
  /** Null until it was handed over. */
  readonly tls: 'none' | 'tls12' | 'tls13' | null;
  readonly certificateValid: boolean | null;
  readonly cipher: string;
  /** Of the last thing that somebody asked for. */
  readonly reason: string;
}

export interface DeliveryFilter {
  /** Ended ones as well. */
  readonly all?: boolean | undefined;
  /** Part of the recipient's address. */
  readonly search?: string | undefined;
  /** Rows that are passed over. */
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

/** How many wait for so long. */
export interface QueueAge {
  /** Up to this age; null: older than any other. */
  readonly upToMs: number | null;
  readonly count: number;
}

const columns = `delivery, message, ordinal, recipient, state, held, due_at AS dueAtMs, queued_at AS queuedAtMs,
  expires_at AS expiresAtMs, changed_at AS changedAtMs, attempts, unknown_outcomes AS unknownOutcomes, class, code, host,
  reply, tls, certificate_valid AS certificateValid, cipher, reason`;
const dueColumns = 'delivery, message, recipient';
const underway = `state IN ('waiting', 'attempting')`;
const defaultRows = 100;
const maxRows = 10_000;

export class Deliveries {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  /** Domains with deliveries that wait, due or not, in their order; costs by their number, not by that of deliveries. */
  waitingDomains(after: string, limit: number): WaitingDomain[] {
    return rowsOf<WaitingDomain>(
      this.#source,
      `WITH RECURSIVE each(domain) AS (
         SELECT min(domain) FROM deliveries WHERE due_at IS NOT NULL AND domain > ?
         UNION ALL
         SELECT (SELECT min(domain) FROM deliveries WHERE due_at IS NOT NULL AND domain > each.domain)
         FROM each WHERE domain IS NOT NULL LIMIT ?)
       SELECT domain, (SELECT min(due_at) FROM deliveries WHERE due_at IS NOT NULL AND domain = each.domain) AS dueAtMs
       FROM each WHERE domain IS NOT NULL`,
      after,
      limit,
    );
  }

  /** When the next one becomes due that is not due yet; null where there is none. */
  nextDueAtMs(nowMs: number): number | null {
    const [row] = rowsOf<{ due: number | null }>(
      this.#source,
      'SELECT min(due_at) AS due FROM deliveries WHERE due_at > ?',
      nowMs,
    );
    return row!.due;
  }

  /** Earliest first, recipients of one mail together; `domain` null: of all. */
  due(domain: string | null, nowMs: number, limit: number): DueDelivery[] {
    const order = 'ORDER BY due_at, message, ordinal LIMIT ?';
    if (domain === null) {
      const sql = `SELECT ${dueColumns} FROM deliveries WHERE due_at <= ? ${order}`;
      return rowsOf<DueDelivery>(this.#source, sql, nowMs, limit);
    }
    const sql = `SELECT ${dueColumns} FROM deliveries WHERE domain = ? AND due_at <= ? ${order}`;
    return rowsOf<DueDelivery>(this.#source, sql, domain, nowMs, limit);
  }

  /** Deliveries whose attempt was announced and has no outcome yet. */
  attempting(): Uuid[] {
    const sql = `SELECT delivery FROM deliveries WHERE state = 'attempting' ORDER BY queued_at`;
    return rowsOf<{ delivery: Uuid }>(this.#source, sql).map(({ delivery }) => delivery);
  }

  /** Longest waiting first. */
  list({ all, search, offset, limit }: DeliveryFilter): DeliveryRow[] {
    const where = [all ? 'TRUE' : underway, search === undefined ? 'TRUE' : 'instr(lower(recipient), ?) > 0'];
    return this.#rows(
      `WHERE ${where.join(' AND ')} ORDER BY queued_at, message, ordinal LIMIT ? OFFSET ?`,
      ...(search === undefined ? [] : [searchForm(search)]),
      Math.min(limit ?? defaultRows, maxRows),
      offset ?? 0,
    );
  }

  /** Null where there is none of that id. */
  one(delivery: Uuid): DeliveryRow | null {
    return this.#rows('WHERE delivery = ?', delivery)[0] ?? null;
  }

  ofMessage(message: Uuid): DeliveryRow[] {
    return this.#rows('WHERE message = ? ORDER BY ordinal', message);
  }

  /** What waits or is under way, by how long it has; `upToMs` ascend, null last. */
  ages(nowMs: number, upToMs: readonly (number | null)[]): QueueAge[] {
    let fromMs = -1;
    return upToMs.map((upTo) => {
      const sql = `SELECT count(*) FROM deliveries WHERE ${underway} AND ? - queued_at > ? AND ? - queued_at <= ?`;
      const count = countOf(this.#source, sql, nowMs, fromMs, nowMs, upTo ?? Number.MAX_SAFE_INTEGER);
      fromMs = upTo ?? fromMs;
      return { upToMs: upTo, count };
    });
  }

  /** Waiting and under way. */
  length(): number {
    return countOf(this.#source, `SELECT count(*) FROM deliveries WHERE ${underway}`);
  }

  #rows(rest: string, ...values: (string | number)[]): DeliveryRow[] {
    type Stored = Omit<DeliveryRow, 'held' | 'certificateValid'> & {
      held: number;
      certificateValid: number | null;
    };
    const rows = rowsOf<Stored>(this.#source, `SELECT ${columns} FROM deliveries ${rest}`, ...values);
    return rows.map((row) => ({
      ...row,
      held: row.held === 1,
      certificateValid: row.certificateValid === null ? null : row.certificateValid === 1,
    }));
  }
}
