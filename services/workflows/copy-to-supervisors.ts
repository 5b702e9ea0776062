/**
 * Reaction: a supervised mail is put before its supervisor. What was settled at its acceptance is repeated in the stream
 * of the copy, whose id follows from the message and the supervisor: a repeat after a crash makes no second copy.
 */
import type { Dispatcher } from '../dispatch.ts';
import { idOf, type LoggedEvent } from '../domain/event.ts';
import { type FactOf, sealedText } from '../domain/fact.ts';
import type { messageEvents } from '../domain/message-events.ts';
import { isRefusal } from '../domain/refusals.ts';
import { type SupervisedCopy, supervision, supervisionId } from '../domain/supervision.ts';
import type { Reaction } from './reaction-runner.ts';

export class CopyToSupervisors implements Reaction {
  readonly name = 'copy-to-supervisors';
  readonly types: ReadonlySet<string> = new Set(['SupervisionRequired']);
  readonly opens = true;
  readonly #dispatcher: Pick<Dispatcher, 'dispatch'>;

  constructor(dispatcher: Pick<Dispatcher, 'dispatch'>) {
    this.#dispatcher = dispatcher;
  }

  async handle(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) await this.#copy(event);
  }

  async #copy(event: LoggedEvent): Promise<void> {
    const message = idOf(event.stream);
    const copy = copyIn(event);
    const id = supervisionId(message, copy.supervisor);
    const context = { actor: 'system', cause: event.id, now: event.at } as const;
    const outcome = await this.#dispatcher.dispatch(
      supervision,
      id,
      { kind: 'copy', message, copy },
      context,
    );
    if (isRefusal(outcome)) throw new Error(`the copy ${id} was refused: ${outcome.refused}`);
  }
}

type Required = Extract<FactOf<typeof messageEvents>, { type: 'SupervisionRequired' }>;

function copyIn(event: LoggedEvent): SupervisedCopy {
  const { data, personal } = event as unknown as Required;
  const { supervisor, people, rules, ruleVersions, dueAt, sealed } = data;
  // Erased meanwhile: that it is supervised is still so.
  const reasons = (personal?.reasons ?? []) as readonly string[];
  const copies = rules.map((rule, i) => ({ rule, version: ruleVersions[i]!, reason: reasons[i] ?? '' }));
  const sealedBecause = sealed ? (sealedText(personal, 'sealedBecause') ?? '') : null;
  return { supervisor, people, copies, dueAtMs: dueAt, sealedBecause };
}
