/** What the supervisors' list answers: what waits, what is overdue, what was reviewed. */
import type { ReviewOutcome } from '../services/domain/supervision-events.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { DatabaseSource } from './projection.ts';
import { countOf, rowsOf } from './table-projection.ts';

export interface SupervisedRow {
  readonly supervision: Uuid;
  /** Of the copy in the whole log; lists go from the newest down. */
  readonly position: number;
  readonly message: Uuid;
  readonly supervisor: Uuid;
  /** Whose mail it is. */
  readonly people: readonly Uuid[];
  readonly rules: readonly Uuid[];
  readonly ruleVersions: readonly number[];
  /** For each of the rules its name; empty once they have been erased. */
  readonly reasons: readonly string[];
  readonly copiedAtMs: number;
  /** Null where the review has no term. */
  readonly dueAtMs: number | null;
  /** The people are not told who looked at it. */
  readonly sealed: boolean;
  readonly sealedBecause: string;
  readonly state: 'waiting' | 'overdue' | 'reviewed';
  /** The rest is null, and the note empty, while it waits. */
  readonly reviewedAtMs: number | null;
  readonly reviewedBy: Uuid | null;
  readonly outcome: ReviewOutcome | null;
  readonly note: string;
}

export interface SupervisionFilter {
  readonly supervisor?: Uuid | undefined;
  /** Whose mail it is. */
  readonly person?: Uuid | undefined;
  /** `waiting` has what is overdue as well. */
  readonly rule?: Uuid | undefined;
  readonly state?: SupervisedRow['state'] | undefined;
  /** The position below which the page begins. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

export interface SupervisionCounts {
  /** Those that are overdue as well. */
  readonly waiting: number;
  readonly overdue: number;
  /** When the next of them becomes overdue; null where none will. */
  readonly nextDueAtMs: number | null;
}

/** By what a supervisor's list can be narrowed. */
export interface SupervisionChoices {
  readonly people: readonly Uuid[];
  /** By the name that each had last. */
  readonly rules: readonly { readonly rule: Uuid; readonly name: string }[];
}

const columns = `supervision, position, message, supervisor, rules, rule_versions AS ruleVersions, reasons,
  copied_at AS copiedAtMs, due_at AS dueAtMs, sealed, sealed_because AS sealedBecause,
  iif(reviewed_at IS NOT NULL, 'reviewed', iif(due_at <= ?1, 'overdue', 'waiting')) AS state,
  reviewed_at AS reviewedAtMs, reviewed_by AS reviewedBy, outcome, note,
  (SELECT json_group_array(person) FROM (SELECT person FROM supervised_people AS theirs
     WHERE theirs.supervision = supervised.supervision ORDER BY person)) AS people`;

const states = {
  waiting: 'reviewed_at IS NULL',
  overdue: 'reviewed_at IS NULL AND due_at <= ?1',
  reviewed: 'reviewed_at IS NOT NULL',
} as const;

const defaultRows = 100;
const maxRows = 10_000;

export class SupervisionList {
  readonly #source: DatabaseSource;
  readonly #now: () => number;

  constructor(source: DatabaseSource, now: () => number = Date.now) {
    this.#source = source;
    this.#now = now;
  }

  one(supervision: Uuid): SupervisedRow | null {
    return this.#rows('supervision = ?2', supervision)[0] ?? null;
  }

  /** A row for each supervisor. */
  ofMessage(message: Uuid): SupervisedRow[] {
    return this.#rows('message = ?2 ORDER BY position', message);
  }

  /** Newest first. */
  list({ supervisor, person, rule, state, before, limit }: SupervisionFilter = {}): SupervisedRow[] {
    return this.#rows(
      `${state === undefined ? 'TRUE' : states[state]} AND (?2 IS NULL OR supervisor = ?2)
       AND (?3 IS NULL OR EXISTS (SELECT 1 FROM supervised_people AS theirs WHERE theirs.person = ?3
         AND theirs.position = supervised.position AND theirs.supervision = supervised.supervision))
       AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(rules) WHERE value = ?4))
       AND (?5 IS NULL OR position < ?5) ORDER BY position DESC LIMIT ?6`,
      supervisor ?? null,
      person ?? null,
      rule ?? null,
      before ?? null,
      Math.min(limit ?? defaultRows, maxRows),
    );
  }

  /** Of one supervisor, or of all. */
  counts(supervisor: Uuid | null): SupervisionCounts {
    const count = (state: keyof typeof states): number =>
      countOf(
        this.#source,
        `SELECT count(*) FROM supervised WHERE ${states[state]} AND (?2 IS NULL OR supervisor = ?2)`,
        this.#now(),
        supervisor,
      );
    const [next] = rowsOf<{ atMs: number | null }>(
      this.#source,
      `SELECT min(due_at) AS atMs FROM supervised
       WHERE reviewed_at IS NULL AND due_at > ?1 AND (?2 IS NULL OR supervisor = ?2)`,
      this.#now(),
      supervisor,
    );
    return { waiting: count('waiting'), overdue: count('overdue'), nextDueAtMs: next?.atMs ?? null };
  }

  choices(supervisor: Uuid): SupervisionChoices {
    const people = rowsOf<{ person: Uuid }>(
      this.#source,
      `SELECT DISTINCT person FROM supervised_people WHERE supervision IN
       (SELECT supervision FROM supervised WHERE supervisor = ?)`,
      supervisor,
    );
    const rules = rowsOf<{ rule: Uuid; name: string }>(
      this.#source,
      `SELECT rules.value AS rule, reasons.value AS name, max(position) FROM supervised, json_each(rules) AS rules
       LEFT JOIN json_each(reasons) AS reasons ON reasons.key = rules.key
       WHERE supervisor = ? AND name <> '' GROUP BY rule`,
      supervisor,
    );
    return {
      people: people.map(({ person }) => person),
      rules: rules.map(({ rule, name }) => ({ rule, name })),
    };
  }

  /** Position of the last event that changed what somebody supervises; 0 before the first. */
  lastChanged(supervisor: Uuid): number {
    return countOf(this.#source, 'SELECT position FROM supervision_changes WHERE supervisor = ?', supervisor);
  }

  #rows(where: string, ...values: (string | number | null)[]): SupervisedRow[] {
    type Lists = 'rules' | 'ruleVersions' | 'reasons' | 'people';
    type Stored = Omit<SupervisedRow, Lists | 'sealed'> & Record<Lists, string> & { readonly sealed: number };
    const sql = `SELECT ${columns} FROM supervised WHERE ${where}`;
    return rowsOf<Stored>(this.#source, sql, this.#now(), ...values).map((row) => ({
      ...row,
      sealed: row.sealed === 1,
      people: JSON.parse(row.people) as Uuid[],
      rules: JSON.parse(row.rules) as Uuid[],
      ruleVersions: JSON.parse(row.ruleVersions) as number[],
      reasons: JSON.parse(row.reasons) as string[],
    }));
  }
}
