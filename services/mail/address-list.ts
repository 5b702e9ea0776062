/**
 * Address lists of header fields (RFC 5322 §3.4, with the obsolete forms of §4.4: routes, empty list elements,
 * blanks and comments around dots). What is no address does not hide those behind it: the rest up to the next
 * comma is passed over.
 */
import { HeaderLexer } from './header-lexer.ts';

/** One entry of an ENVELOPE address list (RFC 9051 §7.5.2), its parts as octets in Latin-1; '' where one is missing. */
export type AddressEntry =
  | {
      readonly kind: 'mailbox';
      readonly name: string;
      readonly route: string;
      readonly mailbox: string;
      readonly host: string;
    }
  | { readonly kind: 'groupStart'; readonly name: string }
  | { readonly kind: 'groupEnd' };

/** The entries of one field's value. */
export function readAddressList(value: string): AddressEntry[] {
  return new AddressReader(value).read();
}

class AddressReader {
  readonly #lexer: HeaderLexer;
  readonly #entries: AddressEntry[] = [];
  #inGroup = false;
  /** A quoted string is among the words that were read last. */
  #quoted = false;

  constructor(value: string) {
    this.#lexer = new HeaderLexer(value);
  }

  read(): AddressEntry[] {
    const lexer = this.#lexer;
    for (;;) {
      lexer.skipBlanksAndComments();
      if (lexer.atEnd) break;
      if (lexer.take(';')) this.#endGroup();
      else if (!lexer.take(',')) this.#element();
    }
    this.#endGroup();
    return this.#entries;
  }

  #endGroup(): void {
    if (this.#inGroup) this.#entries.push({ kind: 'groupEnd' });
    this.#inGroup = false;
  }

  /** A mailbox or the head of a group; stops before the `,` or `;` behind it. */
  #element(): void {
    const lexer = this.#lexer;
    const words = this.#words();
    if (!this.#inGroup && lexer.take(':')) {
      this.#inGroup = true;
      this.#entries.push({ kind: 'groupStart', name: words.join(' ') });
      return;
    }
    if (lexer.take('<')) this.#angleAddress(words.join(' '));
    else this.#bareAddress(words);
    lexer.skipTo(',;');
  }

  /**
   * Words of a phrase or of a local part, up to the first special. A comment before the first of them belongs to
   * nobody and is forgotten.
   */
  #words(): string[] {
    const lexer = this.#lexer;
    const words: string[] = [];
    this.#quoted = false;
    for (;;) {
      lexer.skipBlanksAndComments();
      if (words.length === 0) lexer.lastComment = null;
      if (lexer.peek() === '"') {
        words.push(lexer.quotedString().value);
        this.#quoted = true;
      } else {
        const word = lexer.word();
        if (word === '') return words;
        words.push(word);
      }
    }
  }

  /** `[route] local-part@domain>`, behind the `<`. */
  #angleAddress(name: string): void {
    const lexer = this.#lexer;
    lexer.skipBlanksAndComments();
    const route = lexer.peek() === '@' ? this.#route() : '';
    const words = this.#words();
    const mailbox = localPart(words) ?? words.join(' ');
    const host = lexer.take('@') ? this.#domain() : '';
    this.#entries.push({ kind: 'mailbox', name, route, mailbox, host });
    lexer.skipBlanksAndComments();
    lexer.take('>');
  }

  /** `@one,@two:` of RFC 822, without the colon. */
  #route(): string {
    const lexer = this.#lexer;
    const hosts: string[] = [];
    for (;;) {
      lexer.skipBlanksAndComments();
      if (lexer.take('@')) hosts.push(`@${this.#domain()}`);
      else if (!lexer.take(',')) break;
    }
    lexer.take(':');
    return hosts.join(',');
  }

  /** `local-part@domain`, or words that are no address. A comment in it or behind it is the name (RFC 5322 §3.4). */
  #bareAddress(words: readonly string[]): void {
    const lexer = this.#lexer;
    const mailbox = localPart(words);
    if (mailbox === null || (this.#quoted && lexer.peek() !== '@')) {
      this.#entries.push({ kind: 'mailbox', name: words.join(' '), route: '', mailbox: '', host: '' });
      return;
    }
    const host = lexer.take('@') ? this.#domain() : '';
    lexer.skipBlanksAndComments();
    this.#entries.push({ kind: 'mailbox', name: lexer.lastComment ?? '', route: '', mailbox, host });
  }

  #domain(): string {
    const lexer = this.#lexer;
    lexer.skipBlanksAndComments();
    if (lexer.peek() === '[') return lexer.domainLiteral() ?? '';
    let domain = '';
    for (;;) {
      const before = lexer.at;
      const word = lexer.word();
      if (word === '' || !joins(domain, word)) {
        lexer.at = before;
        return domain;
      }
      domain += word;
      lexer.skipBlanksAndComments();
    }
  }
}

/** Two words belong together only around a dot: `example . org`, not `example org`. */
function joins(before: string, word: string): boolean {
  return before === '' || before.endsWith('.') || word.startsWith('.');
}

/** The words as a local part; null where they are a phrase: two words without a dot between them. */
function localPart(words: readonly string[]): string | null {
  let text = '';
  for (const [index, word] of words.entries()) {
    if (index > 0 && !joins(text, word)) return null;
    text += word;
  }
  return text;
}
