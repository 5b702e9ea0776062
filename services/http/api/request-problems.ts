/** What is wrong with a request, by the member that it is wrong in (RFC 9457 §3.2: an extension member of the problem). */
import type { TSchema } from 'typebox';
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
    const value = place === 'body' ? given : readAs(schema, given as Readonly<Record<string, unknown>>);
    const problems = schemaProblems(schema, value, []);
    if (problems.length === 0) return { value };
    return {
      error: new RequestInvalid(problems.map(({ at, says }) => ({ in: place, field: at, detail: says }))),
    };
  };
}

const numberText = /^-?\d+$/;
const flagTexts: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** Members of an address are text; what the schema wants as a number or a flag, and looks like one, is read as such. */
function readAs(schema: TSchema, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, { readonly type?: string }>> };
  const read = (name: string, text: unknown): unknown => {
    if (typeof text !== 'string') return text;
    const wanted = Object.hasOwn(properties, name) ? properties[name]!.type : undefined;
    if (wanted === 'integer' && numberText.test(text)) return Number(text);
    return wanted === 'boolean' && Object.hasOwn(flagTexts, text) ? flagTexts[text] : text;
  };
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, read(name, text)]));
}
