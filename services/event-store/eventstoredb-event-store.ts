import {
  BACKWARDS,
  binaryEvent,
  END,
  EventStoreDBClient,
  FORWARDS,
  NO_STREAM,
  type ReadPosition,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { firstRevisionBehind } from './append-judgement.ts';
import {
  type Appended,
  AppendRefused,
  checkAppend,
  type EventStore,
  type ExpectedRevision,
  type NewRecord,
  type RecordHandler,
  type StoredRecord,
  type Subscription,
  WrongExpectedRevision,
} from './event-store.ts';
import {
  exactNumber,
  ForeignRecord,
  type RecordedOctets,
  StreamNames,
  storedRecord,
  typeOfRecord,
} from './eventstoredb-records.ts';
import { PushedSubscription } from './pushed-subscription.ts';
import { Slots } from './slots.ts';
import { type Call, defaultPatience, type Patience, untilKnown } from './until-known.ts';

/** What of the client the engine uses. */
export type EventStoreDBCalls = Pick<
  EventStoreDBClient,
  'appendToStream' | 'readStream' | 'readAll' | 'subscribeToAll' | 'dispose'
>;

/** Together below a hundred: more streams on one HTTP/2 connection hang without a word. */
const maxSubscriptions = 40;
const maxReads = 30;
const maxAppends = 20;
const maxPageRecords = 500;
const minPageRecords = 50;

/** A reply as the client throws it. Its messages are not reliable, its `type` is. */
interface ClientError {
  readonly type?: string;
  readonly actualVersion?: bigint | string;
}

interface EventStoreDBOptions {
  readonly patience?: Patience;
  readonly names?: StreamNames;
}

/** The server has no record at the place that it was asked for: its log is not the one that gave the place out. */
class NoSuchPlace extends Error {
  override readonly name = 'NoSuchPlace';
}

/** An event of the whole log; `record` is null for what is not ours. */
interface PlacedRecord {
  readonly position: number;
  readonly record: StoredRecord | null;
}

/**
 * The engine on EventStoreDB. One per process: two clients share a table of pending appends inside the client's
 * package, and one's lost connection would reject the other's appends.
 *
 * Calls are repeated, one at a time, until an acknowledgement or a conflict; the server recognises the identical
 * batch at its exact revision however late it comes again. Streams are never deleted or truncated: after that it
 * would acknowledge what it does not write.
 */
export class EventStoreDBEventStore implements EventStore {
  readonly #client: EventStoreDBCalls;
  readonly #patience: Patience;
  readonly #names: StreamNames;
  readonly #subscriptions = new Set<Subscription>();
  readonly #reads = new Slots(maxReads);
  readonly #appends = new Slots(maxAppends);
  #firstCall: Promise<unknown> | null = null;
  /** Up to here nothing is ours: what other logs had in the database before. Nothing can come there any more. */
  #foreignUpTo = -1;

  /** `url` as the client reads it, `esdb://host:port?tls=false`, and `streamPrefix` for a log that is not alone. */
  static connect(url: string, patience: Patience = defaultPatience): EventStoreDBEventStore {
    if (/throwOnAppendFailure/i.test(url)) throw new Error('the event store URL sets throwOnAppendFailure');
    const [hosts, query] = url.split('?');
    const settings = new URLSearchParams(query);
    const prefix = settings.get('streamPrefix') ?? '';
    if (!/^[a-z0-9.]{0,40}$/.test(prefix))
      throw new Error('streamPrefix takes small letters, digits and dots');
    settings.delete('streamPrefix');
    const client = EventStoreDBClient.connectionString(settings.size > 0 ? `${hosts}?${settings}` : hosts!);
    appendCallByCall(client);
    return new EventStoreDBEventStore(client, { patience, names: new StreamNames(prefix) });
  }

  constructor(
    client: EventStoreDBCalls,
    { patience = defaultPatience, names = new StreamNames() }: EventStoreDBOptions = {},
  ) {
    this.#client = client;
    this.#patience = patience;
    this.#names = names;
  }

  async append(stream: string, expected: ExpectedRevision, records: readonly NewRecord[]): Promise<Appended> {
    // The server's own limit is 1,048,576 octets; `appendLimits` leave room for types and names.
    checkAppend(stream, expected, records);
    const call = () => this.#appendOnce(stream, expected, records);
    const finalError = (error: unknown) => appendError(stream, expected, error);
    const positions = await this.#appends.run(() => untilKnown(call, finalError, this.#patience));
    return { firstRevision: firstRevisionBehind(expected), positions };
  }

  readStream(stream: string, fromRevision: number, maxCount: number): Promise<StoredRecord[]> {
    const range = { direction: FORWARDS, fromRevision: BigInt(fromRevision), maxCount } as const;
    return this.#read(async (signal) => {
      const records: StoredRecord[] = [];
      try {
        const read = this.#client.readStream(this.#names.onServer(stream), range);
        for await (const { event } of cancelled(read, signal)) {
          if (event !== undefined) records.push(storedRecord(stream, event));
        }
      } catch (error) {
        if ((error as ClientError).type !== 'stream-not-found') throw error;
      }
      return records;
    });
  }

  async readAll(afterPosition: number, maxCount: number): Promise<StoredRecord[]> {
    const found: StoredRecord[] = [];
    let wanted = Math.min(Math.max(maxCount, minPageRecords), maxPageRecords);
    for (let behind = Math.max(afterPosition, this.#foreignUpTo); ; ) {
      // Reading starts inclusive and has no filter: what we have already, and what is not ours, comes along.
      const page = await this.#readPage(placeOf(behind), wanted + 1);
      const fresh = page.filter(({ position }) => position > behind);
      found.push(...fresh.flatMap(({ record }) => record ?? []));
      if (page.length <= wanted || found.length >= maxCount) return found.slice(0, maxCount);
      const last = fresh.at(-1)!.position;
      if (found.length === 0 && behind <= this.#foreignUpTo) this.#foreignUpTo = last;
      behind = last;
      wanted = maxPageRecords;
    }
  }

  async readBack(position: number, maxCount: number): Promise<StoredRecord[]> {
    const at = await this.#recordAt(position);
    if (at === null) return [];
    const found = [at];
    for (let oldest = position; found.length < maxCount; ) {
      // Backwards, reading starts exclusive.
      const page = await this.#readPage(placeOf(oldest), maxPageRecords, BACKWARDS);
      if (page.length === 0) break;
      found.push(...page.flatMap(({ record }) => record ?? []));
      oldest = page.at(-1)!.position;
    }
    return found.slice(0, maxCount).reverse();
  }

  async #recordAt(position: number): Promise<StoredRecord | null> {
    try {
      const [at] = await this.#readPage(placeOf(position), 1);
      return at?.position === position ? at.record : null;
    } catch (error) {
      if (error instanceof NoSuchPlace) return null;
      throw error;
    }
  }

  async head(): Promise<number> {
    let oldest: number | null = null;
    for (;;) {
      const from: ReadPosition = oldest === null ? END : placeOf(oldest);
      const wanted = oldest === null ? minPageRecords : maxPageRecords;
      const page = await this.#readPage(from, wanted, BACKWARDS);
      const ours = page.find(({ record }) => record !== null);
      if (ours !== undefined) return ours.position;
      if (page.length === 0) return -1;
      oldest = page.at(-1)!.position;
    }
  }

  subscribe(afterPosition: number, handler: RecordHandler): Subscription {
    if (this.#subscriptions.size >= maxSubscriptions)
      throw new Error(`over ${maxSubscriptions} subscriptions`);
    const filter = streamNameFilter({ prefixes: [...this.#names.beginnings] });
    const pushed = new PushedSubscription({
      afterPosition,
      handler,
      open: (behind) => this.#client.subscribeToAll({ fromPosition: placeOf(behind), filter }),
      recordOf: ({ event }) => (event === undefined ? null : this.#recordOf(event)),
      maxPauseMs: this.#patience.maxPauseMs,
    });
    const subscription = {
      ended: pushed.ended,
      close: async () => {
        this.#subscriptions.delete(subscription);
        await pushed.close();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((each) => each.close()));
    await this.#client.dispose();
  }

  async #appendOnce(
    stream: string,
    expected: ExpectedRevision,
    records: readonly NewRecord[],
  ): Promise<number[]> {
    await this.#warm();
    const expectedRevision = expected === 'absent' ? NO_STREAM : BigInt(expected);
    const name = this.#names.onServer(stream);
    const { position } = await this.#client.appendToStream(name, records.map(clientEvent), {
      expectedRevision,
    });
    if (records.length === 1 && position) return [exactNumber(position.commit)];
    return this.#positionsOf(stream, firstRevisionBehind(expected), records);
  }

  /** On a cold client the first of several appends arrives last; so one call comes before all of them. */
  #warm(): Promise<unknown> {
    this.#firstCall ??= this.#readPage(END, 1, BACKWARDS).catch((error) => {
      this.#firstCall = null;
      throw error;
    });
    return this.#firstCall;
  }

  /** The server tells the position of an append, not of each of its records. */
  async #positionsOf(
    stream: string,
    firstRevision: number,
    records: readonly NewRecord[],
  ): Promise<number[]> {
    const stored = await this.readStream(stream, firstRevision, records.length);
    if (stored.length !== records.length || stored.some(({ id }, i) => id !== records[i]!.id)) {
      throw new Error(`${stream}: what was acknowledged is not there yet`);
    }
    return stored.map(({ position }) => position);
  }

  #readPage(
    fromPosition: ReadPosition,
    maxCount: number,
    direction: typeof FORWARDS | typeof BACKWARDS = FORWARDS,
  ): Promise<PlacedRecord[]> {
    return this.#read(async (signal) => {
      const page: PlacedRecord[] = [];
      const read = cancelled(this.#client.readAll({ fromPosition, maxCount, direction }), signal);
      for await (const { event } of read) {
        if (event === undefined) continue;
        page.push({ position: exactNumber(event.position.commit), record: this.#recordOf(event) });
      }
      return page;
    });
  }

  #recordOf(event: RecordedOctets & { readonly streamId: string }): StoredRecord | null {
    const stream = this.#names.ours(event.streamId);
    return stream === null ? null : storedRecord(stream, event);
  }

  #read<T>(call: Call<T>): Promise<T> {
    return this.#reads.run(() => untilKnown(call, readError, this.#patience));
  }
}

/**
 * Without the client's batch path, which it takes where it believes the server to support it: there, answers that
 * arrive behind a lost connection end the process with a TypeError, and deadlines are ignored.
 */
function appendCallByCall(client: EventStoreDBClient): void {
  Object.assign(client, { supports: async () => false });
}

/** A read that is given up with the signal, so that it does not hold a stream of the connection. */
function cancelled<Read extends { cancel(): Promise<void> }>(read: Read, signal: AbortSignal): Read {
  signal.addEventListener('abort', () => void read.cancel().catch(() => {}));
  return read;
}

function placeOf(position: number): ReadPosition {
  return position < 0 ? START : { commit: BigInt(position), prepare: BigInt(position) };
}

/** Binary, because the client gives JSON events back parsed, and their octets are lost. */
function clientEvent({ id, record, sealed }: NewRecord) {
  const event = { id, type: typeOfRecord(record), data: record };
  return binaryEvent(sealed === null ? event : { ...event, metadata: sealed });
}

/** What can't get better by asking again. */
function foreignRecord(error: unknown): Error | null {
  return error instanceof ForeignRecord ? error : null;
}

/** As `foreignRecord`. That a place is none can be told by the message alone: such an error has no type of its own. */
function readError(error: unknown): Error | null {
  const isNoPlace = /ReadAllResult: InvalidPosition/.test(String(error));
  return isNoPlace ? new NoSuchPlace('no record of the log stands where one was') : foreignRecord(error);
}

/** What an append's error says for certain; null where the outcome is open. */
function appendError(stream: string, expected: ExpectedRevision, error: unknown): Error | null {
  const { type, actualVersion } = (error ?? {}) as ClientError;
  if (type === 'maximum-append-size-exceeded')
    return new AppendRefused(`${stream}: too large for the server`);
  if (type !== 'wrong-expected-version') return foreignRecord(error);
  const actual = typeof actualVersion === 'bigint' ? exactNumber(actualVersion) : 'absent';
  return new WrongExpectedRevision(stream, expected, actual);
}
