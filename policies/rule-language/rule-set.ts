/**
 * The rules in force, ready to judge mails: the words of all of them in one finder, and rules that depend on words
 * asked only where one of their words stands.
 */
import type { Uuid } from '../../services/domain/values.ts';
import { type CompiledRule, compileRule } from './compile-rule.ts';
import { MailView } from './mail-view.ts';
import type { Rule } from './rule.ts';
import type { Condition, Test } from './rule-conditions.ts';
import { type RosterList, type RuleFacts, rosterLists } from './rule-facts.ts';
import { ruleLimits } from './rule-limits.ts';
import { combine, dispositionOfAll, type Verdict, type VerdictPart } from './verdict.ts';
import { Lexicon, type WordFinder } from './word-finder.ts';

export interface PublishedRule {
  readonly id: Uuid;
  readonly version: number;
  readonly rule: Rule;
}

/** What of a mail the rules look at beside its facts: reading it costs time. */
export interface WantedTexts {
  readonly body: boolean;
  readonly attachments: boolean;
  readonly attachmentTypes: boolean;
  /** Of messages inside the mail; those of the mail itself are facts. */
  readonly attachmentNames: boolean;
  readonly protection: boolean;
  /** Names of header fields, in lower case. */
  readonly headers: readonly string[];
}

/** A name in the scope of a rule. */
export interface ScopeName {
  readonly list: RosterList;
  readonly name: string;
}

interface Member extends CompiledRule {
  readonly id: Uuid;
  readonly version: number;
  readonly places: readonly string[];
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
  /** Rules that are asked whatever the mail says. */
  readonly #always: readonly number[];
  readonly #byWord = new Map<number, number[]>();
  /** Places at which any rule looks for words. */
  readonly #wordPlaces: ReadonlySet<string>;
  readonly #finder: WordFinder;

  /** Throws `LexiconFull`. */
  constructor(rules: readonly PublishedRule[]) {
    const lexicon = new Lexicon();
    this.#members = rules.map(({ id, version, rule }) => ({
      ...compileRule(rule, lexicon),
      id,
      version,
      places: placesOf(rule),
    }));
    if (lexicon.characters > ruleLimits.maxLexiconCharacters)
      throw new LexiconFull('the rules have too many words');
    this.#finder = lexicon.finder();
    const members = [...this.#members.entries()];
    this.#always = members.filter(([, { words }]) => words === null).map(([index]) => index);
    for (const [index, { words }] of members) for (const word of words ?? []) this.#under(word).push(index);
    this.#wordPlaces = new Set(this.#members.flatMap(({ words, places }) => (words === null ? [] : places)));
    this.wanted = wantedBy(rules);
    this.names = namesIn(rules);
  }

  get size(): number {
    return this.#members.length;
  }

  judge(facts: RuleFacts): Verdict {
    const view = new MailView(facts, this.#finder);
    const parts = this.#candidates(view).flatMap((index) => partOf(this.#members[index]!, view) ?? []);
    return combine(parts, facts.recipients.length);
  }

  #under(word: number): number[] {
    const rules = this.#byWord.get(word) ?? [];
    this.#byWord.set(word, rules);
    return rules;
  }

  /** Where a text could not be read, every rule that looks there has to say so. */
  #candidates(view: MailView): number[] {
    const asked = new Set(this.#always);
    const unread = new Set<string>();
    for (const place of this.#wordPlaces) {
      const texts = view.texts(place);
      if (texts === null || texts.some(({ fact }) => fact.text === null || !fact.complete)) unread.add(place);
      for (const text of texts ?? []) {
        for (const word of view.words(text).keys())
          for (const index of this.#byWord.get(word) ?? []) asked.add(index);
      }
    }
    if (unread.size > 0) {
      for (const [index, { places }] of this.#members.entries())
        if (places.some((place) => unread.has(place))) asked.add(index);
    }
    return [...asked].sort((a, b) => a - b);
  }
}

/** Null where the rule says nothing of this mail. */
function partOf(member: Member, view: MailView): VerdictPart | null {
  try {
    return judged(member, view);
  } catch {
    // Whatever it was, it is this rule's fault: the mail waits for a person, everything else goes on.
    return heldBy(member, 'failed', [...view.facts.recipients.keys()], []);
  }
}

function judged(member: Member, view: MailView): VerdictPart | null {
  const concerned = member.scope.concerned(view.facts);
  if (concerned.recipients.length === 0 && concerned.missing.length === 0) return null;
  const answer = member.ask(view);
  if (answer.is === 'no') return null;
  const missing = [...(answer.is === 'unknown' ? answer.missing : []), ...concerned.missing];
  const isDecided = answer.is === 'yes' && concerned.recipients.length > 0;
  if (!isDecided) {
    const all = [...view.facts.recipients.keys()];
    return heldBy(
      member,
      'undecidable',
      concerned.recipients.length > 0 ? concerned.recipients : all,
      missing,
    );
  }
  const { id, version, rule } = member;
  return {
    rule: id,
    version,
    name: rule.name,
    outcome: 'hit',
    actions: rule.actions,
    disposition: dispositionOfAll(rule.actions),
    recipients: aimed(rule, concerned.recipients, view),
    people: concerned.people,
    reasons: answer.reasons,
    missing: [],
  };
}

function heldBy(
  { id, version, rule }: Member,
  outcome: 'undecidable' | 'failed',
  recipients: readonly number[],
  missing: readonly string[],
): VerdictPart {
  const passes = outcome === 'undecidable' && rule.undecidable === 'deliver';
  return {
    rule: id,
    version,
    name: rule.name,
    outcome,
    actions: passes ? [] : rule.actions.filter((action) => action.do === 'holdForApproval'),
    disposition: passes ? 'deliver' : 'hold',
    recipients,
    people: [],
    reasons: [],
    missing: [...new Set(missing)],
  };
}

/** A hold may be about external recipients alone. */
function aimed({ actions }: Rule, recipients: readonly number[], { facts }: MailView): readonly number[] {
  const isExternalOnly = actions.some(
    (action) => action.do === 'holdForApproval' && action.hold === 'external',
  );
  return isExternalOnly
    ? recipients.filter((ordinal) => facts.recipients[ordinal]!.account === null)
    : recipients;
}

function placesOf(rule: Rule): string[] {
  return [...new Set([...testsOf(rule)].flatMap(textPlacesOf))];
}

function textPlacesOf(test: Test): readonly string[] {
  return test.test === 'text' || test.test === 'numbers' ? test.in : [];
}

function wantedBy(rules: readonly PublishedRule[]): WantedTexts {
  const tests = rules.flatMap(({ rule }) => [...testsOf(rule)]);
  const places = new Set(tests.flatMap(textPlacesOf));
  const inPlaces = [...places].filter((place) => place.startsWith('header:')).map((place) => place.slice(7));
  const asked = tests.flatMap((test) => (test.test === 'header' ? [test.name] : []));
  return {
    body: places.has('body'),
    attachments: places.has('attachments'),
    attachmentTypes: tests.some(({ test }) => test === 'attachmentType'),
    attachmentNames: places.has('attachmentNames') || tests.some(({ test }) => test === 'attachmentName'),
    protection: tests.some(({ test }) => test === 'protection'),
    headers: [...new Set([...inPlaces, ...asked].map((name) => name.toLowerCase()))],
  };
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

function* testsOf({ when, except }: Rule): Generator<Test> {
  const open: Condition[] = [...(when === undefined ? [] : [when]), ...(except ?? [])];
  for (let condition = open.pop(); condition !== undefined; condition = open.pop()) {
    if ('all' in condition) open.push(...condition.all);
    else if ('any' in condition) open.push(...condition.any);
    else if ('not' in condition) open.push(condition.not);
    else yield condition;
  }
}
