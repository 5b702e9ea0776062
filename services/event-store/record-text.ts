/** The record of an event as text: `docs/formats.md` §Record. */
import type { Actor, JsonObject, JsonValue } from '../domain/event.ts';
import { AppendRefused } from './event-store.ts';

export const recordFormatVersion = 1;

/** The members of a record behind `v`, in their order. */
export interface RecordFields {
  readonly epoch: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** UTC milliseconds. */
  readonly at: number;
  readonly actor: Actor;
  readonly cause: string | null;
  readonly data: JsonObject;
  readonly key: string | null;
  readonly seal: string | null;
}

/** Text that stands between quotes as it is: the names, ids and digests that a record holds outside its data. */
const plainText = /^[A-Za-z0-9-]{1,200}$/;

function quoted(member: string, text: string): string {
  if (!plainText.test(text))
    throw new AppendRefused(`${member} of a record can't be ${JSON.stringify(text).slice(0, 80)}`);
  return `"${text}"`;
}

function quotedOrNull(member: string, text: string | null): string {
  return text === null ? 'null' : quoted(member, text);
}

function integer(member: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw new AppendRefused(`${member} of a record can't be ${value}`);
  return value;
}

/** Throws `AppendRefused` for what a record may not hold: a float, an undefined member, anything that is not JSON. */
function checkValue(value: JsonValue | undefined, path: string): void {
  if (typeof value === 'number') integer(path, value);
  else if (Array.isArray(value)) for (const each of value) checkValue(each, path);
  else if (typeof value === 'object' && value !== null) checkMembers(value as JsonObject, path);
  else if (value !== null && typeof value !== 'string' && typeof value !== 'boolean') {
    throw new AppendRefused(`${path} of a record can't be ${typeof value}`);
  }
}

function checkMembers(object: JsonObject, path: string): void {
  for (const member of Object.keys(object))
    checkValue(object[member], member === '' ? path : `${path}.${member}`);
}

/** The text of one object of the record, checked member by member. */
export function objectText(object: JsonObject, path: string): string {
  checkMembers(object, path);
  return JSON.stringify(object);
}

/**
 * The record, its members in the order that the format fixes. Put together by hand: only `data` can hold what must
 * be escaped, and this runs for every event.
 */
export function recordText(fields: RecordFields): string {
  const { epoch, stream, revision, id, type, version, at, actor, cause, data, key, seal } = fields;
  return (
    `{"v":${recordFormatVersion},"epoch":${integer('epoch', epoch)},"stream":${quoted('stream', stream)}` +
    `,"revision":${integer('revision', revision)},"id":${quoted('id', id)},"type":${quoted('type', type)}` +
    `,"version":${integer('version', version)},"at":${integer('at', at)},"actor":${quoted('actor', actor)}` +
    `,"cause":${quotedOrNull('cause', cause)},"data":${objectText(data, 'data')}` +
    `,"key":${quotedOrNull('key', key)},"seal":${quotedOrNull('seal', seal)}}`
  );
}
