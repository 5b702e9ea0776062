/** Records as EventStoreDB holds them: binary events, data = record, metadata = sealed part. Pure; names no client. */
import { catalogue } from '../domain/catalogue.ts';
import type { StoredRecord } from './event-store.ts';

/** What of a recorded event the engine looks at. */
export interface RecordedOctets {
  readonly id: string;
  readonly revision: bigint;
  readonly data: unknown;
  readonly metadata?: unknown;
  readonly position?: { readonly commit: bigint; readonly prepare: bigint } | undefined;
}

/** The store holds something in one of our streams that we have not written, or can't say where it stands. */
export class ForeignRecord extends Error {
  override readonly name = 'ForeignRecord';
}

/**
 * How our streams are called on the server: their own names behind a prefix, so that several logs may live in one
 * database. Everything else there is not ours, its system streams among it.
 */
export class StreamNames {
  readonly #prefix: string;
  /** Names of our streams on the server begin so. */
  readonly beginnings: readonly string[];

  constructor(prefix = '') {
    this.#prefix = prefix;
    this.beginnings = catalogue.map(({ name }) => `${prefix}${name}-`);
  }

  onServer(stream: string): string {
    return this.#prefix + stream;
  }

  /** The stream's own name; null where it is not ours. */
  ours(nameOnServer: string): string | null {
    const isOurs = this.beginnings.some((beginning) => nameOnServer.startsWith(beginning));
    return isOurs ? nameOnServer.slice(this.#prefix.length) : null;
  }
}

/** A 64-bit number of the server as a number; throws where it would lose digits. */
export function exactNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ForeignRecord(`${value} is not a place that can be kept`);
  return Number(value);
}

/** The event type, which only people who look at the server's own screens see. */
export function typeOfRecord(record: Uint8Array): string {
  const head = Buffer.from(record.buffer, record.byteOffset, Math.min(record.length, 300)).toString('latin1');
  return /"type":"([A-Za-z0-9]{1,64})"/.exec(head)?.[1] ?? 'Record';
}

/** `stream`: by its own name. */
export function storedRecord(stream: string, event: RecordedOctets): StoredRecord {
  const { id, data, metadata, position } = event;
  if (!(data instanceof Uint8Array)) throw new ForeignRecord(`${stream}: an event that is not binary`);
  if (metadata !== undefined && !(metadata instanceof Uint8Array)) {
    throw new ForeignRecord(`${stream}: an event whose metadata is not binary`);
  }
  if (position === undefined) throw new ForeignRecord('the server tells no positions; it is older than 22.6');
  return {
    id,
    record: data,
    sealed: metadata ?? null,
    position: exactNumber(position.commit),
    stream,
    revision: exactNumber(event.revision),
  };
}
