/** Which rules there are, what each of their versions said, and what it did. */
import type { Uuid } from '../services/domain/values.ts';
import type { DatabaseSource } from './projection.ts';
import { rowsOf } from './table-projection.ts';

/** `waiting` for its start, `ended` by its end. */
export type RulePhase = 'waiting' | 'active' | 'ended' | 'withdrawn';

export interface RuleRow {
  readonly rule: Uuid;
  readonly version: number;
  readonly name: string;
  readonly owner: string;
  readonly phase: RulePhase;
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** The last version that broke while it judged a mail; 0 where none has. */
  readonly failedVersion: number;
  readonly withdrawnReason: string;
  /** Mails of which its last version had something to say, taken over and not. */
  readonly accepted: number;
  readonly refused: number;
}

export interface RuleVersionRow {
  readonly version: number;
  readonly publishedAtMs: number;
  readonly actor: string;
  readonly digest: string;
  readonly samples: number;
  /** The earlier version whose text it is. */
  readonly restores: number | null;
  readonly text: string;
  readonly accepted: number;
  readonly refused: number;
}

type StoredRule = Omit<RuleRow, 'phase'> & { readonly state: string };

export class RuleHistory {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  /** Every rule that was ever published, by name. */
  list(nowMs: number): RuleRow[] {
    return this.#rules('ORDER BY name, rules.rule').map((row) => withPhase(row, nowMs));
  }

  find(rule: Uuid, nowMs: number): RuleRow | null {
    const [row] = this.#rules('WHERE rules.rule = ?', rule);
    return row ? withPhase(row, nowMs) : null;
  }

  /** The newest first. */
  versions(rule: Uuid): RuleVersionRow[] {
    return rowsOf<RuleVersionRow>(
      this.#source,
      `SELECT versions.version, at AS publishedAtMs, actor, digest, samples, restores, text,
         coalesce(accepted, 0) AS accepted, coalesce(refused, 0) AS refused
       FROM versions LEFT JOIN effects ON effects.rule = versions.rule AND effects.version = versions.version
       WHERE versions.rule = ? ORDER BY versions.version DESC`,
      rule,
    );
  }

  #rules(which: string, ...values: string[]): StoredRule[] {
    return rowsOf<StoredRule>(
      this.#source,
      `SELECT rules.rule, rules.version, name, owner, state, start_at AS startMs, end_at AS endMs,
         failed_version AS failedVersion, withdrawn_reason AS withdrawnReason,
         coalesce(accepted, 0) AS accepted, coalesce(refused, 0) AS refused
       FROM rules LEFT JOIN effects ON effects.rule = rules.rule AND effects.version = rules.version ${which}`,
      ...values,
    );
  }
}

function withPhase({ state, ...row }: StoredRule, nowMs: number): RuleRow {
  return { ...row, phase: state === 'withdrawn' ? 'withdrawn' : phaseAt(row, nowMs) };
}

function phaseAt({ startMs, endMs }: Pick<RuleRow, 'startMs' | 'endMs'>, nowMs: number): RulePhase {
  if (endMs !== null && nowMs >= endMs) return 'ended';
  return startMs !== null && nowMs < startMs ? 'waiting' : 'active';
}
