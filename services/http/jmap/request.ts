/** A JMAP request (RFC 8620 §3.3): its form, before any method is looked at. Pure. */
import { RequestProblem } from './problem.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonMap;
export interface JsonMap {
  readonly [name: string]: Json;
}

/** A method call or its response: name, arguments, and the client's own id of the call (§3.2). */
export interface Invocation {
  readonly name: string;
  readonly arguments: JsonMap;
  readonly callId: string;
}

export interface JmapRequest {
  readonly using: ReadonlySet<string>;
  readonly calls: readonly Invocation[];
  /** Creation ids of former requests and what they became; null where the client does not ask for them back. */
  readonly createdIds: ReadonlyMap<string, string> | null;
}

export interface RequestLimits {
  readonly capabilities: ReadonlySet<string>;
  readonly maxCallsInRequest: number;
}

/** Throws `RequestProblem`. `text` is bounded by the door. */
export function parseRequest(text: string, limits: RequestLimits): JmapRequest {
  const body = parsed(text);
  if (!isMap(body)) throw notRequest('the request is not an object');
  const { using, methodCalls, createdIds } = body;
  if (!isList(using) || !using.every((name) => typeof name === 'string'))
    throw notRequest('`using` is not a list of capabilities');
  if (!isList(methodCalls)) throw notRequest('`methodCalls` is not a list');
  for (const name of using) {
    if (!limits.capabilities.has(name))
      throw new RequestProblem('unknownCapability', 'A capability that `using` names is not offered here.');
  }
  if (methodCalls.length > limits.maxCallsInRequest)
    throw new RequestProblem('limit', 'Too many method calls in one request.', 'maxCallsInRequest');
  return { using: new Set(using), calls: methodCalls.map(invocationOf), createdIds: idsOf(createdIds) };
}

/** Lists and objects inside one another. */
const maxDepth = 100;

function parsed(text: string): Json {
  if (depthOf(text) > maxDepth) throw notRequest('it is nested too deeply');
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new RequestProblem('notJSON', 'The request is not JSON.');
  }
}

/** Of brackets outside of strings, whatever else the text is. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
}

function invocationOf(call: Json, i: number): Invocation {
  if (!isList(call) || call.length !== 3) throw notRequest(`methodCalls[${i}] is not a list of three`);
  const [name, args, callId] = call;
  if (typeof name !== 'string' || !isMap(args!) || typeof callId !== 'string')
    throw notRequest(`methodCalls[${i}] is not a name, its arguments and an id`);
  return { name, arguments: args, callId };
}

function idsOf(ids: Json | undefined): ReadonlyMap<string, string> | null {
  if (ids === undefined || ids === null) return null;
  if (!isMap(ids)) throw notRequest('`createdIds` is not an object');
  const entries = Object.entries(ids);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string'))
    throw notRequest('`createdIds` holds something that is not an id');
  return new Map(entries);
}

function notRequest(detail: string): RequestProblem {
  return new RequestProblem('notRequest', `This is not a JMAP request: ${detail}.`);
}

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
