/** The tests that look into texts: words with counts, and numbers with check digits. */
import { type Answer, no, unknown } from './answer.ts';
import { type MailView, type Place, placeOf, type ViewedText } from './mail-view.ts';
import type { TestOf } from './rule-conditions.ts';
import { ruleLimits } from './rule-limits.ts';
import type { Lexicon } from './word-finder.ts';

export type Ask = (view: MailView) => Answer;

export interface TextTest {
  readonly ask: Ask;
  /** Without one of these words it is not true; null where it does not depend on words. */
  readonly words: readonly number[] | null;
}

export function wordsTest(test: TestOf<'text'>, at: string, lexicon: Lexicon): TextTest {
  const words = [...new Set(test.words.map((word) => lexicon.add(word, test.match !== 'anywhere')))];
  const atLeast = test.atLeast ?? 1;
  return {
    words,
    ask: (view) => judged(new WordCount(view, words, test.counting === 'words'), test, atLeast, at),
  };
}

export function numbersTest(test: TestOf<'numbers'>, at: string): TextTest {
  const kinds = new Set(test.kinds);
  const atLeast = test.atLeast ?? 1;
  return { words: null, ask: (view) => judged(new NumberCount(view, kinds), test, atLeast, at) };
}

interface Counting {
  readonly view: MailView;
  readonly count: number;
  readonly places: readonly Place[];
  look(text: ViewedText): void;
}

function judged(
  counting: Counting,
  { test, in: places }: TestOf<'text'> | TestOf<'numbers'>,
  atLeast: number,
  at: string,
): Answer {
  const missing: string[] = [];
  for (const place of places) {
    const texts = counting.view.texts(place);
    if (texts === null) missing.push(place);
    for (const text of texts ?? []) {
      if (text.fact.text === null || !text.fact.complete) missing.push(nameOf(text));
      if (text.fact.text !== null) counting.look(text);
    }
  }
  const { count, places: found } = counting;
  if (count >= atLeast) return { is: 'yes', reasons: [{ at, test, count, places: found }] };
  return missing.length > 0 ? unknown(...missing) : no;
}

function nameOf({ place, fact }: ViewedText): string {
  return fact.part === '' ? place : `${place} ${fact.part}`;
}

class WordCount implements Counting {
  readonly view: MailView;
  readonly #words: readonly number[];
  readonly #distinct: Set<number> | null;
  readonly places: Place[] = [];
  #occurrences = 0;

  constructor(view: MailView, words: readonly number[], distinct: boolean) {
    this.view = view;
    this.#words = words;
    this.#distinct = distinct ? new Set() : null;
  }

  get count(): number {
    return this.#distinct?.size ?? this.#occurrences;
  }

  look(text: ViewedText): void {
    const hits = this.view.words(text);
    if (hits.size === 0) return;
    for (const word of this.#words) {
      const hit = hits.get(word);
      if (!hit) continue;
      this.#distinct?.add(word);
      this.#occurrences += hit.count;
      this.places.push(...hit.places.slice(0, ruleLimits.maxPlacesPerReason - this.places.length));
    }
  }
}

/** The same number twice counts once. */
class NumberCount implements Counting {
  readonly view: MailView;
  readonly #kinds: ReadonlySet<string>;
  readonly #numbers = new Set<string>();
  readonly places: Place[] = [];

  constructor(view: MailView, kinds: ReadonlySet<string>) {
    this.view = view;
    this.#kinds = kinds;
  }

  get count(): number {
    return this.#numbers.size;
  }

  look(text: ViewedText): void {
    for (const { kind, number, start, end } of this.view.numbers(text)) {
      if (!this.#kinds.has(kind)) continue;
      this.#numbers.add(number);
      if (this.places.length < ruleLimits.maxPlacesPerReason) this.places.push(placeOf(text, start, end));
    }
  }
}
