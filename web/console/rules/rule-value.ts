/** A rule as the form has it: JSON, changed member by member. What it says wrongly stays as it is, for people to see. Pure. */
import { actionFields, headFields, joints, type RuleField, scopeFields, testFields } from './rule-fields.ts';

export type Part = Readonly<Record<string, unknown>>;
export type Path = readonly (string | number)[];

/** As the server names places: `when › all › 2 › words`. */
export function pathText(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? `${step + 1}` : step)).join(' › ');
}

/** Undefined takes the member away. */
export function withMember(part: Part, name: string, value: unknown): Part {
  const { [name]: _, ...rest } = part;
  return value === undefined ? rest : { ...part, [name]: value };
}

export function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : {};
}

export function partsOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.map(partOf) : [];
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** `all`, `any`, `not`, or the name of its test. */
export function kindOf(condition: Part): string {
  return joints.find((joint) => joint in condition) ?? String(condition['test'] ?? '');
}

export function innerOf(condition: Part): readonly Part[] {
  const kind = kindOf(condition);
  if (kind === 'not') return [partOf(condition['not'])];
  return kind === 'all' || kind === 'any' ? partsOf(condition[kind]) : [];
}

export function newCondition(): Part {
  return { test: 'text', in: ['subject', 'body', 'attachments'], words: [] };
}

/** What is inside stays: a test comes to lie in what joins, and the first one comes out again. */
export function ofKind(condition: Part, kind: string): Part {
  const inner = innerOf(condition);
  const first = inner[0] ?? condition;
  if (kind === 'not') return { not: first };
  if (kind === 'all' || kind === 'any') return { [kind]: inner.length > 0 ? inner : [condition] };
  return kind === 'text' ? newCondition() : { test: kind };
}

export function withInner(condition: Part, inner: readonly Part[]): Part {
  const kind = kindOf(condition);
  return kind === 'not' ? { not: inner[0] ?? newCondition() } : { [kind]: inner };
}

/** One more beside what there is. */
export function joinedBy(when: unknown, added: Part): Part {
  if (when === undefined) return added;
  const condition = partOf(when);
  return kindOf(condition) === 'all'
    ? withInner(condition, [...innerOf(condition), added])
    : { all: [condition, added] };
}

/** Places at which something that has to be there is not. */
export function missingIn(rule: Part): string[] {
  const actions = partsOf(rule['actions']);
  return [
    ...missingOf(rule, headFields, []),
    ...missingOf(partOf(rule['scope']), scopeFields, ['scope']),
    ...(rule['when'] === undefined ? [] : missingOfCondition(partOf(rule['when']), ['when'])),
    ...partsOf(rule['except']).flatMap((condition, i) => missingOfCondition(condition, ['except', i])),
    ...(actions.length === 0 ? ['actions'] : []),
    ...actions.flatMap((action, i) =>
      missingOf(action, actionFields[String(action['do'])] ?? [], ['actions', i]),
    ),
  ];
}

function missingOfCondition(condition: Part, path: Path): string[] {
  const kind = kindOf(condition);
  const inner = innerOf(condition);
  if (kind === 'not') return missingOfCondition(inner[0]!, [...path, 'not']);
  if (kind === 'all' || kind === 'any')
    return inner.length === 0
      ? [pathText([...path, kind])]
      : inner.flatMap((each, i) => missingOfCondition(each, [...path, kind, i]));
  return missingOf(condition, testFields[kind] ?? [], path);
}

function missingOf(part: Part, fields: readonly RuleField[], path: Path): string[] {
  return fields
    .filter(({ name, isRequired }) => isRequired && isEmpty(part[name]))
    .map(({ name }) => pathText([...path, name]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
