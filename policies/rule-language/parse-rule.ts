/** A rule out of its text, or what is wrong with it: form first, then what no schema can say. */
import { comparedAddress } from './address-pattern.ts';
import { conditionProblems } from './condition-problems.ts';
import { type Path, type Problem, problemAt } from './problem.ts';
import { type Rule, ruleFrameSchema } from './rule.ts';
import { type Action, actionSchemas, isReviewingOffice } from './rule-actions.ts';
import { ruleLimits } from './rule-limits.ts';
import { schemaProblems } from './schema-problems.ts';

export type Parsed = { readonly rule: Rule } | { readonly problems: readonly Problem[] };

/** So many problems are told; who mends them sees the next ones. */
const maxProblems = 20;

export function parseRuleText(text: string): Parsed {
  if (Buffer.byteLength(text) > ruleLimits.maxTextOctets)
    return { problems: [problemAt([], `is longer than ${ruleLimits.maxTextOctets} octets`)] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [problemAt([], `is not JSON: ${(error as Error).message}`)] };
  }
  return parseRule(value);
}

export function parseRule(value: unknown): Parsed {
  const problems = schemaProblems(ruleFrameSchema, value, []);
  if (problems.length === 0) problems.push(...innerProblems(value as Rule));
  return problems.length === 0 ? { rule: value as Rule } : { problems: problems.slice(0, maxProblems) };
}

function innerProblems(rule: Rule): Problem[] {
  const conditions = [
    ...(rule.when === undefined ? [] : [{ condition: rule.when as unknown, path: ['when'] as Path }]),
    ...(rule.except ?? []).map((condition, i) => ({
      condition: condition as unknown,
      path: ['except', i] as Path,
    })),
  ];
  return [
    ...conditionProblems(conditions),
    ...rule.actions.flatMap((action, i) => actionProblems(action, ['actions', i])),
    ...addressProblems(rule),
    ...timeProblems(rule),
  ];
}

function actionProblems(action: unknown, path: Path): Problem[] {
  const name = (action as Partial<Action> | null)?.do;
  const schema = Object.entries(actionSchemas).find(([known]) => known === name)?.[1];
  if (!schema) return [problemAt([...path, 'do'], `must be one of ${Object.keys(actionSchemas).join(', ')}`)];
  const problems = schemaProblems(schema, action, path);
  return problems.length > 0 ? problems : [...actionAddresses(action as Action, path)].flatMap(notAnAddress);
}

interface Named {
  readonly path: Path;
  readonly address: string;
}

function* actionAddresses(action: Action, path: Path): Generator<Named> {
  if (action.do === 'holdForApproval') {
    if (!isReviewingOffice(action.reviewer)) yield { path: [...path, 'reviewer'], address: action.reviewer };
    if (action.deputy !== undefined) yield { path: [...path, 'deputy'], address: action.deputy };
  }
  if (action.do !== 'copyToSupervisors' && action.do !== 'notify') return;
  const offices = action.do === 'notify' ? ['sender', 'leader'] : ['leader'];
  for (const [i, address] of (action.to ?? []).entries()) {
    if (!offices.includes(address)) yield { path: [...path, 'to', i], address };
  }
}

function addressProblems({ owner, scope }: Rule): Problem[] {
  const lists = (['people', 'groups'] as const).flatMap((list) =>
    (scope[list] ?? []).map((address, i) => ({ path: ['scope', list, i], address })),
  );
  return [{ path: ['owner'], address: owner }, ...lists].flatMap(notAnAddress);
}

function notAnAddress({ path, address }: Named): Problem[] {
  return comparedAddress(address) === null ? [problemAt(path, `${address} is not an address`)] : [];
}

function timeProblems({ start, end, samples }: Rule): Problem[] {
  const times: readonly [Path, string | undefined][] = [
    [['start'], start],
    [['end'], end],
    ...(samples ?? []).map(({ mail }, i): [Path, string | undefined] => [
      ['samples', i, 'mail', 'at'],
      mail.at,
    ]),
  ];
  const wrong = times.filter(([, time]) => time !== undefined && Number.isNaN(Date.parse(time)));
  if (wrong.length > 0) return wrong.map(([path]) => problemAt(path, 'there is no such day or time'));
  if (start !== undefined && end !== undefined && Date.parse(end) <= Date.parse(start))
    return [problemAt(['end'], 'must be after start')];
  return [];
}
