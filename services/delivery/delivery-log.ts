/** What the room appends: commands on deliveries, the outcomes among them until they are durable. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatched, Dispatcher } from '../dispatch.ts';
import { type DeliveryCommand, type DeliveryState, delivery } from '../domain/delivery.ts';
import type { CommandContext } from '../domain/event.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { KeyDestroyed } from '../key-store/key-store.ts';

const retryMs = 1000;

export class DeliveryLog {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  readonly #report: (error: unknown) => void;
  readonly #stopping: AbortSignal;

  constructor(
    dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>,
    report: (error: unknown) => void,
    stopping: AbortSignal,
  ) {
    this.#dispatcher = dispatcher;
    this.#report = report;
    this.#stopping = stopping;
  }

  async attempts(id: Uuid): Promise<number> {
    return (await this.#dispatcher.load(delivery, id)).state.attempts;
  }

  /** Number of the attempt that may begin now; null where it may not. */
  async startAttempt(id: Uuid, host: string): Promise<number | null> {
    const outcome = await this.#dispatcher.dispatch(delivery, id, { kind: 'startAttempt', host }, now());
    return isRefusal(outcome) ? null : (outcome.events[0]!.data['attempt'] as number);
  }

  /**
   * Appends an outcome, again and again while the log is away: what a peer has said is not lost by that. Position of
   * the event; null where there was none to append, or the process ends first.
   */
  async record(id: Uuid, command: DeliveryCommand): Promise<number | null> {
    for (;;) {
      try {
        const outcome = await this.#dispatcher.dispatch(delivery, id, command, now());
        return isRefusal(outcome) ? null : positionOf(outcome);
      } catch (error) {
        // An erased mail has nobody left to tell of it.
        if (error instanceof KeyDestroyed) return null;
        this.#report(error);
        if (this.#stopping.aborted) return null;
        await sleep(retryMs, undefined, { signal: this.#stopping }).catch(() => {});
      }
    }
  }
}

function now(): CommandContext {
  return { actor: 'system', cause: null, now: Date.now() };
}

function positionOf({ events }: Dispatched<DeliveryState>): number | null {
  return events.at(-1)?.position ?? null;
}
