/** Verifies that reading a stream leads to the records that the log has of it: an engine finds them by an index. */
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import type { Findings } from './findings.ts';
import { placeOf, type Visited } from './verify-records.ts';

export class StreamCheck {
  readonly #store: EventStore;
  readonly #findings: Findings;

  constructor(store: EventStore, findings: Findings) {
    this.#store = store;
    this.#findings = findings;
  }

  /** Reads the streams of a page again, each as far as the page has it. A stream out of order is named already. */
  async check(page: readonly Visited[]): Promise<void> {
    const streams = Map.groupBy(page, ({ stored }) => stored.stream);
    const whole = [...streams.values()].filter((visited) => visited.every(({ isInOrder }) => isInOrder));
    const wanted = whole.map((visited) => visited.map(({ stored }) => stored));
    const found = await Promise.all(
      wanted.map(([first, ...more]) =>
        this.#store.readStream(first!.stream, first!.revision, 1 + more.length),
      ),
    );
    for (const [i, records] of wanted.entries())
      for (const [k, record] of records.entries()) this.#compare(record, found[i]![k]);
  }

  #compare(record: StoredRecord, found: StoredRecord | undefined): void {
    if (found?.position === record.position && found.revision === record.revision) return;
    const text = found === undefined ? 'nothing' : `the record of position ${found.position}`;
    this.#findings.add('stream', placeOf(record), `reading its stream gives ${text} here`);
  }
}
