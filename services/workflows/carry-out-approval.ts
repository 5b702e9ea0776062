/**
 * Reaction: what was decided on held mail happens. The stream of the message says it once; filing and sending on follow
 * from there as for every mail.
 */
import type { Dispatcher } from '../dispatch.ts';
import type { LoggedEvent } from '../domain/event.ts';
import { type HeldMessageCommand, heldMessage } from '../domain/held-message.ts';
import { nilUuid } from '../domain/message.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { FilingAhead } from '../mailstores/filing-ahead.ts';
import type { Reaction } from './reaction-runner.ts';

export interface CarryOutParts {
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  readonly filing: Pick<FilingAhead, 'releasing'>;
  /** First event of a stream. */
  first(stream: string): Promise<LoggedEvent | null>;
}

export class CarryOutApproval implements Reaction {
  readonly name = 'carry-out-approval';
  readonly types: ReadonlySet<string> = new Set(['ApprovalDecided', 'ApprovalLapsed', 'ApprovalWithdrawn']);
  readonly opens = false;
  readonly #parts: CarryOutParts;

  constructor(parts: CarryOutParts) {
    this.#parts = parts;
  }

  async handle(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) await this.#carryOut(event);
  }

  async #carryOut(event: LoggedEvent): Promise<void> {
    const message = event.data['message'] as Uuid;
    const command = await this.#commandOf(event);
    if (command.kind === 'release') await this.#announce(message);
    const context = { actor: 'system', cause: event.id, now: event.at } as const;
    const outcome = await this.#parts.dispatcher.dispatch(heldMessage, message, command, context);
    if (isRefusal(outcome))
      throw new Error(`the end of the hold of ${message} was refused: ${outcome.refused}`);
  }

  /** A repeat was announced at its first try, or before this process. */
  async #announce(message: Uuid): Promise<void> {
    const { state } = await this.#parts.dispatcher.load(heldMessage, message);
    if (state.hasEnded) return;
    const local = state.recipients.flatMap(({ account }) => (account === nilUuid ? [] : [account]));
    this.#parts.filing.releasing(local, message);
  }

  async #commandOf({ type, stream, data, at: nowMs }: LoggedEvent): Promise<HeldMessageCommand> {
    if (type === 'ApprovalWithdrawn') return { kind: 'return', because: 'withdrawn' };
    if (type === 'ApprovalLapsed')
      return data['outcome'] === 'deliver'
        ? { kind: 'release', nowMs }
        : { kind: 'return', because: 'lapsed' };
    if (data['decision'] === 'release') return { kind: 'release', nowMs };
    const requested = await this.#parts.first(stream);
    const isQuarantine = requested?.data['kind'] === 'quarantine';
    return { kind: 'return', because: isQuarantine ? 'deleted' : 'returned' };
  }
}
