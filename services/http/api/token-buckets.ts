/** How often somebody may ask: a bucket per asker and kind of request that fills evenly. In memory, bounded. */

export interface Rate {
  /** Requests at once. */
  readonly burst: number;
  readonly perMinute: number;
}

export const rates = {
  read: { burst: 200, perMinute: 600 },
  change: { burst: 100, perMinute: 200 },
  /** As somebody types, and too slow to take the whole directory along. */
  find: { burst: 60, perMinute: 30 },
} as const satisfies Record<string, Rate>;

export type RatedKind = keyof typeof rates;

interface Bucket {
  left: number;
  atMs: number;
}

const maxBuckets = 20_000;
const minuteMs = 60_000;

export class TokenBuckets {
  readonly #rates: Readonly<Record<RatedKind, Rate>>;
  /** In order of use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: Readonly<Record<RatedKind, Rate>> = rates) {
    this.#rates = limits;
  }

  /** 0 where the request may go on; otherwise the seconds until one may. */
  take(asker: string, kind: RatedKind, nowMs: number): number {
    const { burst, perMinute } = this.#rates[kind];
    const key = `${kind} ${asker}`;
    const known = this.#buckets.get(key) ?? { left: burst, atMs: nowMs };
    const elapsedMs = Math.max(0, nowMs - known.atMs);
    const left = Math.min(burst, known.left + (elapsedMs * perMinute) / minuteMs);
    const isAllowed = left >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: isAllowed ? left - 1 : left, atMs: nowMs });
    if (this.#buckets.size > maxBuckets) this.#buckets.delete(this.#buckets.keys().next().value!);
    return isAllowed ? 0 : Math.ceil(((1 - left) * minuteMs) / perMinute / 1000);
  }
}
