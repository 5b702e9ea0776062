import type { LogOutcome } from '../event-store/sqlite-log.ts';

/**
 * Where the next record will stand in a log that has one writer: behind the last one that is known, and behind all that
 * were sent since, which the writer takes in their order. Wrong only while an append is on its way that will not be written.
 */
export class ExpectedPosition {
  #last = -1;
  #sentRecords = 0;

  begin(lastPosition: number): void {
    this.#last = lastPosition;
  }

  get next(): number {
    return this.#last + this.#sentRecords + 1;
  }

  sent(records: number): void {
    this.#sentRecords += records;
  }

  /** Appends of so many records were answered, in the order in which they were sent. */
  answered(records: number, outcomes: readonly LogOutcome[]): void {
    this.#sentRecords -= records;
    for (const each of outcomes) if (each.outcome === 'written') this.#last = each.positions.at(-1)!;
  }
}
