/**
 * How the catalogue describes an event type: which members its clear part has, and what its personal part
 * holds. The kinds make the design's rule checkable: no kind admits a free string into the clear part.
 */

export type ClearKind =
  | 'integer'
  | 'boolean'
  | 'uuid'
  /** UTC milliseconds. */
  | 'time'
  /** Lower-case hex of a hash. */
  | 'digest'
  /** 32 hex digits; see docs/formats.md §Tag. */
  | 'tag'
  /** Base64 of a signature or a public key. */
  | 'signature'
  | 'publicKey'
  | 'integers'
  | 'uuids'
  | 'tags'
  /** Flat inclusive pairs, ascending: `[first, last, first, last, …]`. */
  | 'ranges'
  /** A literal out of a list that the type names: `oneOf:a|b|c`. */
  | `oneOf:${string}`;

/** A trailing `?` marks a member that may be null. */
export type ClearMember = ClearKind | `${ClearKind}?`;

export interface EventType {
  readonly version: number;
  /** One sentence for `docs/events.md`: what has happened. */
  readonly means: string;
  readonly clear: Readonly<Record<string, ClearMember>>;
  /** Member -> what it is, for `docs/events.md`. Absent where nothing is sealed. */
  readonly personal?: Readonly<Record<string, string>>;
}

/** Declares the event types of one stream category. */
export function defineEvents<const T extends Readonly<Record<string, EventType>>>(types: T): T {
  return types;
}
