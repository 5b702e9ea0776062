/**
 * Old shapes of events, read as the newest one.
 *
 * Before the first release a shape may simply change. From then on it never does: a new shape is a new version, and
 * an upcast from the version before it stands here, with a fixture of the old record kept under
 * `test/fixtures/upcasts/`. One event stays one event.
 */
import { eventTypeOf } from './catalogue.ts';
import { categoryOf, type JsonObject } from './event.ts';

/** Turns one version of a type into the next. The two parts apart, because the personal one is opened late or never. */
export interface Upcast {
  readonly data: (data: JsonObject) => JsonObject;
  /** Gets the clear part as it was before this upcast. */
  readonly personal: (personal: JsonObject, data: JsonObject) => JsonObject;
}

/** `Type@version` -> the upcast from that version to the next. */
export type UpcastRegistry = Readonly<Record<`${string}@${number}`, Upcast>>;

export const upcasts: UpcastRegistry = {};

/** The newest version of a type in a stream category; undefined for a type that is not known there. */
export type CurrentVersionOf = (category: string, type: string) => number | undefined;

/** What the catalogue says. */
export const catalogueVersionOf: CurrentVersionOf = (category, type) => eventTypeOf(category, type)?.version;

/** A record of a shape that this program can't read. Whoever meets it stops, and says which. */
export class UnknownEventVersion extends Error {
  override readonly name = 'UnknownEventVersion';
  constructor(type: string, version: number) {
    super(`no reader for ${type}@${version}; a newer program may have written it`);
  }
}

const none: readonly Upcast[] = [];

/** The upcasts that lead from a version to the newest one, in order. Throws `UnknownEventVersion`. */
export function upcastsFrom(
  stream: string,
  { type, version }: { readonly type: string; readonly version: number },
  currentVersionOf: CurrentVersionOf,
  registry: UpcastRegistry = upcasts,
): readonly Upcast[] {
  const current = currentVersionOf(categoryOf(stream), type);
  if (current === version) return none;
  if (current === undefined || version > current) throw new UnknownEventVersion(type, version);
  return Array.from({ length: current - version }, (_, i) => {
    const upcast = registry[`${type}@${version + i}`];
    if (upcast === undefined) throw new UnknownEventVersion(type, version + i);
    return upcast;
  });
}

/** The upcasts that an event of a stream needs. Throws `UnknownEventVersion`. */
export type UpcastsOf = (
  stream: string,
  event: { readonly type: string; readonly version: number },
) => readonly Upcast[];

/** As the catalogue and the registry have it. */
export const catalogueUpcasts: UpcastsOf = (stream, event) => upcastsFrom(stream, event, catalogueVersionOf);
