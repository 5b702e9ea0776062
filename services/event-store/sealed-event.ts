import type { Actor, JsonObject, LoggedEvent } from '../domain/event.ts';
import type { Upcast, UpcastsOf } from '../domain/upcasts.ts';
import type { StoredRecord } from './event-store.ts';
import { type RecordFields, recordFormatVersion } from './record-text.ts';
import { openPersonal, SealBroken } from './sealed-personal.ts';

/** `personal` was asked for before `SealedEventStore.prepare` had fetched the key. */
export class KeyNotLoaded extends Error {
  override readonly name = 'KeyNotLoaded';
}

/** A record that is not what its place in the log says, or not a record at all. */
export class RecordDamaged extends Error {
  override readonly name = 'RecordDamaged';
}

/** What is known of an event that was just made here, so that it need not be parsed and opened again. */
export interface MadeEvent {
  readonly fields: RecordFields;
  readonly personal: JsonObject | null;
}

/**
 * An event out of the log. Nothing is parsed before somebody asks for more than place, id and octets, and nothing
 * is opened before somebody asks for `personal`; both happen once.
 */
export class SealedEvent implements LoggedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly record: Uint8Array;
  readonly #sealed: Uint8Array | null;
  readonly #upcastsOf: UpcastsOf;
  #position: number;
  #fields: RecordFields | null;
  #upcasts: readonly Upcast[] = [];
  #data: JsonObject | null = null;
  /** undefined: not loaded; null: destroyed. */
  #key: Uint8Array | null | undefined;
  /** undefined: not opened yet. */
  #personal: JsonObject | null | undefined;

  constructor(stored: StoredRecord, upcastsOf: UpcastsOf, made: MadeEvent | null = null) {
    this.stream = stored.stream;
    this.revision = stored.revision;
    this.id = stored.id;
    this.record = stored.record;
    this.#sealed = stored.sealed;
    this.#position = stored.position;
    this.#upcastsOf = upcastsOf;
    this.#fields = made?.fields ?? null;
    this.#data = made?.fields.data ?? null;
    this.#personal = made?.personal;
  }

  get position(): number {
    return this.#position;
  }

  /** The log says where an event stands only after it was made. */
  place(position: number): void {
    this.#position = position;
  }

  get epoch(): number {
    return this.#parsed().epoch;
  }

  get type(): string {
    return this.#parsed().type;
  }

  /** The newest version of the type's shape, which `data` and `personal` have. */
  get version(): number {
    return this.#parsed().version + this.#upcasts.length;
  }

  get at(): number {
    return this.#parsed().at;
  }

  get actor(): Actor {
    return this.#parsed().actor;
  }

  get cause(): string | null {
    return this.#parsed().cause;
  }

  get key(): string | null {
    return this.#parsed().key;
  }

  get data(): JsonObject {
    const { data } = this.#parsed();
    this.#data ??= this.#upcasts.reduce((shape, upcast) => upcast.data(shape), data);
    return this.#data;
  }

  get personal(): JsonObject | null {
    if (this.#personal === undefined) this.#personal = this.#open();
    return this.#personal;
  }

  /** Name of the key that `personal` needs and has not got; null where it needs none. */
  get missingKey(): string | null {
    return this.#personal === undefined && this.#key === undefined ? this.key : null;
  }

  /** Gives the key (null: destroyed). */
  unlock(key: Uint8Array | null): void {
    this.#key = key;
  }

  #parsed(): RecordFields {
    if (this.#fields !== null) return this.#fields;
    const fields = parseRecord(this);
    this.#upcasts = this.#upcastsOf(this.stream, fields);
    this.#fields = fields;
    return fields;
  }

  #open(): JsonObject | null {
    const { key, seal, data } = this.#parsed();
    if (key === null || this.#key === null) return null;
    if (this.#key === undefined) throw new KeyNotLoaded(`event ${this.id}: ${key} was not loaded`);
    if (this.#sealed === null || seal === null)
      throw new SealBroken(`event ${this.id}: the sealed part is missing`);
    const personal = openPersonal(this.#sealed, this.#key, this.id, seal);
    this.#key = null;
    return upcastPersonal(personal, data, this.#upcasts);
  }
}

function upcastPersonal(personal: JsonObject, data: JsonObject, upcasts: readonly Upcast[]): JsonObject {
  let shape = { personal, data };
  for (const upcast of upcasts) {
    shape = { personal: upcast.personal(shape.personal, shape.data), data: upcast.data(shape.data) };
  }
  return shape.personal;
}

function parseRecord(event: SealedEvent): RecordFields {
  const { position, stream, revision, id, record } = event;
  const octets = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  let parsed: RecordFields & { readonly v: number };
  try {
    parsed = JSON.parse(octets.toString('utf8'));
  } catch {
    throw new RecordDamaged(`position ${position}: the record is not JSON`);
  }
  if (parsed.v !== recordFormatVersion) throw new RecordDamaged(`position ${position}: format ${parsed.v}`);
  if (parsed.stream !== stream || parsed.revision !== revision || parsed.id !== id) {
    throw new RecordDamaged(`position ${position}: the record belongs at another place`);
  }
  return parsed;
}
