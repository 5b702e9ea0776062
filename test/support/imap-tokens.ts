/**
 * Reads IMAP response data into nested values, so that two servers' replies compare by meaning: a quoted
 * string and a literal of the same octets are the same string.
 */

/** An atom or number (`kind` atom), a string of octets as Latin-1, NIL, or a parenthesised list. */
export type ImapToken = { readonly atom: string } | string | null | readonly ImapToken[];

const endsAtom = new Set(' ()"\r\n');

/** Parses one response without its final CRLF; `text` holds octets as Latin-1 characters. */
export function readTokens(text: string): ImapToken[] {
  const reader = { text, at: 0 };
  const tokens: ImapToken[] = [];
  for (;;) {
    skipBlanks(reader);
    if (reader.at >= text.length) return tokens;
    tokens.push(readToken(reader));
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

function skipBlanks(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at++;
}

function readToken(reader: Reader): ImapToken {
  const first = reader.text[reader.at];
  if (first === '(') return readList(reader);
  if (first === '"') return readQuoted(reader);
  if (first === '{' || first === '~') return readLiteral(reader);
  return readAtom(reader);
}

function readList(reader: Reader): ImapToken[] {
  const list: ImapToken[] = [];
  reader.at++;
  for (;;) {
    skipBlanks(reader);
    if (reader.at >= reader.text.length) throw new Error(`a list without end: ${reader.text.slice(0, 200)}`);
    if (reader.text[reader.at] === ')') break;
    list.push(readToken(reader));
  }
  reader.at++;
  return list;
}

function readQuoted(reader: Reader): string {
  let value = '';
  for (reader.at++; ; reader.at++) {
    const character = reader.text[reader.at];
    if (character === undefined || character === '\r' || character === '\n' || character === '\0') {
      throw new Error(`a quoted string that cannot stand: ${reader.text.slice(0, 200)}`);
    }
    if (character === '"') break;
    if (character === '\\') reader.at++;
    value += reader.text[reader.at];
  }
  reader.at++;
  return value;
}

function readLiteral(reader: Reader): string {
  const head = /~?\{(\d+)\}\r\n/y;
  head.lastIndex = reader.at;
  const match = head.exec(reader.text);
  if (!match) throw new Error(`a broken literal: ${reader.text.slice(reader.at, reader.at + 100)}`);
  const start = reader.at + match[0].length;
  const end = start + Number(match[1]);
  if (end > reader.text.length) throw new Error('a literal that is cut');
  reader.at = end;
  return reader.text.slice(start, end);
}

/** A `[section]` inside a FETCH item name belongs to the atom, blanks and parentheses in it too. */
function readAtom(reader: Reader): ImapToken {
  const start = reader.at;
  let inBrackets = false;
  for (; reader.at < reader.text.length; reader.at++) {
    const character = reader.text[reader.at]!;
    if (character === '[') inBrackets = true;
    else if (character === ']') inBrackets = false;
    else if (!inBrackets && endsAtom.has(character)) break;
  }
  const atom = reader.text.slice(start, reader.at);
  if (atom === '') throw new Error(`no token at ${start}: ${reader.text.slice(start, start + 100)}`);
  return atom.toUpperCase() === 'NIL' ? null : { atom };
}

/** `NAME value NAME value` of a FETCH list, names in upper case. */
export function fetchItems(response: string): Map<string, ImapToken> {
  const list = readTokens(response).find((token) => Array.isArray(token)) as readonly ImapToken[] | undefined;
  const items = new Map<string, ImapToken>();
  for (let i = 0; list && i + 1 < list.length; i += 2) {
    items.set((list[i] as { atom: string }).atom.toUpperCase(), list[i + 1]!);
  }
  return items;
}
