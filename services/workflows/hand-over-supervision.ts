/**
 * Reaction: what a supervisor who is here no more has not reviewed goes to whoever is above. It looks when an account
 * ends, and at each copy once it is made, because the supervisor may have left in between. A repeat finds nothing to do.
 */
import type { SupervisionList } from '../../projections/supervision-queries.ts';
import type { Dispatcher } from '../dispatch.ts';
import { idOf, type LoggedEvent } from '../domain/event.ts';
import { isRefusal } from '../domain/refusals.ts';
import { supervision } from '../domain/supervision.ts';
import type { Uuid } from '../domain/values.ts';
import type { Supervisors } from '../supervision/supervisors.ts';
import type { Reaction } from './reaction-runner.ts';

export interface HandOverParts {
  readonly supervision: Pick<SupervisionList, 'list'>;
  readonly supervisors: Pick<Supervisors, 'successorOf'>;
  /** Waits until the projection has what is at `position`; false after `maxWaitMs`. */
  readonly reached: (position: number, maxWaitMs: number) => Promise<boolean>;
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  /** First event of a stream. */
  first(stream: string): Promise<LoggedEvent | null>;
}

const patienceMs = 5000;
const perPage = 500;

export class HandOverSupervision implements Reaction {
  readonly name = 'hand-over-supervision';
  readonly types: ReadonlySet<string> = new Set(['AccountFrozen', 'AccountClosed', 'CopiedForSupervision']);
  readonly opens = false;
  readonly #parts: HandOverParts;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
  }

  async handle(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) {
      if (event.type === 'CopiedForSupervision') await this.#handOver(idOf(event.stream), event);
      else await this.#handOverAll(idOf(event.stream), event);
    }
  }

  async #handOverAll(supervisor: Uuid, event: LoggedEvent): Promise<void> {
    const { supervision: list, reached } = this.#parts;
    if (!(await reached(event.position, patienceMs)))
      throw new Error('handing over waits for the list of supervision');
    for (let before: number | undefined; ; ) {
      const rows = list.list({ supervisor, state: 'waiting', before, limit: perPage });
      for (const row of rows) await this.#handOver(row.supervision, event);
      if (rows.length < perPage) return;
      before = rows.at(-1)!.position;
    }
  }

  async #handOver(id: Uuid, { id: cause, at }: LoggedEvent): Promise<void> {
    const { dispatcher, supervisors, first } = this.#parts;
    const { copy } = (await dispatcher.load(supervision, id)).state;
    if (!copy) return;
    const accepted = await first(`message-${copy.message}`);
    const submitter = (accepted?.data['submitter'] ?? null) as Uuid | null;
    const supervisor = await supervisors.successorOf(copy.supervisor, copy.people, submitter);
    if (supervisor === null) return;
    const command = { kind: 'replaceSupervisor', supervisor } as const;
    const replaced = await dispatcher.dispatch(supervision, id, command, {
      actor: 'system',
      cause,
      now: at,
    });
    if (isRefusal(replaced)) throw new Error(`handing over ${id} was refused: ${replaced.refused}`);
  }
}
