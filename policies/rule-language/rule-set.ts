/** The rules in force, ready to judge mails: those are asked that a mail may concern (`rule-index.ts`). */
import type { Uuid } from '../../services/domain/values.ts';
import { compileRule } from './compile-rule.ts';
import { MailView } from './mail-view.ts';
import type { Rule } from './rule.ts';
import { type RosterList, type RuleFacts, rosterLists } from './rule-facts.ts';
import { RuleIndex } from './rule-index.ts';
import { ruleLimits } from './rule-limits.ts';
import { type Member, partOf } from './rule-part.ts';
import type { ScopeTest } from './scope.ts';
import { combine, type Verdict } from './verdict.ts';
import { type WantedTexts, wantedBy } from './wanted-texts.ts';
import { Lexicon, type WordFinder } from './word-finder.ts';

export interface PublishedRule {
  readonly id: Uuid;
  readonly version: number;
  readonly rule: Rule;
}

/** A name in the scope of a rule. */
export interface ScopeName {
  readonly list: RosterList;
  readonly name: string;
}

/** All rules together have more words than can be looked for. */
export class LexiconFull extends Error {
  override readonly name = 'LexiconFull';
}

export class RuleSet {
  readonly wanted: WantedTexts;
  /** Whoever the scopes name, each once: what the roster of the facts is asked for. */
  readonly names: readonly ScopeName[];
  readonly #members: readonly Member[];
  readonly #index: RuleIndex;
  readonly #finder: WordFinder;

  /** Throws `LexiconFull`. */
  constructor(rules: readonly PublishedRule[]) {
    this.#members = membersOf(rules);
    this.#finder = finderOf(this.#members);
    this.#index = new RuleIndex(this.#members);
    this.wanted = wantedBy(this.#members);
    this.names = namesIn(rules);
  }

  get size(): number {
    return this.#members.length;
  }

  judge(facts: RuleFacts): Verdict {
    const view = new MailView(facts, this.#finder);
    const parts = this.#index.candidates(view).flatMap((rule) => partOf(this.#members[rule]!, view) ?? []);
    return combine(parts, facts.recipients.length);
  }
}

/** Scopes that say the same are one, so that a mail is held against it once. */
function membersOf(rules: readonly PublishedRule[]): Member[] {
  const scopes = new Map<string, ScopeTest>();
  return rules.map(({ id, version, rule }) => {
    const compiled = compileRule(rule);
    const scope = scopes.get(compiled.scope.key) ?? compiled.scope;
    scopes.set(scope.key, scope);
    return { ...compiled, scope, id, version };
  });
}

function finderOf(members: readonly Member[]): WordFinder {
  const lexicon = new Lexicon();
  for (const { words } of members) for (const word of words) lexicon.add(word);
  if (lexicon.characters > ruleLimits.maxLexiconCharacters)
    throw new LexiconFull('the rules have too many words');
  return lexicon.finder();
}

function namesIn(rules: readonly PublishedRule[]): ScopeName[] {
  const names = new Map<string, ScopeName>();
  for (const { rule } of rules) {
    for (const list of rosterLists) {
      for (const name of rule.scope[list] ?? []) names.set(`${list} ${name}`, { list, name });
    }
  }
  return [...names.values()];
}
