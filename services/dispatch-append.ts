/**
 * The append whose outcome is known: ids are fixed once, the batch is sealed once, and after a conflict or an
 * unknown outcome the stream's tail is read before anything else is believed. (Design §4 "Append".)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext, DraftEvent, LoggedEvent } from './domain/event.ts';
import {
  AppendRefused,
  CauseMissing,
  type ExpectedRevision,
  StorageFull,
  UnknownOutcome,
  WrongExpectedRevision,
} from './event-store/event-store.ts';
import type { SealedBatch, SealedEventStore, SendOptions } from './event-store/sealed-event-store.ts';
import { newEventId } from './identifiers.ts';

export type SealedLog = Pick<SealedEventStore, 'seal' | 'append' | 'readStream' | 'prepare'>;

/** What surrounds one append besides its context. */
export interface AppendOptions extends SendOptions {
  /** Those of the command, extended where there are too few; pass the same array to every try of one command. */
  readonly ids?: string[];
}

export interface AppenderOptions {
  /** Epoch of the log, 1 before the first restore. */
  readonly epoch: number;
  /** Pauses between tries of a batch whose outcome is unknown; one try more than there are pauses. */
  readonly retryDelaysMs?: readonly number[];
}

const refusals = [AppendRefused, CauseMissing, StorageFull];
/** About six seconds: a log that comes back within them costs nobody an error. */
const defaultRetryDelaysMs = [20, 80, 300, 1000, 2000, 3000];
/** A log that has been patient itself for so long is not asked again: whoever waits is to hear that it failed. */
const maxTryingMs = 20_000;
/** Streams whose last time is remembered. */
const maxRememberedStreams = 20_000;

export class Appender {
  readonly #log: SealedLog;
  readonly #epoch: number;
  readonly #retryDelaysMs: readonly number[];
  /** Time of each stream's last event, as far as it is known; in the order of the last touch. */
  readonly #lastAt = new Map<string, number>();

  constructor(log: SealedLog, options: AppenderOptions) {
    this.#log = log;
    this.#epoch = options.epoch;
    this.#retryDelaysMs = options.retryDelaysMs ?? defaultRetryDelaysMs;
  }

  /**
   * Appends, or throws: `WrongExpectedRevision` (somebody else was first, nothing written), `AppendRefused`,
   * `CauseMissing` and `KeyDestroyed` (nothing written), `UnknownOutcome` (given up; it may be there later).
   */
  async append(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftEvent[],
    context: CommandContext,
    { ids = [], ...sending }: AppendOptions = {},
  ): Promise<LoggedEvent[]> {
    const at = Math.max(context.now, await this.#timeOfLast(stream, expected));
    while (ids.length < drafts.length) ids.push(newEventId(at));
    const batch = await this.#log.seal(stream, expected, drafts, {
      ids: ids.slice(0, drafts.length),
      epoch: this.#epoch,
      at,
      actor: context.actor,
      cause: context.cause,
    });
    const events = await this.#resolve(batch, sending);
    this.noteTime(stream, at);
    return events;
  }

  /** Tells of an event's time that was read elsewhere, so that it need not be read again. */
  noteTime(stream: string, at: number): void {
    const known = this.#lastAt.get(stream) ?? 0;
    this.#lastAt.delete(stream);
    this.#lastAt.set(stream, Math.max(known, at));
    if (this.#lastAt.size > maxRememberedStreams) this.#lastAt.delete(this.#lastAt.keys().next().value!);
  }

  async #timeOfLast(stream: string, expected: ExpectedRevision): Promise<number> {
    if (expected === 'absent') return 0;
    const known = this.#lastAt.get(stream);
    if (known !== undefined) return known;
    const [last] = await this.#log.readStream(stream, expected, 1);
    return last?.at ?? 0;
  }

  async #resolve(batch: SealedBatch, firstTry: SendOptions): Promise<LoggedEvent[]> {
    let sending = firstTry;
    const giveUpAt = performance.now() + maxTryingMs;
    for (const delayMs of [...this.#retryDelaysMs, null]) {
      try {
        return await this.#log.append(batch, sending);
      } catch (error) {
        // Nothing was written, and a repeat would only keep the peer waiting.
        if (refusals.some((refusal) => error instanceof refusal)) throw error;
        sending = { causes: firstTry.causes };
        const found = await this.#find(batch);
        if (found !== 'absent' && found !== 'unknown') return found;
        if (found === 'absent' && error instanceof WrongExpectedRevision) throw error;
        if (delayMs === null || performance.now() > giveUpAt)
          throw new UnknownOutcome(`${batch.stream}: given up`, { cause: error });
        await sleep(delayMs);
      }
    }
    throw new UnknownOutcome(`${batch.stream}: given up`);
  }

  /** The batch's own events where they stand in the log. */
  async #find({ stream, events }: SealedBatch): Promise<LoggedEvent[] | 'absent' | 'unknown'> {
    const first = events[0]!;
    try {
      const tail = await this.#log.readStream(stream, first.revision, events.length);
      if (tail[0]?.id !== first.id) return 'absent';
      await this.#log.prepare(tail);
      return tail;
    } catch {
      return 'unknown';
    }
  }
}
