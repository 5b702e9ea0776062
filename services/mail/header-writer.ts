/**
 * Header fields as they are written here: folded (RFC 5322 §2.2.3), text outside ASCII as encoded words (RFC 2047),
 * UTF-8 as it is only in an address that needs it (RFC 6532). Pure; each field ends in CRLF.
 */
import { addressText, parseAddress } from '../domain/address.ts';

const maxLineCharacters = 76;
/** RFC 5322 §2.1.1; names of fields are bounded before. */
export const maxLineOctets = 998;
/** An encoded word of them has 60 characters, and fits on a line behind a field's name. */
const maxWordOctets = 36;
/** What is longer is encoded, so that it can be folded. */
const maxPlainWordCharacters = 60;

export interface WrittenAddress {
  /** Display name, or empty. */
  readonly name: string;
  readonly address: string;
}

export interface WrittenGroup {
  /** Null for addresses that stand in no group. */
  readonly name: string | null;
  readonly addresses: readonly WrittenAddress[];
}

/** Unstructured text (RFC 5322 §3.2.5). */
export function textField(name: string, text: string): string {
  return foldedField(name, isPlain(text) ? text.split(' ') : encodedWords(text));
}

export function addressField(name: string, groups: readonly WrittenGroup[]): string {
  const members = groups.flatMap(groupChunks);
  return foldedField(
    name,
    members.flatMap((chunks, i) => (i < members.length - 1 ? withLast(chunks, ',') : chunks)),
  );
}

/** `<one>, <two>`: URLs (RFC 2369 §2). Message ids are separated by blanks alone. */
export function bracketedField(name: string, values: readonly string[], separator: '' | ','): string {
  return foldedField(
    name,
    values.map((value, i) => `<${value}>${i < values.length - 1 ? separator : ''}`),
  );
}

/** RFC 5322 §3.3. `offsetMinutes`: of the writer's zone. */
export function dateField(name: string, atMs: number, offsetMinutes: number): string {
  const local = new Date(atMs + offsetMinutes * 60_000).toUTCString();
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${twoDigits(hours)}${twoDigits(minutes)}`;
  return `${name}: ${local.replace('GMT', zone)}\r\n`;
}

/** The field with its value as it is (behind the colon); null where that would break out of its field. */
export function rawField(name: string, value: string): string | null {
  const lines = value.replaceAll('\r\n', '\n').split('\n');
  const isFolded = lines.slice(1).every((line) => /^[ \t].*[^ \t]/.test(line));
  if (!isFolded || /[^\P{Cc}\t]/u.test(lines.join(''))) return null;
  const field = `${name}:${lines.join('\r\n')}\r\n`;
  return field.split('\r\n').every((line) => Buffer.byteLength(line) <= maxLineOctets) ? field : null;
}

/** The address as it stands in a header, its domain in A-labels; null where it would break out of its place. */
export function writableAddress(text: string): string | null {
  const parsed = parseAddress(text);
  if (parsed) return addressText(parsed);
  // Somebody is still typing it: a draft keeps what is no address yet.
  return text.length <= 254 && /^[^\p{Cc}\p{Cs}\p{Z}<>()[\]:;,\\"]*$/u.test(text) ? text : null;
}

/** Chunks that a line may end behind, joined by blanks. */
export function foldedField(name: string, chunks: readonly string[]): string {
  let text = `${name}:`;
  let line = text.length;
  for (const chunk of chunks) {
    // A line of blanks alone is no continuation: empty chunks stay on the line that they are on.
    const fits = line + 1 + chunk.length <= maxLineCharacters || chunk === '' || line <= name.length + 1;
    text += fits ? ` ${chunk}` : `\r\n ${chunk}`;
    line = fits ? line + 1 + chunk.length : 1 + chunk.length;
  }
  return `${text}\r\n`;
}

/** Can it stand in a header as it is, and be folded? */
function isPlain(text: string): boolean {
  if (!/^[\x20-\x7e]*$/.test(text) || text.includes('=?')) return false;
  if (text.startsWith(' ') || text.endsWith(' ') || text.includes('  ')) return false;
  return text.split(' ').every((word) => word.length <= maxPlainWordCharacters);
}

/** RFC 2047: none of the words cuts a character in two. */
function encodedWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > maxWordOctets) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`);
}

function groupChunks({ name, addresses }: WrittenGroup): string[][] {
  const members = addresses.map(addressChunks);
  if (name === null) return members;
  const inner = members.flatMap((chunks, i) => (i < members.length - 1 ? withLast(chunks, ',') : chunks));
  return [withLast([...withLast(phraseChunks(name), ':'), ...inner], ';')];
}

function addressChunks({ name, address }: WrittenAddress): string[] {
  return name === '' ? [address] : [...phraseChunks(name), `<${address}>`];
}

/** RFC 5322 §3.2.5: atoms, or one quoted string, or encoded words. */
function phraseChunks(name: string): string[] {
  if (name === '') return ['""'];
  if (!isPlain(name)) return encodedWords(name);
  if (/^[\w!#$%&'*+\-/=?^`{|}~ ]+$/.test(name)) return name.split(' ');
  const quoted = `"${name.replace(/["\\]/g, '\\$&')}"`;
  return quoted.length <= maxPlainWordCharacters ? [quoted] : encodedWords(name);
}

function withLast(chunks: readonly string[], mark: string): string[] {
  return [...chunks.slice(0, -1), `${chunks.at(-1) ?? ''}${mark}`];
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
