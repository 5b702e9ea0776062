/** A rule made ready to judge: conditions become functions, and keys by which it is found. */
import { type Answer, allOf, anyOf, notSo } from './answer.ts';
import { factTest } from './fact-tests.ts';
import type { MailView } from './mail-view.ts';
import { type Path, pathText } from './problem.ts';
import type { Rule } from './rule.ts';
import type { Disposition } from './rule-actions.ts';
import type { Condition, Test } from './rule-conditions.ts';
import { ScopeTest } from './scope.ts';
import { type Ask, numbersTest, type ReadyTest, wordsTest } from './text-tests.ts';
import { dispositionOfAll } from './verdict.ts';
import type { LexiconWord } from './word-finder.ts';

export interface CompiledRule {
  readonly rule: Rule;
  readonly scope: ScopeTest;
  readonly ask: Ask;
  /** Of a mail that shows none of these (`rule-keys.ts`) the rule is not true; null where that cannot be said. */
  readonly keys: readonly string[] | null;
  readonly words: readonly LexiconWord[];
  /** All tests, those of exceptions too. */
  readonly tests: readonly Test[];
  readonly disposition: Disposition;
  /** Its hold is about external recipients alone. */
  readonly isExternalOnly: boolean;
}

/** A rule does not change: what was made of it is kept as long as it is, so that a new set compiles what is new. */
const compiledRules = new WeakMap<Rule, CompiledRule>();

export function compileRule(rule: Rule): CompiledRule {
  const known = compiledRules.get(rule) ?? madeReady(rule);
  compiledRules.set(rule, known);
  return known;
}

function madeReady(rule: Rule): CompiledRule {
  const when = rule.when === undefined ? null : compiled(rule.when, ['when']);
  const except = (rule.except ?? []).map((condition, i) => compiled(condition, ['except', i]));
  return {
    rule,
    scope: new ScopeTest(rule.scope),
    ask: asking(when, except),
    keys: when?.keys ?? null,
    words: [...(when?.words ?? []), ...wordsOf(except)],
    tests: [...testsOf(rule)],
    disposition: dispositionOfAll(rule.actions),
    isExternalOnly: rule.actions.some(
      (action) => action.do === 'holdForApproval' && action.hold === 'external',
    ),
  };
}

/** Exceptions are asked where the rest is true: they cost nothing otherwise. */
function asking(when: ReadyTest | null, except: readonly ReadyTest[]): Ask {
  return (view) => {
    const main: Answer = when === null ? { is: 'yes', reasons: [] } : when.ask(view);
    if (main.is === 'no' || except.length === 0) return main;
    const excepted = anyOf(except.map(({ ask }) => ask(view)));
    if (excepted.is === 'yes') return { is: 'no' };
    return allOf([main, excepted.is === 'no' ? { is: 'yes', reasons: [] } : excepted]);
  };
}

function compiled(condition: Condition, path: Path): ReadyTest {
  const at = pathText(path);
  if ('all' in condition) {
    const parts = condition.all.map((part, i) => compiled(part, [...path, 'all', i]));
    return { ask: (view) => allOf(answers(parts, view)), keys: fewest(parts), words: wordsOf(parts) };
  }
  if ('any' in condition) {
    const parts = condition.any.map((part, i) => compiled(part, [...path, 'any', i]));
    return { ask: (view) => anyOf(answers(parts, view)), keys: together(parts), words: wordsOf(parts) };
  }
  if ('not' in condition) {
    const { ask, words } = compiled(condition.not, [...path, 'not']);
    return { ask: (view) => notSo(ask(view), at), keys: null, words };
  }
  if (condition.test === 'text') return wordsTest(condition, at);
  return condition.test === 'numbers' ? numbersTest(condition, at) : factTest(condition, at);
}

function* answers(parts: readonly ReadyTest[], view: MailView): Generator<Answer> {
  for (const { ask } of parts) yield ask(view);
}

function wordsOf(parts: readonly ReadyTest[]): LexiconWord[] {
  return parts.flatMap(({ words }) => words);
}

/** Every part has to be true: a mail must show keys of any of them. */
function fewest(parts: readonly ReadyTest[]): readonly string[] | null {
  return parts.reduce<readonly string[] | null>(
    (best, { keys }) => (keys !== null && (best === null || keys.length < best.length) ? keys : best),
    null,
  );
}

/** One part is enough: a mail must show keys of one of them, if all have some. */
function together(parts: readonly ReadyTest[]): readonly string[] | null {
  return parts.some(({ keys }) => keys === null)
    ? null
    : [...new Set(parts.flatMap(({ keys }) => keys ?? []))];
}

function* testsOf({ when, except }: Rule): Generator<Test> {
  const open: Condition[] = [...(when === undefined ? [] : [when]), ...(except ?? [])];
  for (let condition = open.pop(); condition !== undefined; condition = open.pop()) {
    if ('all' in condition) open.push(...condition.all);
    else if ('any' in condition) open.push(...condition.any);
    else if ('not' in condition) open.push(condition.not);
    else yield condition;
  }
}
