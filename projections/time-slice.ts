import { setImmediate as nextLoopTurn } from 'node:timers/promises';

/** Longest that a projection or a long command keeps the event loop for itself, ms: all protocols share the thread. */
export const sliceMs = 8;

/** Work in slices: `if (slice.isOver()) await slice.next()`. */
export class TimeSlice {
  #startedAt = performance.now();

  isOver(): boolean {
    return performance.now() - this.#startedAt > sliceMs;
  }

  /** Lets everybody else run first. */
  async next(): Promise<void> {
    await nextLoopTurn();
    this.#startedAt = performance.now();
  }
}
