/** What is wrong with a request, by the member that it is wrong in (RFC 9457 §3.2: an extension member of the problem). */
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { schemaProblems } from '../../../policies/rule-language/schema-problems.ts';

/** `in` is where it stands: `body`, `query`, `path` or `header`. */
export interface FieldProblem {
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** Members on the way to it, joined by ` › `; empty for all of it. */
  readonly field: string;
  readonly detail: string;
}

export class RequestInvalid extends Error {
  override readonly name = 'RequestInvalid';
  readonly statusCode = 400;
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super('The request is not of the form that this route takes.');
    this.problems = problems;
  }
}

const placeOf: Readonly<Record<string, FieldProblem['in']>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
};

/** For Fastify: the value, numbers of addresses and paths read as such, or what is wrong with it. */
export function validatorOf(schema: TSchema, part = 'body'): (value: unknown) => unknown {
  const place = placeOf[part] ?? 'header';
  return (given) => {
    const value = place === 'body' ? given : Value.Convert(schema, { ...(given as object) });
    const problems = schemaProblems(schema, value, []);
    if (problems.length === 0) return { value };
    return {
      error: new RequestInvalid(problems.map(({ at, says }) => ({ in: place, field: at, detail: says }))),
    };
  };
}
