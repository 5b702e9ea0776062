/** The tests that look into texts: words with counts, and numbers with check digits. */
import { type Answer, no, unknown } from './answer.ts';
import { type MailView, type Place, placeOf, type ViewedText, type WordHits } from './mail-view.ts';
import type { TestOf } from './rule-conditions.ts';
import { ruleLimits } from './rule-limits.ts';
import { type LexiconWord, lexiconWord } from './word-finder.ts';

export type Ask = (view: MailView) => Answer;

/** A condition made ready to be asked. */
export interface ReadyTest {
  readonly ask: Ask;
  /** Of a mail that shows none of these (`rule-keys.ts`) it is not true; null where that cannot be said. */
  readonly keys: readonly string[] | null;
  /** All that it looks for. */
  readonly words: readonly LexiconWord[];
}

export function wordsTest(test: TestOf<'text'>, at: string): ReadyTest {
  const words = test.words.map((word) => lexiconWord(word, test.match !== 'anywhere'));
  const keys = [...new Set(words.map(({ key }) => key))];
  const atLeast = test.atLeast ?? 1;
  return {
    keys,
    words,
    ask: (view) => judged(new WordCount(view, keys, test.counting === 'words'), test, atLeast, at),
  };
}

export function numbersTest(test: TestOf<'numbers'>, at: string): ReadyTest {
  const kinds = new Set(test.kinds);
  const atLeast = test.atLeast ?? 1;
  return {
    keys: null,
    words: [],
    ask: (view) => judged(new NumberCount(view, kinds), test, atLeast, at),
  };
}

interface Counting {
  readonly view: MailView;
  readonly count: number;
  look(text: ViewedText): void;
  /** The first of them: asked only where the condition is true. */
  places(): readonly Place[];
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
  const { count } = counting;
  if (count >= atLeast) return { is: 'yes', reasons: [{ at, test, count, places: counting.places() }] };
  return missing.length > 0 ? unknown(...missing) : no;
}

function nameOf({ place, fact }: ViewedText): string {
  return fact.part === '' ? place : `${place} ${fact.part}`;
}

class WordCount implements Counting {
  readonly view: MailView;
  readonly #keys: readonly string[];
  readonly #isOfWords: boolean;
  readonly #found: { readonly key: string; readonly hits: WordHits }[] = [];

  constructor(view: MailView, keys: readonly string[], isOfWords: boolean) {
    this.view = view;
    this.#keys = keys;
    this.#isOfWords = isOfWords;
  }

  get count(): number {
    if (this.#isOfWords) return new Set(this.#found.map(({ key }) => key)).size;
    return this.#found.reduce((sum, { hits }) => sum + hits.count, 0);
  }

  look(text: ViewedText): void {
    const words = this.view.words(text);
    if (words.size === 0) return;
    for (const key of this.#keys) {
      const hits = words.get(key);
      if (hits) this.#found.push({ key, hits });
    }
  }

  places(): readonly Place[] {
    if (this.#found.length === 1) return this.#found[0]!.hits.places;
    return this.#found.flatMap(({ hits }) => hits.places).slice(0, ruleLimits.maxPlacesPerReason);
  }
}

/** The same number twice counts once. */
class NumberCount implements Counting {
  readonly view: MailView;
  readonly #kinds: ReadonlySet<string>;
  readonly #numbers = new Set<string>();
  readonly #places: Place[] = [];

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
      if (this.#places.length < ruleLimits.maxPlacesPerReason) this.#places.push(placeOf(text, start, end));
    }
  }

  places(): readonly Place[] {
    return this.#places;
  }
}
