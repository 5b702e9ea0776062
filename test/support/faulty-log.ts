/** A sealed log in memory whose appends fail as a test says: lost acknowledgements, outages, stalls. */
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewRecord,
  UnknownOutcome,
} from '../../services/event-store/event-store.ts';
import { MemoryEventStore } from '../../services/event-store/memory-event-store.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';

/** What becomes of one try of an append. */
export type Fault = 'none' | 'lost-before' | 'lost-after';

export class FaultyLog {
  readonly keys = new MemoryKeyStore();
  readonly engine: EventStore;
  readonly log: SealedEventStore;
  /** Faults of the next tries, in order. */
  readonly faults: Fault[] = [];
  /** Runs before each try, after its fault was taken; a promise stalls it. */
  beforeAppend: (stream: string) => void | Promise<void> = () => {};
  /** Reads of streams fail while it is set. */
  readsFail = false;
  tries = 0;

  constructor() {
    const memory = new MemoryEventStore();
    this.engine = {
      append: (stream, expected, records) => this.#append(memory, stream, expected, records),
      readStream: (stream, fromRevision, maxCount) => {
        if (this.readsFail) return Promise.reject(new Error('the log cannot be read'));
        return memory.readStream(stream, fromRevision, maxCount);
      },
      readAll: (afterPosition, maxCount) => memory.readAll(afterPosition, maxCount),
      readBack: (position, maxCount) => memory.readBack(position, maxCount),
      head: () => memory.head(),
      subscribe: (afterPosition, handler) => memory.subscribe(afterPosition, handler),
      close: () => memory.close(),
    };
    this.log = this.open();
  }

  /** A second process on the same log: nothing is shared but what is stored. */
  open(): SealedEventStore {
    return new SealedEventStore(this.engine, this.keys);
  }

  async #append(
    memory: MemoryEventStore,
    stream: string,
    expected: ExpectedRevision,
    records: readonly NewRecord[],
  ): Promise<Appended> {
    this.tries++;
    const fault = this.faults.shift() ?? 'none';
    await this.beforeAppend(stream);
    if (fault === 'lost-before') throw new UnknownOutcome('no answer');
    const appended = await memory.append(stream, expected, records);
    if (fault === 'lost-after') throw new UnknownOutcome('no answer');
    return appended;
  }
}
