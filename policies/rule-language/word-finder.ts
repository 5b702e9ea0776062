/**
 * Finds all words of all rules in one pass over a text (Aho and Corasick, 1975), with time linear in the text. The
 * automaton's steps stand in one hash table. Of the states nearest to the beginning, where most of a text is passed, all
 * steps stand in a table of rows, so that a unit costs two look-ups.
 */
import { isSpaceless, type NormalText, normalString } from './normal-text.ts';

/** Told of each find: key of the word, and its units [start, end) of the normal text. */
export type OnWord = (key: string, start: number, end: number) => void;

export interface LexiconWord {
  /** The same for words that are found at the same places. */
  readonly key: string;
  readonly normal: string;
  /** It may not stand inside a longer word. */
  readonly whole: boolean;
}

/** The same words stand in many rules: each is one object as long as any of them is kept. */
const sharedWords = new Map<string, WeakRef<LexiconWord>>();
const unused = new FinalizationRegistry<string>((name) => {
  if (sharedWords.get(name)?.deref() === undefined) sharedWords.delete(name);
});

export function lexiconWord(word: string, whole: boolean): LexiconWord {
  const name = `${whole ? 'whole' : 'anywhere'}:${word}`;
  const shared = sharedWords.get(name)?.deref();
  if (shared) return shared;
  const normal = normalString(word);
  const made = { key: `${whole ? 'whole' : 'anywhere'}:${normal}`, normal, whole };
  sharedWords.set(name, new WeakRef(made));
  unused.register(made, name);
  return made;
}

/** Words, each once, for building a finder. */
export class Lexicon {
  readonly #words = new Map<string, LexiconWord>();
  characters = 0;

  add(word: LexiconWord): void {
    if (this.#words.has(word.key)) return;
    this.#words.set(word.key, word);
    this.characters += word.normal.length;
  }

  finder(): WordFinder {
    return new WordFinder([...this.#words.values()], this.characters);
  }
}

const none = -1;
/** Steps in the table of rows: 4 octets each. */
const maxRowSteps = 1 << 20;

export class WordFinder {
  readonly #steps: StepTable;
  /** From the beginning: the state behind each unit, 0 where no word begins with it. */
  readonly #first = new Int32Array(0x10000);
  /** By unit: its column in the table of rows; 0 for those of no word. */
  readonly #columns = new Uint16Array(0x10000);
  /** A row has two to the power of this columns. */
  readonly #rowBits: number;
  /** `(state << rowBits) + column` -> state, for the states below `rows`. */
  readonly #rowSteps: Int32Array;
  readonly #rows: number;
  readonly #failure: Int32Array;
  /** The next state on the way of failures, itself included, at which a word ends. */
  readonly #report: Int32Array;
  readonly #wordsAt: (number[] | undefined)[] = [];
  readonly #words: readonly LexiconWord[];

  constructor(words: readonly LexiconWord[], characters: number) {
    this.#steps = new StepTable(characters);
    this.#words = words;
    const states = this.#plant(words);
    this.#rowBits = 32 - Math.clz32(this.#nameColumns(words));
    this.#rows = Math.min(states, maxRowSteps >> this.#rowBits);
    this.#rowSteps = new Int32Array(this.#rows << this.#rowBits);
    this.#failure = new Int32Array(states);
    this.#report = new Int32Array(states).fill(none);
    this.#link(states);
  }

  find({ units, length }: NormalText, onWord: OnWord): void {
    const columns = this.#columns;
    const rowSteps = this.#rowSteps;
    const report = this.#report;
    const rowBits = this.#rowBits;
    const rows = this.#rows;
    let state = 0;
    for (let at = 0; at < length; at++) {
      const unit = units[at]!;
      state = state < rows ? rowSteps[(state << rowBits) + columns[unit]!]! : this.#next(state, unit);
      if (report[state] !== none) this.#tell(state, at + 1, units, length, onWord);
    }
  }

  #next(from: number, unit: number): number {
    for (let state = from; state !== 0; state = this.#failure[state]!) {
      const next = this.#steps.get(state, unit);
      if (next !== 0) return next;
    }
    return this.#first[unit]!;
  }

  #tell(from: number, end: number, units: Uint16Array, length: number, onWord: OnWord): void {
    for (let state = this.#report[from]!; state !== none; state = this.#report[this.#failure[state]!]!) {
      for (const word of this.#wordsAt[state]!) {
        const { key, normal, whole } = this.#words[word]!;
        const start = end - normal.length;
        if (!whole || standsAlone(units, length, start, end)) onWord(key, start, end);
      }
    }
  }

  /** Words level by level, so that states are numbered by their distance from the beginning; how many there are. */
  #plant(words: readonly LexiconWord[]): number {
    let states = 1;
    const reached = new Int32Array(words.length);
    let open = [...words.keys()];
    for (let i = 0; open.length > 0; i++) {
      open = open.filter((word) => {
        const { normal } = words[word]!;
        if (i === normal.length) return this.#end(reached[word]!, word);
        reached[word] = this.#stepTo(reached[word]!, normal.charCodeAt(i), states);
        if (reached[word] === states) states++;
        return true;
      });
    }
    return states;
  }

  /** The word ends there: nothing of it is left to plant. */
  #end(state: number, word: number): false {
    const ending = this.#wordsAt[state] ?? [];
    this.#wordsAt[state] = ending;
    ending.push(word);
    return false;
  }

  /** The state behind a unit: the known one, or this new one. */
  #stepTo(state: number, unit: number, fresh: number): number {
    const known = state === 0 ? this.#first[unit]! : this.#steps.get(state, unit);
    if (known !== 0) return known;
    if (state === 0) this.#first[unit] = fresh;
    else this.#steps.set(state, unit, fresh);
    return fresh;
  }

  #nameColumns(words: readonly LexiconWord[]): number {
    let columns = 0;
    for (const { normal } of words) {
      for (let i = 0; i < normal.length; i++) {
        const unit = normal.charCodeAt(i);
        if (this.#columns[unit] === 0) this.#columns[unit] = ++columns;
      }
    }
    return columns;
  }

  /** By rising numbers: the failure of a state is nearer to the beginning, and is known before it. */
  #link(states: number): void {
    const edges = this.#steps.edgesByState(states);
    for (const [unit, to] of this.#first.entries()) if (to !== 0) this.#rowSteps[this.#columns[unit]!] = to;
    for (let state = 1; state < states; state++) {
      const failure = this.#failure[state]!;
      this.#report[state] = this.#wordsAt[state] ? state : failure === 0 ? none : this.#report[failure]!;
      this.#fillRow(state, edges[state] ?? []);
      for (const { unit, to } of edges[state] ?? []) this.#failure[to] = this.#next(failure, unit);
    }
  }

  /** What no word goes on with goes on as from the failure. */
  #fillRow(state: number, edges: readonly Edge[]): void {
    if (state >= this.#rows) return;
    const bits = this.#rowBits;
    const failure = this.#failure[state]!;
    this.#rowSteps.copyWithin(state << bits, failure << bits, (failure + 1) << bits);
    for (const { unit, to } of edges) this.#rowSteps[(state << bits) + this.#columns[unit]!] = to;
  }
}

/** Letters and digits right before or behind would make it part of a longer word, in scripts that have spaces. */
function standsAlone(units: Uint16Array, length: number, start: number, end: number): boolean {
  const joinsBefore = start > 0 && isWordUnit(units[start - 1]!) && isWordUnit(units[start]!);
  const joinsBehind = end < length && isWordUnit(units[end]!) && isWordUnit(units[end - 1]!);
  return !joinsBefore && !joinsBehind;
}

/** Thai, Lao, Khmer and Burmese have no spaces between words either. */
const spaceless = /[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const letter = /[\p{L}\p{N}\p{M}]/u;

function isWordUnit(unit: number): boolean {
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
  if (isSpaceless(unit)) return false;
  const character = String.fromCharCode(unit);
  return letter.test(character) && !spaceless.test(character);
}

interface Edge {
  readonly unit: number;
  readonly to: number;
}

/** (state, unit) -> state, in open addressing. */
class StepTable {
  readonly #mask: number;
  readonly #states: Int32Array;
  readonly #units: Uint16Array;
  readonly #next: Int32Array;

  /** `most` steps at most. */
  constructor(most: number) {
    const slots = 1 << Math.max(4, 32 - Math.clz32(most * 2));
    this.#mask = slots - 1;
    this.#states = new Int32Array(slots);
    this.#units = new Uint16Array(slots);
    this.#next = new Int32Array(slots);
  }

  get(state: number, unit: number): number {
    return this.#next[this.#slot(state, unit)]!;
  }

  set(state: number, unit: number, next: number): void {
    const slot = this.#slot(state, unit);
    this.#states[slot] = state;
    this.#units[slot] = unit;
    this.#next[slot] = next;
  }

  edgesByState(states: number): (Edge[] | undefined)[] {
    const edges: (Edge[] | undefined)[] = new Array(states);
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#next[slot] === 0) continue;
      const from = edges[this.#states[slot]!] ?? [];
      edges[this.#states[slot]!] = from;
      from.push({ unit: this.#units[slot]!, to: this.#next[slot]! });
    }
    return edges;
  }

  /** Where it stands, or the empty slot where it would. */
  #slot(state: number, unit: number): number {
    let slot = (Math.imul(state, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)) >>> 7;
    for (slot &= this.#mask; this.#next[slot] !== 0; slot = (slot + 1) & this.#mask) {
      if (this.#states[slot] === state && this.#units[slot] === unit) break;
    }
    return slot;
  }
}
