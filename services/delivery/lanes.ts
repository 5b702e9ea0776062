/** What waits in memory for each destination, and how much of it runs: a slow destination fills its own lane only. */
import type { DueDelivery } from '../../projections/deliveries-queries.ts';
import type { Destination, Envelope } from './transaction.ts';

interface Lane {
  readonly destination: Destination;
  readonly waiting: Envelope[];
  running: number;
}

export interface LaneLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerDestination: number;
  readonly maxRecipients: number;
}

/** A transaction that may run now. */
export interface Start {
  readonly destination: Destination;
  readonly envelope: Envelope;
}

export class Lanes {
  readonly #limits: LaneLimits;
  /** In the order in which they get their turn. */
  readonly #lanes = new Map<string, Lane>();
  #running = 0;
  #waiting = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** Transactions that have not begun, of all destinations. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Nothing waits for this destination in memory: more may be fetched. */
  isEmpty(key: string): boolean {
    return (this.#lanes.get(key)?.waiting.length ?? 0) === 0;
  }

  /** Recipients of one mail go together, as many as a transaction takes. */
  add(destination: Destination, due: readonly DueDelivery[]): void {
    const lane = this.#lanes.get(destination.key) ?? { destination, waiting: [], running: 0 };
    this.#lanes.set(destination.key, lane);
    const byMessage = Map.groupBy(due, ({ message }) => message);
    for (const [message, recipients] of byMessage) {
      for (let first = 0; first < recipients.length; first += this.#limits.maxRecipients) {
        lane.waiting.push({
          message,
          recipients: recipients.slice(first, first + this.#limits.maxRecipients),
        });
        this.#waiting++;
      }
    }
  }

  /** The next transaction that the limits allow, each destination in its turn; null where there is none. */
  next(): Start | null {
    const { maxConnections, maxConnectionsPerDestination } = this.#limits;
    if (this.#running >= maxConnections) return null;
    for (const [key, lane] of this.#lanes) {
      if (lane.running >= maxConnectionsPerDestination) continue;
      const envelope = lane.waiting.shift();
      if (!envelope) continue;
      lane.running++;
      this.#running++;
      this.#waiting--;
      this.#lanes.delete(key);
      this.#lanes.set(key, lane);
      return { destination: lane.destination, envelope };
    }
    return null;
  }

  /** A transaction has ended. */
  ended({ key }: Destination): void {
    const lane = this.#lanes.get(key)!;
    lane.running--;
    this.#running--;
    if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(key);
  }
}
