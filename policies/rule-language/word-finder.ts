/**
 * Finds all words of all rules in one pass over a text (Aho and Corasick, 1975), with time linear in the text. The
 * automaton's steps stand in one hash table, and what no word begins with costs a single look-up.
 */
import { isSpaceless, type NormalText, normalString } from './normal-text.ts';

/** Told of each find: word, and its units [start, end) of the normal text. */
export type OnWord = (word: number, start: number, end: number) => void;

/** Words by number, for building a finder. */
export class Lexicon {
  readonly #numbers = new Map<string, number>();
  readonly #words: { readonly normal: string; readonly whole: boolean }[] = [];
  characters = 0;

  /** Number of a word; `whole`: it may not stand inside a longer one. */
  add(word: string, whole: boolean): number {
    const normal = normalString(word);
    const key = `${whole ? 'w' : 'a'}${normal}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#words.length);
    this.characters += normal.length;
    return this.#words.push({ normal, whole }) - 1;
  }

  finder(): WordFinder {
    return new WordFinder(this.#words, this.characters);
  }

  get size(): number {
    return this.#words.length;
  }
}

const none = -1;

export class WordFinder {
  readonly #steps: StepTable;
  /** From the beginning: the state behind each unit, 0 where no word begins with it. */
  readonly #first = new Int32Array(0x10000);
  readonly #failure: Int32Array;
  /** The next state on the way of failures, itself included, at which a word ends. */
  readonly #report: Int32Array;
  readonly #wordsAt: (number[] | undefined)[] = [];
  readonly #lengths: Int32Array;
  readonly #whole: Uint8Array;

  constructor(words: readonly { readonly normal: string; readonly whole: boolean }[], characters: number) {
    this.#steps = new StepTable(characters);
    this.#lengths = Int32Array.from(words, ({ normal }) => normal.length);
    this.#whole = Uint8Array.from(words, ({ whole }) => (whole ? 1 : 0));
    const beginnings: number[] = [];
    const states = this.#plant(words, beginnings);
    this.#failure = new Int32Array(states);
    this.#report = new Int32Array(states).fill(none);
    this.#link(states, beginnings);
  }

  find({ units, length }: NormalText, onWord: OnWord): void {
    let state = 0;
    for (let at = 0; at < length; at++) {
      const unit = units[at]!;
      state = state === 0 ? this.#first[unit]! : this.#next(state, unit);
      if (state !== 0 && this.#report[state] !== none) this.#tell(state, at + 1, units, length, onWord);
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
        const start = end - this.#lengths[word]!;
        if (this.#whole[word] === 0 || standsAlone(units, length, start, end)) onWord(word, start, end);
      }
    }
  }

  #plant(words: readonly { readonly normal: string }[], beginnings: number[]): number {
    let states = 1;
    for (const [word, { normal }] of words.entries()) {
      let state = 0;
      for (let i = 0; i < normal.length; i++) {
        const unit = normal.charCodeAt(i);
        let next = state === 0 ? this.#first[unit]! : this.#steps.get(state, unit);
        if (next === 0) {
          next = states++;
          if (state === 0) {
            this.#first[unit] = next;
            beginnings.push(next);
          } else this.#steps.set(state, unit, next);
        }
        state = next;
      }
      const ending = this.#wordsAt[state] ?? [];
      this.#wordsAt[state] = ending;
      ending.push(word);
    }
    return states;
  }

  /** Breadth first from the states behind one unit: the failure of a state is nearer to the beginning, and is known before it. */
  #link(states: number, queue: number[]): void {
    const edges = this.#steps.edgesByState(states);
    for (let i = 0; i < queue.length; i++) {
      const state = queue[i]!;
      const failure = this.#failure[state]!;
      this.#report[state] = this.#wordsAt[state] ? state : failure === 0 ? none : this.#report[failure]!;
      for (const { unit, to } of edges[state] ?? []) {
        this.#failure[to] = this.#next(failure, unit);
        queue.push(to);
      }
    }
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

  edgesByState(states: number): ({ unit: number; to: number }[] | undefined)[] {
    const edges: ({ unit: number; to: number }[] | undefined)[] = new Array(states);
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
