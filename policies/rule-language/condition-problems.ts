/** What is wrong with conditions: form, number, depth, and what each test asks of its members. */
import { addressPattern } from './address-pattern.ts';
import { normalText } from './normal-text.ts';
import { type Path, type Problem, problemAt } from './problem.ts';
import { conditionSchemas, type Test, type TestName, type TestOf } from './rule-conditions.ts';
import { ruleLimits } from './rule-limits.ts';
import { schemaProblems } from './schema-problems.ts';
import { isTimeZone } from './time-window.ts';

interface Placed {
  readonly condition: unknown;
  readonly path: Path;
}

/** Walks them without recursion: how deep they go is not trusted yet. */
export function conditionProblems(given: readonly Placed[]): Problem[] {
  const problems: Problem[] = [];
  const open = given.map((placed) => ({ ...placed, depth: 1 }));
  for (let count = 1; open.length > 0; count++) {
    const { condition, path, depth } = open.pop()!;
    if (count > ruleLimits.maxConditions)
      return [problemAt([], `has more than ${ruleLimits.maxConditions} conditions`)];
    if (depth > ruleLimits.maxDepth)
      return [problemAt(path, `lies deeper than ${ruleLimits.maxDepth} conditions`)];
    const parts = partsOf(condition, path);
    if (parts === null) problems.push(...testProblems(condition, path));
    else if ('says' in parts) problems.push(parts);
    else open.push(...parts.toReversed().map((part) => ({ ...part, depth: depth + 1 })));
  }
  return problems;
}

/** The conditions that it joins; null where it is a test. */
function partsOf(condition: unknown, path: Path): Placed[] | Problem | null {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition))
    return problemAt(path, 'must be a condition: an object with test, all, any or not');
  const members = Object.keys(condition);
  const joint = members.find((member) => ['all', 'any', 'not'].includes(member));
  if (joint === undefined) return null;
  if (members.length > 1) return problemAt(path, `${joint} stands alone`);
  const inside: unknown = (condition as Record<string, unknown>)[joint];
  if (joint === 'not') return [{ condition: inside, path: [...path, 'not'] }];
  if (!Array.isArray(inside) || inside.length === 0)
    return problemAt([...path, joint], 'must be a list of at least one condition');
  return inside.map((part: unknown, i) => ({ condition: part, path: [...path, joint, i] }));
}

function testProblems(condition: unknown, path: Path): Problem[] {
  const name = (condition as { readonly test?: unknown }).test;
  const names = Object.keys(conditionSchemas);
  if (typeof name !== 'string' || !names.includes(name))
    return [problemAt([...path, 'test'], `must be one of ${names.join(', ')}`)];
  const problems = schemaProblems(conditionSchemas[name as TestName], condition, path);
  return problems.length > 0 ? problems : meaningProblems(condition as Test, path);
}

function patternProblems(test: TestOf<'address'>, list: 'match' | 'otherThan', path: Path): Problem[] {
  return (test[list] ?? []).flatMap((pattern, i) =>
    addressPattern(pattern) === null
      ? [problemAt([...path, list, i], `${pattern} is not an address, @domain or @*.domain`)]
      : [],
  );
}

function meaningProblems(test: Test, path: Path): Problem[] {
  switch (test.test) {
    case 'address':
      return (test.match === undefined) === (test.otherThan === undefined)
        ? [problemAt(path, 'asks for either match or otherThan')]
        : [...patternProblems(test, 'match', path), ...patternProblems(test, 'otherThan', path)];
    case 'text':
      return test.words.flatMap((word, i) =>
        normalText(word).length === 0
          ? [problemAt([...path, 'words', i], 'is nothing that can be found')]
          : [],
      );
    case 'attachmentType':
      return (test.types === undefined) === (test.otherThan === undefined)
        ? [problemAt(path, 'asks for either types or otherThan')]
        : [];
    case 'size':
      return test.overOctets === undefined && test.underOctets === undefined
        ? [problemAt(path, 'asks for overOctets or underOctets')]
        : [];
    case 'time':
      return isTimeZone(test.zone) ? [] : [problemAt([...path, 'zone'], `${test.zone} is not a time zone`)];
    default:
      return [];
  }
}
