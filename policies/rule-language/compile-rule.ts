/** A rule made ready to judge: conditions become functions, words become numbers of a lexicon that all rules share. */
import { type Answer, allOf, anyOf, notSo } from './answer.ts';
import { factTest } from './fact-tests.ts';
import type { MailView } from './mail-view.ts';
import { type Path, pathText } from './problem.ts';
import type { Rule } from './rule.ts';
import type { Condition } from './rule-conditions.ts';
import { ScopeTest } from './scope.ts';
import { type Ask, numbersTest, type TextTest, wordsTest } from './text-tests.ts';
import type { Lexicon } from './word-finder.ts';

export interface CompiledRule {
  readonly rule: Rule;
  readonly scope: ScopeTest;
  readonly ask: Ask;
  /** Where none of these words stands, the rule is not true; null where that cannot be said. */
  readonly words: readonly number[] | null;
}

export function compileRule(rule: Rule, lexicon: Lexicon): CompiledRule {
  const when = rule.when === undefined ? null : compiled(rule.when, ['when'], lexicon);
  const except = (rule.except ?? []).map((condition, i) => compiled(condition, ['except', i], lexicon));
  return { rule, scope: new ScopeTest(rule.scope), ask: asking(when, except), words: when?.words ?? null };
}

/** Exceptions are asked where the rest is true: they cost nothing otherwise. */
function asking(when: TextTest | null, except: readonly TextTest[]): Ask {
  return (view) => {
    const main: Answer = when === null ? { is: 'yes', reasons: [] } : when.ask(view);
    if (main.is === 'no' || except.length === 0) return main;
    const excepted = anyOf(except.map(({ ask }) => ask(view)));
    if (excepted.is === 'yes') return { is: 'no' };
    return allOf([main, excepted.is === 'no' ? { is: 'yes', reasons: [] } : excepted]);
  };
}

function compiled(condition: Condition, path: Path, lexicon: Lexicon): TextTest {
  const at = pathText(path);
  if ('all' in condition) {
    const parts = condition.all.map((part, i) => compiled(part, [...path, 'all', i], lexicon));
    return { ask: (view) => allOf(answers(parts, view)), words: fewest(parts.map(({ words }) => words)) };
  }
  if ('any' in condition) {
    const parts = condition.any.map((part, i) => compiled(part, [...path, 'any', i], lexicon));
    return { ask: (view) => anyOf(answers(parts, view)), words: together(parts.map(({ words }) => words)) };
  }
  if ('not' in condition) {
    const { ask } = compiled(condition.not, [...path, 'not'], lexicon);
    return { ask: (view) => notSo(ask(view), at), words: null };
  }
  if (condition.test === 'text') return wordsTest(condition, at, lexicon);
  if (condition.test === 'numbers') return numbersTest(condition, at);
  return { ask: factTest(condition, at), words: null };
}

function* answers(parts: readonly TextTest[], view: MailView): Generator<Answer> {
  for (const { ask } of parts) yield ask(view);
}

type Words = readonly number[] | null;

/** Every part has to be true: the words of any of them must be there. */
function fewest(lists: readonly Words[]): Words {
  return lists.reduce(
    (best, words) => (words !== null && (best === null || words.length < best.length) ? words : best),
    null,
  );
}

/** One part is enough: words of one of them must be there, if all have some. */
function together(lists: readonly Words[]): Words {
  return lists.includes(null) ? null : [...new Set(lists.flatMap((words) => words ?? []))];
}
