/** Reads a record strictly: nothing but the one text that docs/formats.md §Record allows. */
import { categoryOf, type JsonObject, type JsonValue } from '../domain/event.ts';
import { uuidPattern } from '../domain/values.ts';

export interface RecordFields {
  readonly v: number;
  readonly epoch: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly at: number;
  readonly actor: string;
  readonly cause: string | null;
  readonly data: JsonObject;
  readonly key: string | null;
  readonly seal: string | null;
}

export class RecordMalformed extends Error {
  override readonly name = 'RecordMalformed';
}

const count = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const ordinal = (value: unknown) => count(value) && (value as number) >= 1;
const text = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value);
const uuid = text(uuidPattern);

/** Each member's rule, in the one order that members have. */
const rules: Readonly<Record<keyof RecordFields, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  epoch: ordinal,
  stream: (value) =>
    typeof value === 'string' && /^[a-z]+-/.test(value) && uuid(value.slice(categoryOf(value).length + 1)),
  revision: count,
  id: (value) => uuid(value) && (value as string)[14] === '7',
  type: text(/^[A-Z][A-Za-z0-9]*$/),
  version: ordinal,
  at: count,
  actor: (value) =>
    value === 'operator' ||
    value === 'peer' ||
    value === 'system' ||
    (typeof value === 'string' && value.startsWith('account-') && uuid(value.slice(8))),
  cause: orNull(uuid),
  data: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  key: orNull(text(/^[a-z]+-[0-9a-z-]{1,100}$/)),
  seal: orNull(text(/^[0-9a-f]{64}$/)),
};
const members = Object.keys(rules) as (keyof RecordFields)[];
const memberOrder = members.join();

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws `RecordMalformed`, whose message says what is wrong. */
export function readRecord(octets: Uint8Array): RecordFields {
  const value = parse(octets);
  if (Object.keys(value).join() !== memberOrder)
    throw new RecordMalformed('its members are not those of a record, in their order');
  for (const member of members) {
    if (!rules[member](value[member])) throw new RecordMalformed(`its member "${member}" breaks its rule`);
  }
  const record = value as unknown as RecordFields;
  if (!onlyIntegers(record.data))
    throw new RecordMalformed('it holds a number that is not an integer below 2^53');
  if ((record.key === null) !== (record.seal === null))
    throw new RecordMalformed('it has a key without a seal, or a seal without a key');
  return record;
}

function parse(octets: Uint8Array): JsonObject {
  let written: string;
  let value: unknown;
  try {
    written = utf8.decode(octets);
    value = JSON.parse(written);
  } catch {
    throw new RecordMalformed('it is not JSON in UTF-8');
  }
  // Finds white space, members twice, escapes that need none, and every other second way to say the same.
  if (JSON.stringify(value) !== written)
    throw new RecordMalformed('it is not written as records are: without white space, each member once');
  if (typeof value !== 'object' || value === null) throw new RecordMalformed('it is not an object');
  return value as JsonObject;
}

function onlyIntegers(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  return (Array.isArray(value) ? value : Object.values(value)).every(onlyIntegers);
}
