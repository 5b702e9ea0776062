/**
 * Lexer for structured header fields (RFC 5322 §3.2): blanks and comments, words, quoted strings, domain
 * literals. It never throws: what has no end runs to the end of the text. Every method moves forward only.
 */

import { isUtf8 } from 'node:buffer';

const quote = 0x22;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const backslash = 0x5c;

/** Octets that end an atom: controls, blanks, and the specials of RFC 5322 §3.2.3 except the dot. */
const endsWord = octetSet('()<>[]:;@\\,"');
/** Octets that end a token: the tspecials of RFC 2045 §5.1. */
const endsToken = octetSet('()<>@,;:\\"/[]?=');

function octetSet(characters: string): Uint8Array {
  const set = new Uint8Array(256).fill(1, 0, 0x21);
  set[0x7f] = 1;
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

export class HeaderLexer {
  readonly text: string;
  at = 0;
  /** Content of the last comment that was passed and was not empty; null when there was none. */
  lastComment: string | null = null;
  /** Once a quoted string would have no end; also what keeps the search for ends linear. */
  #plainBackslashes = false;
  #notUtf8: boolean | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next character; '' at the end. */
  peek(): string {
    return this.text.charAt(this.at);
  }

  /** Passes `character` if it is next. */
  take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  /** Passes blanks, line ends and comments. */
  skipBlanksAndComments(): void {
    for (; this.at < this.text.length; ) {
      const octet = this.text.charCodeAt(this.at);
      if (octet === openParenthesis) this.#comment();
      else if (octet === 0x20 || (octet >= 0x09 && octet <= 0x0d)) this.at++;
      else return;
    }
  }

  /** A run of atom characters and dots, octets above 127 among them; '' when there is none. */
  word(): string {
    return this.#run(endsWord);
  }

  /** A MIME token; '' when there is none. */
  token(): string {
    return this.#run(endsToken);
  }

  /**
   * Content of the quoted string that starts here, quoted pairs undone and as written (`raw`). A backslash that is
   * half of a Big5, Shift_JIS or GBK character quotes nothing. Where the final quote would be missing otherwise,
   * no backslash does from here on. `closed` is false where there is no quote at all: the rest is the value.
   */
  quotedString(): { readonly value: string; readonly raw: string; readonly closed: boolean } {
    const start = this.at + 1;
    let end = this.#plainBackslashes ? -1 : this.#closingQuote(start);
    this.#plainBackslashes ||= end < 0;
    if (end < 0) end = this.text.indexOf('"', start);
    const closed = end >= 0;
    if (!closed) end = this.text.length;
    this.at = Math.min(end + 1, this.text.length);
    const raw = this.text.slice(start, end);
    return { value: this.#plainBackslashes ? raw : this.#withoutQuotedPairs(raw), raw, closed };
  }

  #closingQuote(start: number): number {
    for (let at = start; at < this.text.length; at++) {
      const octet = this.text.charCodeAt(at);
      if (octet === backslash) at++;
      else if (octet === quote) return at;
      else if (octet > 0x80 && this.#doubleOctets && this.text.charCodeAt(at + 1) >= 0x40) at++;
    }
    return -1;
  }

  /** The octets above 127 are no UTF-8: the octet behind one may belong to it. */
  get #doubleOctets(): boolean {
    this.#notUtf8 ??= !isUtf8(Buffer.from(this.text, 'latin1'));
    return this.#notUtf8;
  }

  #withoutQuotedPairs(text: string): string {
    if (!text.includes('\\')) return text;
    if (!this.#doubleOctets) return text.replace(/\\([\s\S]?)/g, '$1');
    return text.replace(/([\x81-\xff][\x40-\xff])|\\([\s\S]?)/g, '$1$2');
  }

  /** The domain literal that starts here, brackets and all; null where it has no end. */
  domainLiteral(): string | null {
    const start = this.at++;
    for (; this.at < this.text.length; this.at++) {
      if (this.text.charCodeAt(this.at) === backslash) this.at++;
      else if (this.text[this.at] === ']') return this.text.slice(start, ++this.at);
    }
    this.at = this.text.length;
    return null;
  }

  /** Passes everything up to one of `characters`, which is not passed; quoted strings and comments as wholes. */
  skipTo(characters: string): void {
    while (this.at < this.text.length) {
      const next = this.text[this.at]!;
      if (characters.includes(next)) return;
      if (next === '"') this.quotedString();
      else if (next === '(') this.#comment();
      else this.at++;
    }
  }

  #run(ends: Uint8Array): string {
    const start = this.at;
    while (this.at < this.text.length && ends[this.text.charCodeAt(this.at)] === 0) this.at++;
    return this.text.slice(start, this.at);
  }

  /** Comments nest; the depth is counted, so that 100,000 parentheses cost no stack. */
  #comment(): void {
    const start = ++this.at;
    let depth = 1;
    for (; this.at < this.text.length && depth > 0; this.at++) {
      const octet = this.text.charCodeAt(this.at);
      if (octet === backslash) this.at++;
      else if (octet === openParenthesis) depth++;
      else if (octet === closeParenthesis) depth--;
    }
    this.at = Math.min(this.at, this.text.length);
    const content = this.text.slice(start, depth === 0 ? this.at - 1 : this.at);
    if (content !== '') this.lastComment = this.#withoutQuotedPairs(content);
  }
}
