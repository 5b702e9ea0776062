import type { OctetString } from './octet-string.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** A literal that has arrived (RFC 9051 §4.3). */
export interface Literal {
  readonly octets: OctetString;
  /** Written `~{n}`: may hold NUL. */
  readonly binary: boolean;
}

/**
 * One command as it was framed: `lines` without their line ends and literal announcements; between line i
 * and line i + 1 stands literal i.
 */
export interface CommandParts {
  readonly lines: readonly OctetString[];
  readonly literals: readonly Literal[];
}

/** Characters that end an atom: SP, parentheses, brace, wildcards, quotes, controls, 8-bit. */
const wordEnd = /[ (){%*"\\\]\x00-\x1f\x7f-\uffff]/;

/** Reading position in one command. Every grammar file reads through it; what does not fit throws `SyntaxFailure`. */
export class Cursor {
  readonly #parts: CommandParts;
  #index = 0;
  #line: OctetString;
  #at = 0;

  constructor(parts: CommandParts) {
    this.#parts = parts;
    this.#line = parts.lines[0] ?? '';
  }

  /** The next character; empty at the end of a line, also where a literal follows. */
  get next(): string {
    return this.#line.charAt(this.#at);
  }

  get atEnd(): boolean {
    return this.#at === this.#line.length && this.#index === this.#parts.lines.length - 1;
  }

  /** True where a literal that has arrived comes next. */
  get atLiteral(): boolean {
    return this.#at === this.#line.length && this.#index < this.#parts.literals.length;
  }

  /** Steps over exactly this text; false where something else stands. */
  take(text: string): boolean {
    if (!this.#line.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Steps over this word in any case, when it ends there; false otherwise. */
  takeWord(word: string): boolean {
    const end = this.#at + word.length;
    if (this.#line.slice(this.#at, end).toUpperCase() !== word) return false;
    if (end < this.#line.length && !wordEnd.test(this.#line.charAt(end))) return false;
    this.#at = end;
    return true;
  }

  /** Steps over what a sticky pattern matches here; null where it does not. */
  match(sticky: RegExp): string | null {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#line);
    if (found === null) return null;
    this.#at = sticky.lastIndex;
    return found[0];
  }

  expect(text: string, meaning: string): void {
    if (!this.take(text)) throw new SyntaxFailure(`Expected ${meaning}`);
  }

  expectSpace(): void {
    this.expect(' ', 'a space');
  }

  expectEnd(): void {
    if (!this.atEnd) throw new SyntaxFailure('More arguments than this command takes');
  }

  takeLiteral(): Literal {
    const literal = this.#parts.literals[this.#index];
    if (!this.atLiteral || literal === undefined) throw new SyntaxFailure('Expected a literal');
    this.#index++;
    this.#line = this.#parts.lines[this.#index] ?? '';
    this.#at = 0;
    return literal;
  }
}

/** Reads `( item SP item … )`; `allowEmpty` admits `()`. */
export function parenthesised<T>(cursor: Cursor, item: () => T, allowEmpty = false): T[] {
  cursor.expect('(', 'an opening parenthesis');
  const items: T[] = [];
  if (allowEmpty && cursor.take(')')) return items;
  do items.push(item());
  while (cursor.take(' '));
  cursor.expect(')', 'a closing parenthesis');
  return items;
}
