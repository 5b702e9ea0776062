/**
 * Stands in for the client of EventStoreDB, so that our engine's own code runs where no server is. It answers as
 * `@eventstore/db-client` 6.2.1 was seen to answer before servers 23.10 and 24.2, faults included, and notes each
 * use that a real client would punish.
 */
import { Readable } from 'node:stream';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import type { EventStoreDBCalls } from '../../services/event-store/eventstoredb-event-store.ts';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';

/** What becomes of a call. `silent`: never answered, written or not. */
export type ClientFault =
  | 'none'
  | 'lost-before'
  | 'lost-after'
  | 'silent-before'
  | 'silent-after'
  | 'too-large';

interface ClientEvent {
  readonly id: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata?: unknown;
}

interface Place {
  readonly commit: bigint;
}

interface ReadRange {
  readonly fromRevision?: bigint;
  readonly fromPosition?: Place | 'start' | 'end';
  readonly maxCount?: number;
  readonly direction?: 'forwards' | 'backwards';
}

const isSystemStream = (stream: string) => stream.startsWith('$');

/** A database that holds the server's own streams before and between ours. */
export function standInLog(): MemoryLog {
  const log = new MemoryLog((last, { record }) => last + 90 + record.length);
  for (let i = 0; i < 120; i++) writeSystemRecord(log);
  return log;
}

function writeSystemRecord(log: MemoryLog): void {
  const id = '00000000-0000-4000-8000-000000000000';
  log.write('$stats', log.stream('$stats').length, [{ id, record: Buffer.from('{}'), sealed: null }]);
}

export class EventStoreDBStandIn {
  readonly log: MemoryLog;
  /** Faults of the next appends, in order. */
  readonly faults: ClientFault[] = [];
  /** Uses that a real client or server would punish. */
  readonly misuses: string[] = [];
  appends = 0;
  disposed = false;
  readonly #open = new Set<Readable>();
  readonly #inFlight = new Set<string>();
  #warm = false;

  constructor(log: MemoryLog = standInLog()) {
    this.log = log;
  }

  /** The client's methods, typed as the client's. */
  get calls(): EventStoreDBCalls {
    return this as unknown as EventStoreDBCalls;
  }

  async appendToStream(
    stream: string,
    events: readonly ClientEvent[],
    { expectedRevision }: { readonly expectedRevision: bigint | 'no_stream' },
  ): Promise<unknown> {
    this.appends++;
    this.#inspect(stream, events, expectedRevision);
    const batch = `${stream} ${events[0]!.id}`;
    if (this.#inFlight.has(batch)) this.misuses.push('a second try while the first is in flight');
    this.#inFlight.add(batch);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      return await this.#answer(stream, events, expectedRevision);
    } finally {
      this.#inFlight.delete(batch);
    }
  }

  async #answer(
    stream: string,
    events: readonly ClientEvent[],
    expected: bigint | 'no_stream',
  ): Promise<unknown> {
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'too-large') throw clientError('maximum-append-size-exceeded');
    if (fault === 'lost-before') throw Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
    if (fault === 'silent-before') return this.#silence(stream, events);
    const result = this.#write(stream, events, expected);
    if (fault === 'lost-after') throw clientError('unavailable');
    return fault === 'silent-after' ? this.#silence(stream, events) : result;
  }

  /** The call has gone: nothing is in flight any more, and nobody will ever answer. */
  #silence(stream: string, events: readonly ClientEvent[]): Promise<never> {
    this.#inFlight.delete(`${stream} ${events[0]!.id}`);
    return new Promise(() => {});
  }

  #write(stream: string, events: readonly ClientEvent[], expected: bigint | 'no_stream'): unknown {
    const present = this.log.stream(stream);
    const first = expected === 'no_stream' ? 0 : Number(expected) + 1;
    const repeated = events.every(({ id }, i) => present[first + i]?.id === id);
    if (!repeated && first !== present.length) throw wrongExpectedVersion(present.length);
    if (!repeated) {
      writeSystemRecord(this.log);
      const records = events.map(({ id, data, metadata }) => ({
        id,
        record: data,
        sealed: (metadata as Uint8Array) ?? null,
      }));
      this.log.write(stream, first, records);
    }
    const last = this.log.stream(stream)[first + events.length - 1]!;
    return { success: true, nextExpectedRevision: BigInt(last.revision), position: placeOf(last) };
  }

  readStream(stream: string, { fromRevision = 0n, maxCount = 1 }: ReadRange): unknown {
    const present = this.log.stream(stream);
    if (present.length === 0) return this.#stream([], clientError('stream-not-found'));
    const from = Number(fromRevision);
    return this.#stream(present.slice(from, from + maxCount));
  }

  /** Without a filter; inclusive forwards, exclusive backwards. A place where no record stands is refused. */
  readAll({ fromPosition, maxCount = 1, direction }: ReadRange): unknown {
    this.#warm = true;
    const { records } = this.log;
    const at = typeof fromPosition === 'object' ? Number(fromPosition.commit) : null;
    if (at !== null && at <= this.log.lastPosition && this.log.readBack(at, 1).length === 0)
      return this.#stream([], new Error('2 UNKNOWN: Unexpected ReadAllResult: InvalidPosition'));
    const page =
      direction === 'backwards'
        ? records.filter(({ position }) => at === null || position < at).reverse()
        : records.filter(({ position }) => at === null || position >= at);
    return this.#stream(page.slice(0, maxCount));
  }

  /** Exclusive, with a filter by prefixes; at most `highWaterMark` events ahead of the consumer. */
  subscribeToAll(options: {
    fromPosition: Place | 'start';
    filter: { prefixes: readonly string[] };
  }): unknown {
    const { fromPosition, filter } = options;
    let position = fromPosition === 'start' ? -1 : Number(fromPosition.commit);
    const { log } = this;
    const events = new Readable({
      objectMode: true,
      async read() {
        for (;;) {
          const grown = log.grown.next();
          const [next] = log.readBehind(position, 1);
          if (next === undefined) {
            await grown;
            continue;
          }
          position = next.position;
          if (filter.prefixes.some((prefix) => next.stream.startsWith(prefix)))
            return void this.push(resolved(next));
        }
      },
    });
    this.#open.add(events);
    return Object.assign(events, { unsubscribe: async () => void this.#open.delete(events) });
  }

  /** What a killed server does to everybody who listens. */
  breakSubscriptions(): void {
    for (const events of this.#open) {
      this.#open.delete(events);
      if (events.listenerCount('error') === 0) this.misuses.push('nobody listens to errors');
      else events.emit('error', clientError('unavailable'));
    }
  }

  get openSubscriptions(): number {
    return this.#open.size;
  }

  async dispose(): Promise<void> {
    this.disposed = true;
  }

  #stream(records: readonly StoredRecord[], error?: Error): unknown {
    const events = Readable.from(failing(records.map(resolved), error));
    return Object.assign(events, { cancel: async () => void events.destroy() });
  }

  #inspect(stream: string, events: readonly ClientEvent[], expected: unknown): void {
    if (!this.#warm) this.misuses.push('an append on a cold client');
    if (expected !== 'no_stream' && typeof expected !== 'bigint')
      this.misuses.push(`expected ${String(expected)}`);
    if (events.length === 0 || isSystemStream(stream)) this.misuses.push('an append that no rule allows');
    for (const { contentType, data, metadata } of events) {
      if (contentType !== 'application/octet-stream' || !(data instanceof Uint8Array))
        this.misuses.push('not binary');
      // The client looks at the constructor; a Buffer would be written as JSON.
      if (metadata !== undefined && (metadata as Uint8Array).constructor !== Uint8Array)
        this.misuses.push('metadata as JSON');
    }
  }
}

async function* failing(events: readonly unknown[], error?: Error): AsyncGenerator<unknown> {
  if (error) throw error;
  yield* events;
}

function placeOf({ position }: StoredRecord): { commit: bigint; prepare: bigint } {
  return { commit: BigInt(position), prepare: BigInt(position) };
}

function resolved(stored: StoredRecord): unknown {
  const { stream, id, revision, record, sealed } = stored;
  const event = { streamId: stream, id, revision: BigInt(revision), data: record, position: placeOf(stored) };
  return { event: sealed === null ? event : { ...event, metadata: sealed } };
}

function clientError(type: string): Error {
  return Object.assign(new Error(''), { type });
}

function wrongExpectedVersion(length: number): Error {
  return Object.assign(clientError('wrong-expected-version'), {
    actualVersion: length === 0 ? 'no_stream' : BigInt(length - 1),
  });
}
