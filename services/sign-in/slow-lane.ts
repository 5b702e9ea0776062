/**
 * One behind the other, with a pause between them: for whom refusing would be too much and letting through too little.
 * Pure bookkeeping in bounded memory; `now` comes in, UTC milliseconds.
 */
export interface SlowLaneSettings {
  /** From one turn to the next of the same key. */
  readonly intervalMs: number;
  /** Whoever would have to wait for longer gets no turn. */
  readonly maxWaitMs: number;
  /** Keys remembered; beyond them the one that was touched longest ago is forgotten. */
  readonly maxKeys: number;
}

export class SlowLane {
  readonly #settings: SlowLaneSettings;
  /** When the next turn is free, in the order of the last touch. */
  readonly #freeAt = new Map<string, number>();

  constructor(settings: SlowLaneSettings) {
    this.#settings = settings;
  }

  /** Milliseconds until its turn, which is taken then; null where too many wait already. */
  take(key: string, now: number): number | null {
    const { intervalMs, maxWaitMs, maxKeys } = this.#settings;
    const known = this.#freeAt.get(key) ?? now;
    // One that is further away than any turn can be was given before the clock was set back.
    const freeAt = known - now > maxWaitMs + intervalMs ? now : known;
    const waitMs = Math.max(0, freeAt - now);
    if (waitMs > maxWaitMs) return null;
    this.#freeAt.delete(key);
    this.#freeAt.set(key, now + waitMs + intervalMs);
    if (this.#freeAt.size > maxKeys) this.#freeAt.delete(this.#freeAt.keys().next().value!);
    return waitMs;
  }
}
