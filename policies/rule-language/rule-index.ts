/**
 * Which rules a mail may concern, found by what it shows instead of asking each: its words, its addresses, its header
 * fields. Rules that have no such key are asked where their scope concerns the mail. Whatever is left out would have
 * said nothing.
 */
import { patternsOver } from './address-pattern.ts';
import type { MailView } from './mail-view.ts';
import { addressFields } from './rule-conditions.ts';
import { addressKey, headerKey } from './rule-keys.ts';
import type { Member } from './rule-part.ts';
import type { ScopeTest } from './scope.ts';
import { placesOf } from './wanted-texts.ts';

/** Rules by something; numbers are their places in the set. */
type RulesBy<K> = Map<K, number[]>;

export class RuleIndex {
  readonly #size: number;
  readonly #byKey: RulesBy<string> = new Map();
  /** Those without keys. */
  readonly #byScope: RulesBy<ScopeTest> = new Map();
  /** Those that look there: where a text cannot be read, each of them has to say so. */
  readonly #byPlace: RulesBy<string> = new Map();

  constructor(members: readonly Member[]) {
    this.#size = members.length;
    for (const [rule, member] of members.entries()) {
      if (member.keys === null) under(this.#byScope, member.scope).push(rule);
      for (const key of member.keys ?? []) under(this.#byKey, key).push(rule);
      if (member.keys !== null) for (const place of placesOf(member)) under(this.#byPlace, place).push(rule);
    }
  }

  /** Numbers of the rules that have to be asked, rising. */
  candidates(view: MailView): number[] {
    const { headerComplete, isOfRecord } = view.facts;
    if (!headerComplete || isOfRecord) return Array.from({ length: this.#size }, (_, rule) => rule);
    const marks = new Marks(this.#size);
    this.#mark(marks, view);
    return marks.rising();
  }

  #mark(marks: Marks, view: MailView): void {
    for (const [scope, rules] of this.#byScope) if (mayConcern(view, scope)) marks.add(rules);
    for (const [place, rules] of this.#byPlace) if (!this.#markWords(marks, view, place)) marks.add(rules);
    for (const key of shownBeside(view)) marks.add(this.#byKey.get(key));
  }

  /** False where not all of that place could be read. */
  #markWords(marks: Marks, view: MailView, place: string): boolean {
    const texts = view.texts(place);
    for (const text of texts ?? [])
      for (const key of view.words(text).keys()) marks.add(this.#byKey.get(key));
    return texts?.every(({ fact }) => fact.text !== null && fact.complete) ?? false;
  }
}

function under<K>(map: RulesBy<K>, key: K): number[] {
  const rules = map.get(key) ?? [];
  map.set(key, rules);
  return rules;
}

/** Rules that are found, each once. */
class Marks {
  readonly #isMarked: Uint8Array;
  readonly #rules: number[] = [];

  constructor(size: number) {
    this.#isMarked = new Uint8Array(size);
  }

  add(rules: readonly number[] = []): void {
    for (const rule of rules) {
      if (this.#isMarked[rule] === 0) this.#rules.push(rule);
      this.#isMarked[rule] = 1;
    }
  }

  rising(): number[] {
    return this.#rules.sort((a, b) => a - b);
  }
}

/** A rule that breaks over its scope says so when it is asked. */
function mayConcern(view: MailView, scope: ScopeTest): boolean {
  try {
    const { recipients, missing } = view.concerned(scope);
    return recipients.length > 0 || missing.length > 0;
  } catch {
    return true;
  }
}

/** Keys beside those of words. */
function* shownBeside(view: MailView): Generator<string> {
  for (const { name } of view.facts.headers ?? []) yield headerKey(name);
  for (const field of addressFields) {
    for (const address of view.addresses(field))
      for (const pattern of patternsOver(address)) yield addressKey(field, pattern);
  }
}
