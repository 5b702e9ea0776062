/**
 * What Fastify makes of the schemas of a route. Requests are held against theirs by our own reader, which names the
 * member at fault. The writers of answers are Fastify's, each made when its route first answers: making all of them
 * at the start, and loading the packages for it, takes a tenth of it.
 */
import { createRequire } from 'node:module';
import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import type { TSchema } from 'typebox';
import { validatorOf } from './api/request-problems.ts';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;
type CompilersFactory = Required<NonNullable<SchemaController['compilersFactory']>>;
type BuildSerializer = CompilersFactory['buildSerializer'];

/** What Fastify takes where it is told of no other. */
const fastifysOwn = '@fastify/fast-json-stringify-compiler';
const requireOfFastify = createRequire(import.meta.resolve('fastify'));

const buildSerializer: BuildSerializer = (externalSchemas, options) => {
  let compile: ReturnType<BuildSerializer> | null = null;
  return (route) => {
    let write: ReturnType<ReturnType<BuildSerializer>> | null = null;
    return (answer) => {
      compile ??= (requireOfFastify(fastifysOwn) as () => BuildSerializer)()(externalSchemas, options);
      write ??= compile(route);
      return write(answer);
    };
  };
};

type Validated = ReturnType<ReturnType<FastifySchemaCompiler<TSchema>>>;

const buildValidator =
  (): FastifySchemaCompiler<TSchema> =>
  ({ schema, httpPart }) =>
    validatorOf(schema, httpPart) as (value: unknown) => Validated;

export const schemaCompilers: CompilersFactory = {
  // Its type knows Ajv alone.
  buildValidator: buildValidator as never,
  buildSerializer,
};
