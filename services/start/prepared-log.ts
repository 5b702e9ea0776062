/** Streams read page by page, with the keys of their personal parts loaded. */
import type { LoggedEvent } from '../domain/event.ts';
import type { SealedEventStore } from '../event-store/sealed-event-store.ts';

const eventsPerRead = 1000;

export class PreparedLog {
  readonly #log: SealedEventStore;

  constructor(log: SealedEventStore) {
    this.#log = log;
  }

  /** The first event of a stream; null where there is none. */
  async first(stream: string): Promise<LoggedEvent | null> {
    const first = await this.#log.readStream(stream, 0, 1);
    await this.#log.prepare(first);
    return first[0] ?? null;
  }

  /** At most 1,000 events from there on; none at the end. */
  async readPage(stream: string, fromRevision: number): Promise<LoggedEvent[]> {
    const page = await this.#log.readStream(stream, fromRevision, eventsPerRead);
    await this.#log.prepare(page);
    return page;
  }
}
