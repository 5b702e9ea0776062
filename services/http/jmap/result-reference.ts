/**
 * References to the results of earlier calls of the same request (RFC 8620 §3.7): an argument `#name` is replaced
 * by `name`, taken out of an earlier response by a JSON pointer (RFC 6901) that may step through lists with `*`.
 */
import { invalidArguments, MethodError } from './problem.ts';
import { type Invocation, isList, isMap, type Json, type JsonMap } from './request.ts';

/** What one reference may bring by `*`. */
const maxReferredValues = 100_000;

/** What all references of a request may bring together: each could double what the one before it brought. */
export class ReferenceBudget {
  #octetsLeft = 10_000_000;

  /** Throws `requestTooLarge`. */
  take(value: Json): void {
    const found: Json[] = [value];
    for (let next = found.pop(); next !== undefined; next = found.pop()) {
      this.#octetsLeft -= 8 + (typeof next === 'string' ? next.length : 0);
      if (this.#octetsLeft < 0) throw new MethodError('requestTooLarge', 'references bring too much');
      if (isList(next)) for (const each of next) found.push(each);
      else if (isMap(next)) {
        for (const [name, each] of Object.entries(next)) {
          this.#octetsLeft -= name.length;
          found.push(each);
        }
      }
    }
  }
}

/** Throws `MethodError`: `invalidArguments`, `invalidResultReference` or `requestTooLarge`. */
export function withReferences(
  args: JsonMap,
  responses: readonly Invocation[],
  budget: ReferenceBudget,
): JsonMap {
  const names = Object.keys(args);
  if (!names.some((name) => name.startsWith('#'))) return args;
  const resolved: [string, Json][] = names.map((name) => {
    if (!name.startsWith('#')) return [name, args[name]!];
    const plain = name.slice(1);
    if (Object.hasOwn(args, plain)) throw invalidArguments(`both ${plain} and ${name} are given`);
    const value = referredTo(args[name]!, name, responses);
    budget.take(value);
    return [plain, value];
  });
  return Object.fromEntries(resolved);
}

function referredTo(reference: Json, argument: string, responses: readonly Invocation[]): Json {
  if (!isMap(reference)) throw unresolved(argument);
  const { resultOf, name, path } = reference;
  if (typeof path !== 'string') throw unresolved(argument);
  const response = responses.find(({ callId }) => callId === resultOf);
  if (!response || response.name !== name) throw unresolved(argument);
  const found = valueAt(response.arguments, path);
  if (found === undefined) throw unresolved(argument);
  return found;
}

function unresolved(argument: string): MethodError {
  return new MethodError('invalidResultReference', `${argument} does not lead to an earlier result`);
}

/** Undefined where the pointer leads nowhere. */
function valueAt(value: Json, pointer: string): Json | undefined {
  if (pointer === '') return value;
  if (!pointer.startsWith('/')) return undefined;
  const steps = pointer.slice(1).split('/').map(unescaped);
  return walked(value, steps, 0);
}

/** `~1` is a slash and `~0` a tilde, in this order (RFC 6901 §4). */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function walked(value: Json, steps: readonly string[], from: number): Json | undefined {
  let at: Json | undefined = value;
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]!;
    if (isList(at) && step === '*') return spread(at, steps, i + 1);
    at = isList(at) ? memberOf(at, step) : isMap(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

function memberOf(list: readonly Json[], step: string): Json | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(step) ? list[Number(step)] : undefined;
}

/** The results of all members, lists among them flattened by one level. */
function spread(list: readonly Json[], steps: readonly string[], from: number): Json | undefined {
  const found: Json[] = [];
  for (const member of list) {
    const value = walked(member, steps, from);
    if (value === undefined) return undefined;
    for (const each of isList(value) ? value : [value]) found.push(each);
    if (found.length > maxReferredValues)
      throw new MethodError('requestTooLarge', 'a reference brings too much');
  }
  return found;
}
