/**
 * Header texts decoded for people, policies and search: RFC 2047 as mails really write it (words inside quotes,
 * words that touch, characters cut by the end of a word, wrong padding), and raw octets above 127. Values come
 * as octets in Latin-1.
 */
import { trimBlanks } from './blanks.ts';
import { decodeText } from './charset.ts';

interface EncodedWord {
  readonly start: number;
  readonly end: number;
  readonly charset: string;
  readonly octets: Buffer;
}

/** Adjacent words of one charset: a character may be cut by the end of a word, so they are decoded as one. */
interface Run {
  readonly charset: string;
  readonly octets: Buffer[];
}

/**
 * The text of a header value, in one line. `hint` is the charset of the mail's text, for raw octets.
 */
export function decodeHeaderText(value: string, hint = ''): string {
  // Most values have nothing to decode, and to know it costs a third.
  if (/^[\t\x20-\x7e]*$/.test(value) && !value.includes('=?')) return trimBlanks(value);
  let text = '';
  let run: Run | null = null;
  let end = 0;
  for (const word of encodedWords(value)) {
    const between = value.slice(end, word.start);
    const touches = run !== null && trimBlanks(between) === '';
    if (run && touches && run.charset === word.charset) run.octets.push(word.octets);
    else {
      text += endRun(run) + (touches ? '' : decodePlain(between, hint));
      run = { charset: word.charset, octets: [word.octets] };
    }
    end = word.end;
  }
  return inOneLine(text + endRun(run) + decodePlain(value.slice(end), hint));
}

const wordStart = /=\?([^?\s=][^?\s]{0,99})\?([bBqQ])\?/y;

/**
 * The encoded words of a value. A word's content ends at the next `?=`; it may hold blanks and question marks, against
 * the RFC, but not the start of another word: then it is a word without an end, and stays as it is.
 */
function* encodedWords(value: string): Generator<EncodedWord> {
  let close = 0;
  for (let start = value.indexOf('=?'); start >= 0; start = value.indexOf('=?', start + 2)) {
    wordStart.lastIndex = start;
    const match = wordStart.exec(value);
    if (!match) continue;
    const contentStart = wordStart.lastIndex;
    if (close < contentStart) close = value.indexOf('?=', contentStart);
    if (close < 0) return;
    const another = value.indexOf('=?', contentStart);
    // `=?` right before the end is padding: `…==?=`.
    if (another >= 0 && another < close - 1) continue;
    const octets = wordOctets(match[2]!, value.slice(contentStart, close));
    yield { start, end: close + 2, charset: match[1]!.toLowerCase(), octets };
    start = close;
  }
}

function endRun(run: Run | null): string {
  return run ? decodeText(Buffer.concat(run.octets), run.charset) : '';
}

/** Text outside of words: ASCII, or raw octets of an unnamed charset. */
function decodePlain(text: string, hint: string): string {
  return /[\x80-\xff]/.test(text) ? decodeText(Buffer.from(text, 'latin1'), '', hint) : text;
}

function wordOctets(encoding: string, content: string): Buffer {
  if (encoding === 'B' || encoding === 'b') return Buffer.from(content.replace(/[ \t]/g, ''), 'base64');
  const octets = content.replace(/_/g, ' ').replace(/=([0-9a-fA-F]{2})/g, (_, hex: string) => fromHex(hex));
  return Buffer.from(octets, 'latin1');
}

function fromHex(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/** A decoded line end must never become a new header line, and no control character does any good. */
function inOneLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map(trimBlanks);
  return trimBlanks(lines.join(' ').replace(/[\0-\x08\x0b-\x1f\x7f]/g, ''));
}
