/**
 * What a rule would have done with the mail of the last thirty days: judged by what the log has of each, with today's
 * people. Nothing is published, sent or kept. A run goes on by itself and is watched by whoever began it.
 */
import type { Rule } from '../../policies/rule-language/rule.ts';
import type { Roster } from '../../policies/rule-language/rule-facts.ts';
import { RuleSet } from '../../policies/rule-language/rule-set.ts';
import type { MessageTraces, TracedMail } from '../../projections/message-trace-queries.ts';
import type { Rosters } from '../directory/roster.ts';
import type { LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';
import { recordedFacts } from './recorded-facts.ts';

export interface DryRunMail {
  readonly message: Uuid;
  readonly acceptedAtMs: number;
  readonly sender: string;
  readonly subject: string;
}

export interface DryRunReport {
  readonly state: 'none' | 'running' | 'ended' | 'failed';
  readonly fromMs: number;
  readonly done: number;
  readonly total: number;
  readonly hits: number;
  /** Of these the log does not have what the rule asks for. */
  readonly undecidable: number;
  /** The latest that it hits. */
  readonly latest: readonly DryRunMail[];
}

export interface DryRunParts {
  readonly traces: Pick<MessageTraces, 'search' | 'perDay' | 'trace'>;
  /** The first event of a stream. */
  readonly first: (stream: string) => Promise<LoggedEvent | null>;
  readonly rosters: Pick<Rosters, 'of'>;
  readonly onFault: (error: unknown) => void;
}

const spanMs = 30 * 24 * 60 * 60 * 1000;
const mailsPerPage = 200;
const maxLatest = 50;
const nothing: DryRunReport = {
  state: 'none',
  fromMs: 0,
  done: 0,
  total: 0,
  hits: 0,
  undecidable: 0,
  latest: [],
};

/** What a run is about, and how far it is. */
interface Run {
  report: DryRunReport;
}

export class DryRuns {
  readonly #parts: DryRunParts;
  /** Each account has one: another one ends it. */
  readonly #runs = new Map<Uuid, Run>();

  constructor(parts: DryRunParts) {
    this.#parts = parts;
  }

  reportTo(account: Uuid): DryRunReport {
    return this.#runs.get(account)?.report ?? nothing;
  }

  start(account: Uuid, rule: Rule, nowMs: number): DryRunReport {
    const fromMs = nowMs - spanMs;
    const days = this.#parts.traces.perDay(fromMs, 0);
    const total = days.reduce((sum, { received, sent }) => sum + received + sent, 0);
    const run: Run = { report: { ...nothing, state: 'running', fromMs, total } };
    this.#runs.set(account, run);
    void this.#carryOut(account, run, rule);
    return run.report;
  }

  async #carryOut(account: Uuid, run: Run, rule: Rule): Promise<void> {
    try {
      const set = new RuleSet([{ id: '', version: 1, rule }]);
      const roster = await this.#parts.rosters.of(set.names);
      for (const page of this.#pages(run.report.fromMs)) {
        for (const mail of page) {
          if (this.#runs.get(account) !== run) return;
          await this.#judge(mail, set, roster, run);
        }
      }
      run.report = { ...run.report, state: 'ended' };
    } catch (error) {
      run.report = { ...run.report, state: 'failed' };
      this.#parts.onFault(error);
    }
  }

  /** Mail that rules judge when it comes, the latest first. */
  *#pages(fromMs: number): Generator<TracedMail[]> {
    for (let after: Uuid | undefined; ; ) {
      const page = this.#parts.traces.search({ fromMs, after, limit: mailsPerPage });
      yield page.filter(({ source }) => source === 'smtp' || source === 'submission');
      if (page.length < mailsPerPage) return;
      after = page.at(-1)!.message;
    }
  }

  async #judge(mail: TracedMail, set: RuleSet, roster: Roster, run: Run): Promise<void> {
    const outcome = await this.#outcomeOf(mail.message, set, roster);
    const { done, hits, undecidable, latest } = run.report;
    run.report = {
      ...run.report,
      done: done + 1,
      hits: hits + (outcome === 'hit' ? 1 : 0),
      undecidable: undecidable + (outcome === 'undecidable' ? 1 : 0),
      latest: outcome === 'hit' && latest.length < maxLatest ? [...latest, shown(mail)] : latest,
    };
  }

  async #outcomeOf(message: Uuid, set: RuleSet, roster: Roster): Promise<'hit' | 'undecidable' | 'none'> {
    const accepted = await this.#parts.first(`message-${message}`);
    const recipients = this.#parts.traces.trace(message)?.recipientList ?? [];
    const facts = accepted && recordedFacts(accepted, recipients, roster);
    if (!facts) return 'undecidable';
    const [part] = set.judge(facts).parts;
    if (!part) return 'none';
    return part.outcome === 'hit' ? 'hit' : 'undecidable';
  }
}

function shown({ message, acceptedAtMs, returnPath, subject }: TracedMail): DryRunMail {
  return { message, acceptedAtMs, sender: returnPath, subject };
}
