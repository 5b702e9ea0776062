/** PatchObject (RFC 8620 §5.3): what an update of /set changes, by JSON pointers without their first slash. Pure. */
import { isList, isMap, type Json, type JsonMap } from './request.ts';

/** Why a patch cannot be applied; becomes a SetError `invalidPatch`. */
export class InvalidPatch extends Error {
  override readonly name = 'InvalidPatch';
}

/**
 * The object after the patch; the one given stays as it is. A null removes, or stands for the property's default:
 * the caller knows which properties have one. Throws `InvalidPatch`.
 */
export function patched(object: JsonMap, patch: JsonMap): JsonMap {
  const paths = Object.keys(patch);
  const overlapping = prefixOfAnother(paths);
  if (overlapping !== null) throw new InvalidPatch(`${overlapping} is patched twice`);
  let result = object;
  for (const path of paths) result = withValue(result, stepsOf(path), patch[path]!, path);
  return result;
}

/** The first path that lies within another one. */
function prefixOfAnother(paths: readonly string[]): string | null {
  const known = new Set(paths);
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (known.has(path.slice(0, slash))) return path;
    }
  }
  return null;
}

function stepsOf(path: string): readonly string[] {
  return path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Every step but the last must be there already, and none may lead into a list. */
function withValue(at: JsonMap, [step = '', ...rest]: readonly string[], value: Json, path: string): JsonMap {
  if (rest.length === 0) return { ...at, [step]: value };
  const inner = Object.hasOwn(at, step) ? at[step] : undefined;
  if (isList(inner)) throw new InvalidPatch(`${path} leads into a list`);
  if (!isMap(inner)) throw new InvalidPatch(`${path} leads nowhere`);
  const changed = withValue(inner, rest, value, path);
  const last = rest.length === 1 && value === null;
  return { ...at, [step]: last ? without(changed, rest[0]!) : changed };
}

function without(map: JsonMap, name: string): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== name));
}
