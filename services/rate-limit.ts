/**
 * Counts per key within a window, in bounded memory. Nothing in it knows a clock: `now` comes in, UTC
 * milliseconds.
 */

export interface RateLimitSettings {
  /** How much a key may spend within one window. */
  readonly max: number;
  readonly windowMs: number;
  /** Keys remembered; beyond them the one that was touched longest ago is forgotten. */
  readonly maxKeys: number;
}

interface Spent {
  amount: number;
  /** When the window of this key began. */
  since: number;
}

export class RateLimit {
  readonly #settings: RateLimitSettings;
  /** In the order of the last touch. */
  readonly #spent = new Map<string, Spent>();

  constructor(settings: RateLimitSettings) {
    this.#settings = settings;
  }

  /** Has the key anything left in this window? */
  allows(key: string, now: number): boolean {
    return this.spent(key, now) < this.#settings.max;
  }

  /** What the key has spent in its current window. */
  spent(key: string, now: number): number {
    const spent = this.#spent.get(key);
    return spent && now - spent.since < this.#settings.windowMs ? spent.amount : 0;
  }

  /** Spends, or with a negative amount gives back; the window begins with the first. Returns whether it was within the limit. */
  spend(key: string, now: number, amount = 1): boolean {
    const known = this.#spent.get(key);
    const spent = known && now - known.since < this.#settings.windowMs ? known : { amount: 0, since: now };
    spent.amount = Math.max(0, spent.amount + amount);
    this.#spent.delete(key);
    this.#spent.set(key, spent);
    if (this.#spent.size > this.#settings.maxKeys) this.#spent.delete(this.#spent.keys().next().value!);
    return spent.amount <= this.#settings.max;
  }

  forget(key: string): void {
    this.#spent.delete(key);
  }
}
