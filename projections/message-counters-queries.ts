/** The standing check that nothing is silent: how many recipients are where, and who is stuck. */
import { nilUuid } from '../services/domain/message.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { DatabaseSource } from './projection.ts';
import { countOf, rowsOf } from './table-projection.ts';

const underwayStates = ['accepted', 'waiting', 'queued', 'held'] as const;

export interface RecipientCounts {
  readonly messages: number;
  /** Recipients of all accepted mails. */
  readonly accepted: number;
  /**
   * Those of them that are not at an end: `accepted` and nothing more, `waiting` for somebody's decision, `queued` or
   * `held` in the queue for elsewhere.
   */
  readonly underway: Readonly<Record<(typeof underwayStates)[number], number>>;
  /** Those at an end, by state. */
  readonly finished: Readonly<Record<string, number>>;
  /** Accepted, but in no state: 0, or something was lost. */
  readonly unaccounted: number;
}

/** A recipient with whom nothing has happened since the mail was accepted. */
export interface StuckRecipient {
  readonly message: Uuid;
  readonly ordinal: number;
  /** Null for an address elsewhere. */
  readonly account: Uuid | null;
  /** The mail was accepted then. */
  readonly sinceMs: number;
}

export class MessageCounters {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  counts(): RecipientCounts {
    const [total] = rowsOf<{ messages: number; recipients: number }>(this.#source, 'SELECT * FROM accepted');
    const { messages, recipients: accepted } = total!;
    const underway = {
      accepted: this.#underway('accepted'),
      waiting: this.#underway('waiting'),
      queued: this.#underway('queued'),
      held: this.#underway('held'),
    };
    const open = underwayStates.reduce((sum, state) => sum + underway[state], 0);
    const states = rowsOf<{ state: string; recipients: number }>(
      this.#source,
      'SELECT state, recipients FROM finished ORDER BY state',
    );
    const finished = Object.fromEntries(states.map(({ state, recipients }) => [state, recipients]));
    const ended = states.reduce((sum, { recipients }) => sum + recipients, 0);
    return {
      messages,
      accepted,
      underway,
      finished,
      unaccounted: accepted - open - ended,
    };
  }

  /** Recipients accepted before `beforeMs` whose mail is still neither filed nor queued, oldest first. */
  stuck(beforeMs: number, limit: number): StuckRecipient[] {
    return rowsOf<StuckRecipient>(
      this.#source,
      `SELECT message, ordinal, nullif(account, '${nilUuid}') AS account, at AS sinceMs
       FROM underway WHERE state = 'accepted' AND at < ? ORDER BY at, message, ordinal LIMIT ?`,
      beforeMs,
      limit,
    );
  }

  #underway(state: string): number {
    return countOf(this.#source, 'SELECT count(*) FROM underway WHERE state = ?', state);
  }
}
