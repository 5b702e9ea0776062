import type { LoggedEvent } from '../services/domain/event.ts';
import type { Subscription } from '../services/event-store/event-store.ts';

/** The reading side of the log; `sealed-event-store.ts` fulfils it. */
export interface LogReader {
  /** Events behind a position (exclusive; -1 for all), ascending; empty at the end. */
  readAll(afterPosition: number, maxCount: number): Promise<readonly LoggedEvent[]>;
  /** The last events up to a position (inclusive), ascending; empty where none stands there. */
  readBack(position: number, maxCount: number): Promise<readonly LoggedEvent[]>;
  /** Events of one stream from a revision on (inclusive), ascending. */
  readStream(stream: string, fromRevision: number, maxCount: number): Promise<readonly LoggedEvent[]>;
  /** Everything behind a position, then what comes; the next batch waits for the handler. */
  subscribe(
    afterPosition: number,
    handler: (events: readonly LoggedEvent[]) => void | Promise<void>,
  ): Subscription;
  /** Loads the keys of these events' personal parts. */
  prepare(events: readonly LoggedEvent[]): Promise<void>;
  /** Position of the last event; -1 for an empty log. */
  head(): Promise<number>;
}

/** How far a reader has come: the last event that it has taken in. */
export interface Checkpoint {
  /** -1: nothing yet. */
  readonly position: number;
  /** Id of the event there; null before the first. */
  readonly event: string | null;
}

export const beginning: Checkpoint = { position: -1, event: null };

export function checkpointAt({ position, id }: LoggedEvent): Checkpoint {
  return { position, event: id };
}

/**
 * Does the log hold that very event at that place? Not so where the log is shorter than the reader has seen, or
 * another one: after a restore, or when a projection's file was put beside a foreign log.
 */
export async function standsOnLog(log: LogReader, { position, event }: Checkpoint): Promise<boolean> {
  if (position < 0) return true;
  const [found] = await log.readBack(position, 1);
  return found?.id === event;
}
