/** Carries out the method calls of a request, one after the other (RFC 8620 §3.4). */
import { MethodError } from './problem.ts';
import type { Invocation, JmapRequest, Json, JsonMap } from './request.ts';
import { ReferenceBudget, withReferences } from './result-reference.ts';

/** What a method knows besides its arguments. */
export interface CallContext {
  /** What creation ids of this request, without their `#`, have become (§3.3). */
  readonly createdIds: Map<string, string>;
}

/** Answers with the arguments of the response, or of several responses by name (§3.4); throws `MethodError`. */
export type Method<C extends CallContext> = (
  args: JsonMap,
  context: C,
) => Promise<JsonMap | readonly Answer[]>;

export interface Answer {
  readonly name: string;
  readonly arguments: JsonMap;
}

export interface MethodEntry<C extends CallContext> {
  /** The capability that a request must name in `using`. */
  readonly capability: string;
  readonly run: Method<C>;
}

export type MethodTable<C extends CallContext> = ReadonlyMap<string, MethodEntry<C>>;

/** `onFault` is told of exceptions; the client gets no word of them. */
export async function runRequest<C extends CallContext>(
  request: JmapRequest,
  methods: MethodTable<C>,
  context: C,
  onFault: (method: string, error: unknown) => void,
): Promise<Invocation[]> {
  const responses: Invocation[] = [];
  const budget = new ReferenceBudget();
  for (const call of request.calls) {
    const answers = await answersTo(call, request.using, methods, context, responses, budget, onFault);
    for (const answer of answers) responses.push({ ...answer, callId: call.callId });
  }
  return responses;
}

async function answersTo<C extends CallContext>(
  call: Invocation,
  using: ReadonlySet<string>,
  methods: MethodTable<C>,
  context: C,
  responses: readonly Invocation[],
  budget: ReferenceBudget,
  onFault: (method: string, error: unknown) => void,
): Promise<readonly Answer[]> {
  try {
    const method = methods.get(call.name);
    if (!method || !using.has(method.capability))
      throw new MethodError(
        'unknownMethod',
        'There is no such method, or `using` does not name its capability.',
      );
    const answered = await method.run(withReferences(call.arguments, responses, budget), context);
    return isAnswers(answered) ? answered : [{ name: call.name, arguments: answered }];
  } catch (error) {
    if (error instanceof MethodError) return [errorAnswer({ type: error.type, description: error.message })];
    onFault(call.name, error);
    return [errorAnswer({ type: 'serverFail', description: 'The server failed; try again later.' })];
  }
}

function isAnswers(answered: JsonMap | readonly Answer[]): answered is readonly Answer[] {
  return Array.isArray(answered);
}

function errorAnswer(error: { readonly [name: string]: Json }): Answer {
  return { name: 'error', arguments: error };
}
