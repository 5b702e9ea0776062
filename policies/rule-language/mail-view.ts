/**
 * One mail as conditions look at it. What several rules ask for is worked out once, when the first one asks: the
 * normal form of a text, the words in it, the numbers in it, addresses in the form in which they are compared, whom a
 * scope concerns.
 */
import { comparedAddress } from './address-pattern.ts';
import { type NormalText, normalText } from './normal-text.ts';
import { type FoundNumber, findNumbers } from './number-finder.ts';
import type { AddressField } from './rule-conditions.ts';
import type { FactText, RuleFacts } from './rule-facts.ts';
import { ruleLimits } from './rule-limits.ts';
import type { Concerned, ScopeTest } from './scope.ts';
import type { WordFinder } from './word-finder.ts';

/** Where something was found, for highlighting: UTF-16 units [start, end) of that text of the facts. */
export interface Place {
  /** As the rule names it. */
  readonly in: string;
  /** IMAP part number; empty where the text is no part. */
  readonly part: string;
  readonly start: number;
  readonly end: number;
  /** What stands there. */
  readonly found: string;
}

/** Where a word stands in a text. */
export class WordHits {
  count = 0;
  readonly #text: ViewedText;
  /** Start and end of the first ones, in the normal text. */
  readonly #units: number[] = [];
  #places: readonly Place[] | null = null;

  constructor(text: ViewedText) {
    this.#text = text;
  }

  add(start: number, end: number): void {
    if (this.count++ < ruleLimits.maxPlacesPerReason) this.#units.push(start, end);
  }

  /** The first ones; worked out when the first rule wants them. */
  get places(): readonly Place[] {
    this.#places ??= Array.from({ length: this.#units.length / 2 }, (_, i) =>
      placeOf(this.#text, this.#units[2 * i]!, this.#units[2 * i + 1]!),
    );
    return this.#places;
  }
}

/** A text, and what has been found in it so far. */
export interface ViewedText {
  /** As the rule names the place that it stands in. */
  readonly place: string;
  readonly fact: FactText;
  normal: NormalText | null;
  words: ReadonlyMap<string, WordHits> | null;
  numbers: readonly FoundNumber[] | null;
}

/** A reason shows no more of what was found. */
const maxFoundCharacters = 100;

export class MailView {
  readonly facts: RuleFacts;
  readonly #finder: WordFinder;
  readonly #texts = new Map<string, readonly ViewedText[] | null>();
  readonly #addresses = new Map<AddressField, readonly string[]>();
  readonly #concerned = new Map<ScopeTest, Concerned>();

  constructor(facts: RuleFacts, finder: WordFinder) {
    this.facts = facts;
    this.#finder = finder;
  }

  /** Texts of a place of a rule; null where nobody read them. */
  texts(place: string): readonly ViewedText[] | null {
    let texts = this.#texts.get(place);
    if (texts === undefined) {
      texts =
        textsAt(this.facts, place)?.map((fact) => ({
          place,
          fact,
          normal: null,
          words: null,
          numbers: null,
        })) ?? null;
      this.#texts.set(place, texts);
    }
    return texts;
  }

  /** Words of the finder's in a text, by key. */
  words(text: ViewedText): ReadonlyMap<string, WordHits> {
    text.words ??= this.#find(text);
    return text.words;
  }

  numbers(text: ViewedText): readonly FoundNumber[] {
    text.numbers ??= findNumbers(normalOf(text));
    return text.numbers;
  }

  addresses(field: AddressField): readonly string[] {
    let addresses = this.#addresses.get(field);
    if (addresses === undefined) {
      addresses = addressesOf(this.facts, field).map(comparedForm);
      this.#addresses.set(field, addresses);
    }
    return addresses;
  }

  /** Whom a scope concerns. */
  concerned(scope: ScopeTest): Concerned {
    let concerned = this.#concerned.get(scope);
    if (concerned === undefined) {
      concerned = scope.concerned(this.facts);
      this.#concerned.set(scope, concerned);
    }
    return concerned;
  }

  #find(text: ViewedText): ReadonlyMap<string, WordHits> {
    const found = new Map<string, WordHits>();
    this.#finder.find(normalOf(text), (key, start, end) => {
      let hits = found.get(key);
      if (hits === undefined) {
        hits = new WordHits(text);
        found.set(key, hits);
      }
      hits.add(start, end);
    });
    return found;
  }
}

/** A place in the normal form as one in the text as given. */
export function placeOf({ place, fact, normal }: ViewedText, start: number, end: number): Place {
  const { origins, length } = normal!;
  const from = origins.of(start);
  // A character that became several ends where the next one begins.
  let behind = end;
  const last = origins.of(end - 1);
  while (behind < length && origins.of(behind) === last) behind++;
  const to = Math.max(trimmedEnd(fact.text!, last, origins.of(behind)), last + 1);
  return {
    in: place,
    part: fact.part,
    start: from,
    end: to,
    found: fact.text!.slice(from, Math.min(to, from + maxFoundCharacters)),
  };
}

/** White space and what has no width behind the last character do not belong to it. */
function trimmedEnd(text: string, last: number, end: number): number {
  return last + text.slice(last, end).replace(/[\s\u00ad\u200b-\u200f\u2060-\u206f\ufeff]+$/u, '').length;
}

/** What is no address is like none, and other than all. */
function comparedForm(address: string): string {
  return comparedAddress(address) ?? address.toLowerCase();
}

function normalOf(text: ViewedText): NormalText {
  text.normal ??= normalText(text.fact.text ?? '');
  return text.normal;
}

/** Texts of a place as a rule names it; null where nobody read them. */
export function textsAt(facts: RuleFacts, place: string): readonly FactText[] | null {
  switch (place) {
    case 'subject':
      return [{ part: '', text: facts.subject, complete: facts.headerComplete }];
    case 'body':
      return facts.body;
    case 'attachments':
      return facts.attachmentTexts;
    case 'attachmentNames':
      if (facts.isOfRecord) return null;
      return facts.attachments.map(({ part, name }) => ({
        part,
        text: name,
        complete: facts.headerComplete,
      }));
    default:
      return headerTexts(facts, place.slice('header:'.length));
  }
}

function headerTexts({ headers }: RuleFacts, name: string): readonly FactText[] | null {
  if (headers === null) return null;
  const wanted = name.toLowerCase();
  const fields = headers.filter((header) => header.name.toLowerCase() === wanted);
  return fields.map(({ value }) => ({ part: '', text: value, complete: true }));
}

function addressesOf({ sender, recipients, addresses }: RuleFacts, field: AddressField): readonly string[] {
  if (field === 'envelopeSender') return sender.address === '' ? [] : [sender.address];
  if (field === 'envelopeRecipient') return recipients.map(({ address }) => address);
  return addresses[field];
}
