/**
 * What an event is, from the moment a decision drafts it to the moment a reader meets it again.
 *
 * draft (a pure decision)  ->  record (made once, hashed and stored octet for octet)  ->  logged event.
 */

/** A JSON value as records allow it: no floats, integers below 2^53. */
export type JsonValue = string | boolean | null | number | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/**
 * Who acted: `account-<uuid>`, `operator` (the command line on this machine), `peer` (an unauthenticated
 * SMTP peer) or `system` (a reaction, the sealer, a worker).
 */
export type Actor = `account-${string}` | 'operator' | 'peer' | 'system';

/** A fact that a decision proposes. Nothing about time, order or identity is in it. */
export interface DraftEvent {
  readonly type: string;
  readonly version: number;
  /** Clear part: integers, booleans, enum literals, UUIDs, times, digests, tags. See `catalogue.ts`. */
  readonly data: JsonObject;
  /** Personal part, sealed before it is stored; null when there is none. */
  readonly personal: JsonObject | null;
}

/** What surrounds a command: fixed before the first try, so that a repeat is recognised. */
export interface CommandContext {
  readonly actor: Actor;
  /** Id of the event that caused this, or null for a person's own act. */
  readonly cause: string | null;
  /** Wall clock, UTC milliseconds. */
  readonly now: number;
  /** The revision that the person has seen; a stream that has gone on since refuses (`changedMeanwhile`). */
  readonly seenRevision?: number;
}

/** An event as readers meet it. */
export interface LoggedEvent {
  /** Place in the whole log: strictly ascending, gaps are allowed. */
  readonly position: number;
  readonly epoch: number;
  readonly stream: string;
  /** Place in its stream, from 0. */
  readonly revision: number;
  /** UUIDv7, fixed before the first try of the append. */
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** UTC milliseconds; never before the stream's last. */
  readonly at: number;
  readonly actor: Actor;
  readonly cause: string | null;
  readonly data: JsonObject;
  /** Name of the key that seals the personal part; null when there is none. */
  readonly key: string | null;
  /**
   * The personal part; null where there is none or where its key has been destroyed. Opened at the first
   * access and kept, so that all projections together unseal an event once. Throws `KeyNotLoaded` when
   * the batch was not prepared (see `sealed-event-store.ts`).
   */
  readonly personal: JsonObject | null;
  /** The record, octet for octet as stored. */
  readonly record: Uint8Array;
}

/** Category of a stream name: the text before the first dash. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}

/** Id of a stream name: the text behind the first dash. */
export function idOf(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}
