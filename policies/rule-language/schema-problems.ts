/** A value held against a schema, with what is wrong in words. */
import type { TSchema } from 'typebox';
import Schema from 'typebox/schema';
import { type Path, type Problem, problemAt } from './problem.ts';

type Told = ReturnType<typeof Schema.Errors>[1][number];

/** Nothing where it fits. Of several faults of one place the first is told. */
export function schemaProblems(schema: TSchema, value: unknown, path: Path): Problem[] {
  if (Schema.Check(schema, value)) return [];
  const problems = new Map<string, Problem>();
  for (const error of Schema.Errors(schema, value)[1]) {
    for (const problem of told(error, path)) if (!problems.has(problem.at)) problems.set(problem.at, problem);
  }
  return [...problems.values()];
}

function told(error: Told, path: Path): Problem[] {
  const here = [...path, ...stepsOf(error.instancePath)];
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => problemAt([...here, name], 'is missing'));
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => problemAt([...here, name], 'is not known here'));
    // Told by the keyword that forbids it.
    case 'boolean':
      return [];
    case 'enum':
      return [problemAt(here, `must be one of ${error.params.allowedValues.join(', ')}`)];
    case 'const':
      return [problemAt(here, `must be ${String(error.params.allowedValue)}`)];
    case 'pattern':
      return [problemAt(here, 'is not of the form that is asked for')];
    default:
      return [problemAt(here, error.message)];
  }
}

/** A JSON pointer (RFC 6901) taken apart. */
function stepsOf(pointer: string): (string | number)[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) =>
    /^[0-9]+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~'),
  );
}
