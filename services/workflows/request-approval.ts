/**
 * Reaction: a mail that was held is put before whoever decides. What was settled at its acceptance is repeated in the
 * stream of the approval, whose id follows from the message: a repeat after a crash asks nobody twice.
 */

import type { Dispatcher } from '../dispatch.ts';
import { type ApprovalRequest, approval, approvalId } from '../domain/approval.ts';
import { type DraftEvent, idOf, type LoggedEvent } from '../domain/event.ts';
import type { FactOf } from '../domain/fact.ts';
import type { messageEvents } from '../domain/message-events.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { Reaction } from './reaction-runner.ts';

export class RequestApproval implements Reaction {
  readonly name = 'request-approval';
  readonly types: ReadonlySet<string> = new Set(['RecipientsHeld']);
  readonly opens = true;
  readonly #dispatcher: Pick<Dispatcher, 'dispatch'>;

  constructor(dispatcher: Pick<Dispatcher, 'dispatch'>) {
    this.#dispatcher = dispatcher;
  }

  async handle(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) await this.#request(event);
  }

  async #request(event: LoggedEvent): Promise<void> {
    const message = idOf(event.stream);
    const command = { kind: 'request', request: requestOf(message, event) } as const;
    const context = { actor: 'system', cause: event.id, now: event.at } as const;
    const outcome = await this.#dispatcher.dispatch(approval, approvalId(message), command, context);
    if (isRefusal(outcome)) throw new Error(`the approval of ${message} was refused: ${outcome.refused}`);
  }
}

type Held = Extract<FactOf<typeof messageEvents>, { type: 'RecipientsHeld' }>;

function requestOf(message: Uuid, event: DraftEvent): ApprovalRequest {
  const { data, personal } = event as unknown as Held;
  const { rules, ruleVersions, remindAt, dueAt, ...hold } = data;
  // Erased meanwhile: that it is held is still so.
  const reasons = (personal?.reasons ?? []) as readonly string[];
  const holds = rules.map((rule, i) => ({ rule, version: ruleVersions[i]!, reason: reasons[i] ?? '' }));
  return { message, ...hold, holds, remindAtMs: remindAt, dueAtMs: dueAt };
}
