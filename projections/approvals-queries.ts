/** What approvals answer: what waits for whom, what is due, and what was decided. */
import type { GrantedRole } from '../services/domain/account.ts';
import type { JsonObject } from '../services/domain/event.ts';
import { ordinalsOf } from '../services/domain/ordinal-ranges.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { DatabaseSource } from './projection.ts';
import { countOf, rowsOf } from './table-projection.ts';

export interface ApprovalRow {
  readonly approval: Uuid;
  readonly message: Uuid;
  readonly kind: 'approval' | 'quarantine';
  readonly state: 'waiting' | 'released' | 'returned' | 'withdrawn';
  /** Address of the blob that is decided on. */
  readonly octets: string;
  /** Of the recipients that wait or waited. */
  readonly ordinals: readonly number[];
  /** Null for mail from outside. */
  readonly submitter: Uuid | null;
  readonly reviewer: Uuid | null;
  readonly reviewerRole: GrantedRole | null;
  readonly deputy: Uuid | null;
  readonly rules: readonly Uuid[];
  readonly ruleVersions: readonly number[];
  /** For each of the rules; empty once they have been erased. */
  readonly reasons: readonly string[];
  readonly requestedAtMs: number;
  /** Null where no reminder is to come. */
  readonly remindAtMs: number | null;
  /** Null in quarantine. */
  readonly deadlineMs: number | null;
  readonly onDeadline: 'deliver' | 'return';
  readonly resubmits: Uuid | null;
  /** The rest is null while it waits. */
  readonly endedAtMs: number | null;
  readonly endedBy: 'decision' | 'deadline' | 'sender' | null;
  readonly decidedBy: Uuid | null;
  readonly decidedAs: 'reviewer' | 'deputy' | 'role' | null;
  readonly comment: string;
}

export interface ApprovalStep {
  readonly position: number;
  readonly atMs: number;
  readonly type: string;
  readonly actor: string;
  /** Whoever acted or is asked to. */
  readonly person: Uuid | null;
  readonly detail: JsonObject;
  readonly comment: string;
}

export interface ApprovalFilter {
  readonly state?: 'waiting' | 'ended' | undefined;
  /** Sent by, or to be decided by, or decided by that account. */
  readonly person?: Uuid | undefined;
  readonly limit?: number | undefined;
}

const columns = `approval, message, kind, state, octets, ordinals, submitter, reviewer, reviewer_role AS reviewerRole,
  deputy, rules, rule_versions AS ruleVersions, reasons, requested_at AS requestedAtMs, remind_at AS remindAtMs,
  deadline AS deadlineMs, on_deadline AS onDeadline, resubmits, ended_at AS endedAtMs, ended_by AS endedBy,
  decided_by AS decidedBy, decided_as AS decidedAs, comment`;
const defaultRows = 100;
const maxRows = 10_000;

export class ApprovalList {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  one(approval: Uuid): ApprovalRow | null {
    return this.#rows('approval = ?', approval)[0] ?? null;
  }

  ofMessage(message: Uuid): ApprovalRow | null {
    return this.#rows('message = ?', message)[0] ?? null;
  }

  /** The newest that was made from the mail of that approval. */
  resubmissionOf(approval: Uuid): ApprovalRow | null {
    return this.#rows('resubmits = ? ORDER BY requested_at DESC LIMIT 1', approval)[0] ?? null;
  }

  /** What waits comes first, the nearest deadline before the others; then the newest end. */
  list({ state, person, limit }: ApprovalFilter = {}): ApprovalRow[] {
    const states = { waiting: `state = 'waiting'`, ended: `state <> 'waiting'` } as const;
    return this.#rows(
      `${state === undefined ? 'TRUE' : states[state]} AND
       (?1 IS NULL OR ?1 IN (submitter, reviewer, deputy, decided_by)) ORDER BY ended_at IS NOT NULL, ended_at DESC,
       deadline IS NULL, deadline, requested_at, approval LIMIT ?2`,
      person ?? null,
      Math.min(limit ?? defaultRows, maxRows),
    );
  }

  /** What somebody may be asked to decide on: named, as deputy, or by a role. */
  waitingFor(account: Uuid, roles: readonly string[], limit: number): ApprovalRow[] {
    return this.#rows(
      `state = 'waiting' AND submitter IS NOT ?1 AND (reviewer = ?1 OR deputy = ?1 OR
         reviewer_role IN (SELECT value FROM json_each(?2))) ORDER BY deadline IS NULL, deadline, requested_at, approval LIMIT ?3`,
      account,
      JSON.stringify(roles),
      limit,
    );
  }

  /** Everything about one, in the log's order. */
  steps(approval: Uuid): ApprovalStep[] {
    const rows = rowsOf<Omit<ApprovalStep, 'detail'> & { detail: string }>(
      this.#source,
      `SELECT position, at AS atMs, type, actor, person, detail, comment FROM approval_steps
       WHERE approval = ? ORDER BY position`,
      approval,
    );
    return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as JsonObject }));
  }

  /** Deadlines that have come, earliest first. */
  lapsed(nowMs: number, limit: number): Uuid[] {
    return this.#ids('due_at <= ? ORDER BY due_at, approval LIMIT ?', nowMs, limit);
  }

  /** Reminders that have come, of mail whose deadline has not. */
  toRemind(nowMs: number, limit: number): Uuid[] {
    const where = 'remind_at <= ?1 AND (due_at IS NULL OR due_at > ?1) ORDER BY remind_at, approval LIMIT ?2';
    return this.#ids(where, nowMs, limit);
  }

  /** When the next deadline or reminder comes; null where there is none. */
  nextAtMs(): number | null {
    const [row] = rowsOf<{ next: number | null }>(
      this.#source,
      `SELECT min(at) AS next FROM (SELECT min(due_at) AS at FROM approvals UNION ALL SELECT min(remind_at) FROM approvals)`,
    );
    return row!.next;
  }

  /** Whoever is asked for something that waits. */
  reviewers(): Uuid[] {
    const select = `SELECT DISTINCT reviewer FROM approvals WHERE state = 'waiting' AND reviewer IS NOT NULL ORDER BY reviewer`;
    return rowsOf<{ reviewer: Uuid }>(this.#source, select).map(({ reviewer }) => reviewer);
  }

  waitingOf(reviewer: Uuid, limit: number): Uuid[] {
    return this.#ids(`state = 'waiting' AND reviewer = ? ORDER BY approval LIMIT ?`, reviewer, limit);
  }

  waiting(): number {
    return countOf(this.#source, `SELECT count(*) FROM approvals WHERE state = 'waiting'`);
  }

  #ids(where: string, ...values: (string | number)[]): Uuid[] {
    const select = `SELECT approval FROM approvals WHERE ${where}`;
    return rowsOf<{ approval: Uuid }>(this.#source, select, ...values).map(({ approval }) => approval);
  }

  #rows(where: string, ...values: (string | number | null)[]): ApprovalRow[] {
    const lists = ['ordinals', 'rules', 'ruleVersions', 'reasons'] as const;
    type Stored = Omit<ApprovalRow, (typeof lists)[number]> & Record<(typeof lists)[number], string>;
    const sql = `SELECT ${columns} FROM approvals WHERE ${where}`;
    return rowsOf<Stored>(this.#source, sql, ...values).map((row) => ({
      ...row,
      ordinals: ordinalsOf(JSON.parse(row.ordinals) as number[]),
      rules: JSON.parse(row.rules) as Uuid[],
      ruleVersions: JSON.parse(row.ruleVersions) as number[],
      reasons: JSON.parse(row.reasons) as string[],
    }));
  }
}
