/**
 * Reaction: each recipient elsewhere of a mail that goes on gets a delivery of its own. The delivery's stream is
 * written as `absent` under an id that follows from the cause, so a repeat after a crash queues nothing twice.
 */
import { deliveryId, queueDelivery } from '../domain/delivery.ts';
import { type CommandContext, type DraftEvent, idOf, type LoggedEvent } from '../domain/event.ts';
import { goingOn, goingOnTypes } from '../domain/going-on.ts';
import { nilUuid } from '../domain/message.ts';
import { type ExpectedRevision, WrongExpectedRevision } from '../event-store/event-store.ts';
import type { Reaction } from './reaction-runner.ts';

/** The part of the log that the reaction needs; `dispatch.ts` gives it. */
export interface DeliveryLog {
  appendResolved(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftEvent[],
    context: CommandContext,
  ): Promise<LoggedEvent[]>;
}

/** Appends on their way at once: they share the log's commits. */
const appendsAtOnce = 100;

interface Remote {
  readonly event: LoggedEvent;
  readonly ordinal: number;
  readonly address: string;
}

export class QueueRemotely implements Reaction {
  readonly name = 'queue-remotely';
  readonly types = goingOnTypes;
  readonly opens = true;
  readonly #log: DeliveryLog;
  readonly #maxAgeMs: number;

  /** `maxAgeMs`: how long attempts go on, counted from the acceptance. */
  constructor(log: DeliveryLog, maxAgeMs: number) {
    this.#log = log;
    this.#maxAgeMs = maxAgeMs;
  }

  /**
   * Takes events of recipients that go on; resolves when every delivery is durable. One mail does not wait for
   * another's append: nothing orders their deliveries.
   */
  async handle(events: readonly LoggedEvent[]): Promise<void> {
    const remotes = events.flatMap(remotesOf);
    for (let first = 0; first < remotes.length; first += appendsAtOnce) {
      const group = remotes.slice(first, first + appendsAtOnce);
      await Promise.all(group.map((remote) => this.#queue(remote)));
    }
  }

  async #queue({ event: { stream, data, id, at }, ordinal, address }: Remote): Promise<void> {
    const message = idOf(stream);
    const draft = queueDelivery(message, ordinal, data['sizeOctets'] as number, at + this.#maxAgeMs, address);
    const context: CommandContext = { actor: 'system', cause: id, now: at };
    try {
      await this.#log.appendResolved(`delivery-${deliveryId(message, ordinal)}`, 'absent', [draft], context);
    } catch (error) {
      // It stands there already: this is a repeat.
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}

/** Recipients elsewhere. None where the mail has been erased before: then there is nothing to send, nor whom to. */
function remotesOf(event: LoggedEvent): Remote[] {
  const remotes = goingOn(event).filter(({ account }) => account === nilUuid);
  // Most mails are for people here: their sealed part is not opened.
  if (remotes.length === 0) return [];
  const addresses = event.personal?.['addresses'] as readonly string[] | undefined;
  return addresses && addresses.length > 0
    ? remotes.map(({ ordinal, index }) => ({ event, ordinal, address: addresses[index]! }))
    : [];
}
