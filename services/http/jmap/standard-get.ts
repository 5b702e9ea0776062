/** What every /get has in common (RFC 8620 §5.1). */
import { coreLimits } from './core-limits.ts';
import { invalidArguments, MethodError } from './problem.ts';
import type { ArgumentReader } from './read-arguments.ts';
import type { Json, JsonMap } from './request.ts';

export interface GetRequest {
  /** Each once; null for all. */
  readonly ids: readonly string[] | null;
  /** Null for the type's own choice. */
  readonly properties: readonly string[] | null;
}

export function readGet(reader: ArgumentReader): GetRequest {
  const ids = reader.optionalIds('ids');
  if (ids && ids.length > coreLimits.maxObjectsInGet)
    throw new MethodError('requestTooLarge', `more than ${coreLimits.maxObjectsInGet} ids`);
  return { ids: ids && [...new Set(ids)], properties: reader.optionalTexts('properties') };
}

/** Throws `invalidArguments` where one of the properties is none of the type's. */
export function checkProperties(asked: readonly string[] | null, known: ReadonlySet<string>): void {
  const unknown = asked?.find((name) => !known.has(name));
  if (unknown !== undefined) throw invalidArguments(`${unknown} is not a property of this type`);
}

/** The object with the properties that were asked for; `id` is always among them. */
export function pick(object: JsonMap, properties: readonly string[] | null): JsonMap {
  if (properties === null) return object;
  return Object.fromEntries(
    Object.entries(object).filter(([name]) => name === 'id' || properties.includes(name)),
  );
}

export function gotten(
  accountId: string,
  state: string,
  list: readonly Json[],
  notFound: readonly string[],
): JsonMap {
  return { accountId, state, list, notFound };
}
