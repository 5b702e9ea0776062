/**
 * Compares an event with its declaration in the catalogue, member by member. For tests of what is emitted and
 * for readers that verify a log: a clear member of the wrong kind is how a name or an address would slip into
 * the part that is never encrypted.
 */
import { eventTypeOf } from './catalogue.ts';
import type { DraftEvent, JsonValue } from './event.ts';
import { uuidPattern } from './values.ts';

type Check = (value: JsonValue) => boolean;

const isInteger: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value);
const isUuid: Check = (value) => matches(uuidPattern, value);
const isTag: Check = (value) => matches(/^[0-9a-f]{32}$/, value);
const isBase64: Check = (value) => matches(/^[A-Za-z0-9+/]{16,512}={0,2}$/, value);

const checks: Readonly<Record<string, Check>> = {
  integer: isInteger,
  boolean: (value) => typeof value === 'boolean',
  uuid: isUuid,
  time: (value) => isInteger(value) && (value as number) >= 0,
  digest: (value) => matches(/^(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/, value),
  tag: isTag,
  signature: isBase64,
  publicKey: isBase64,
  integers: (value) => isListOf(value, isInteger),
  uuids: (value) => isListOf(value, isUuid),
  tags: (value) => isListOf(value, isTag),
  ranges: areRanges,
};

/** Is that a kind of clear member at all? A kind outside this list could be a free string. */
export function isClearKind(kind: string): boolean {
  const base = kind.endsWith('?') ? kind.slice(0, -1) : kind;
  return Object.hasOwn(checks, base) || /^oneOf:[A-Za-z0-9-]+(?:\|[A-Za-z0-9-]+)*$/.test(base);
}

/** What is wrong with an event of a stream of that category; empty when nothing is. */
export function checkDraft(category: string, { type, version, data, personal }: DraftEvent): string[] {
  const declared = eventTypeOf(category, type);
  if (!declared) return [`${category}: there is no event ${type}`];
  const problems: string[] = [];
  if (version !== declared.version)
    problems.push(`${type}: version ${version}, declared ${declared.version}`);
  for (const member of unlike(Object.keys(data), Object.keys(declared.clear))) {
    problems.push(`${type}: clear member ${member} is declared or present only`);
  }
  for (const [member, kind] of Object.entries(declared.clear)) {
    const value = data[member];
    if (value !== undefined && !fits(kind, value)) problems.push(`${type}: ${member} is not ${kind}`);
  }
  for (const member of unlike(Object.keys(personal ?? {}), Object.keys(declared.personal ?? {}))) {
    problems.push(`${type}: personal member ${member} is declared or present only`);
  }
  return problems;
}

function fits(kind: string, value: JsonValue): boolean {
  if (kind.endsWith('?')) return value === null || fits(kind.slice(0, -1), value);
  if (kind.startsWith('oneOf:')) return typeof value === 'string' && kind.slice(6).split('|').includes(value);
  return checks[kind]?.(value) ?? false;
}

function matches(pattern: RegExp, value: JsonValue): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isListOf(value: JsonValue, check: Check): boolean {
  return Array.isArray(value) && value.every(check);
}

/** Flat inclusive pairs, ascending and apart. */
function areRanges(value: JsonValue): boolean {
  if (!isListOf(value, isInteger)) return false;
  const numbers = value as readonly number[];
  return (
    numbers.length % 2 === 0 &&
    numbers.every((n, i) => i === 0 || (i % 2 ? n >= numbers[i - 1]! : n > numbers[i - 1]!))
  );
}

function unlike(a: readonly string[], b: readonly string[]): string[] {
  return [...a.filter((name) => !b.includes(name)), ...b.filter((name) => !a.includes(name))];
}
