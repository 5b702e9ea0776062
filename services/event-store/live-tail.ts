import type { StoredRecord } from './event-store.ts';

/**
 * The last records of the log in memory, bounded in octets, so that subscribers who keep up never read the disk.
 * Only for logs whose positions have no gaps: a place is found by subtraction.
 */
export class LiveTail {
  readonly #maxOctets: number;
  #records: StoredRecord[] = [];
  /** Records before this index have been dropped; they are cut off from time to time, not one by one. */
  #start = 0;
  #octets = 0;

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
  }

  /** Adds what has just been acknowledged. What does not follow the last record begins the tail anew. */
  push(records: readonly StoredRecord[]): void {
    for (const record of records) {
      const last = this.#records.at(-1);
      if (last !== undefined && record.position <= last.position) continue;
      if (last !== undefined && record.position !== last.position + 1) this.#clear();
      this.#records.push(record);
      this.#octets += octetsOf(record);
    }
    this.#drop();
  }

  /** Records behind a position; empty where there are none yet, null where they have been dropped already. */
  behind(position: number, maxCount: number): StoredRecord[] | null {
    const first = this.#records[this.#start];
    if (first === undefined || position + 1 < first.position) return null;
    const from = this.#start + position + 1 - first.position;
    return this.#records.slice(from, from + maxCount);
  }

  #clear(): void {
    this.#records = [];
    this.#start = 0;
    this.#octets = 0;
  }

  #drop(): void {
    while (this.#octets > this.#maxOctets && this.#start < this.#records.length - 1) {
      this.#octets -= octetsOf(this.#records[this.#start]!);
      this.#start++;
    }
    if (this.#start > this.#records.length / 2) {
      this.#records = this.#records.slice(this.#start);
      this.#start = 0;
    }
  }
}

/** With what an entry weighs besides its octets: the object, its strings, its arrays. */
function octetsOf({ record, sealed }: StoredRecord): number {
  return record.length + (sealed?.length ?? 0) + 512;
}
