/**
 * The canonical text of a rule: JSON with its members in the schema's order, a list item per line, and lists whose
 * order says nothing sorted. So one word more is one line more in a diff, and the same rule has one digest.
 */
import { createHash } from 'node:crypto';
import { type Rule, ruleFrameSchema, sampleSchema, scopeSchema } from './rule.ts';
import { actionSchemas } from './rule-actions.ts';
import { conditionSchemas } from './rule-conditions.ts';

/** Lists in which the order decides nothing. */
const sets: ReadonlySet<string> = new Set([
  'words',
  'match',
  'in',
  'kinds',
  'names',
  'types',
  'otherThan',
  'results',
  'domains',
  'departments',
  'people',
  'groups',
  'to',
  'here',
]);

const memberOrder: ReadonlyMap<string, number> = new Map(
  [
    ruleFrameSchema,
    sampleSchema,
    sampleSchema.properties.mail,
    scopeSchema,
    ...Object.values(conditionSchemas),
    ...Object.values(actionSchemas),
  ]
    .flatMap(({ properties }) => Object.keys(properties))
    .map((name, place): [string, number] => [name, place])
    .reverse(),
);

export function ruleText(rule: Rule): string {
  return `${JSON.stringify(canonical(rule, ''), null, 2)}\n`;
}

/** Hex of SHA-256 of a canonical text. */
export function ruleDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function canonical(value: unknown, member: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, ''));
    return sets.has(member) ? [...new Set(items as string[])].sort(byCodePoints) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const ordered = members.sort(([a], [b]) => place(a) - place(b) || byCodePoints(a, b));
  return Object.fromEntries(ordered.map(([name, inner]) => [name, canonical(inner, name)]));
}

/** Names that a sample's headers bring come last. */
function place(name: string): number {
  return memberOrder.get(name) ?? memberOrder.size * 100;
}

/** The same on every machine, whatever its locale. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
