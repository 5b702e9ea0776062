/** Addresses as people type and paste them: `王芳 <wang@acme.example>; li@acme.example`. Pure. */
import type { Address } from '../email.ts';

/** Parts of a domain, and what stands before it: looser than RFC 5321 §4.1.2, strict enough to catch a slip. */
const plausible =
  /^[^\s@<>()[\],;:"\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u;
const quotedLocal = /^"(?:[^"\\]|\\.)+"@(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,}$/u;

export function isPlausible({ email }: Address): boolean {
  return plausible.test(email) || quotedLocal.test(email);
}

/** Everything that a separator or a line end divides; a name in quotation marks keeps its commas. */
export function readAddresses(text: string): Address[] {
  return pieces(text).flatMap((piece) => {
    const address = readOne(piece.trim());
    return address === null ? [] : [address];
  });
}

/** Whether so much is typed that the next character begins another address. */
export function endsAddress(text: string): boolean {
  return (
    /[,;，；、\n]\s*$/.test(text) || (/\s$/.test(text) && isPlausible({ name: null, email: text.trim() }))
  );
}

export function addressText({ name, email }: Address): string {
  if (!name) return email;
  return /[",;<>@()，；]/.test(name)
    ? `"${name.replace(/["\\]/g, '\\$&')}" <${email}>`
    : `${name} <${email}>`;
}

/** The same address in other letters' case is one. */
export function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function withoutRepeats(people: readonly Address[]): Address[] {
  const seen = new Set<string>();
  return people.filter(({ email }) => !seen.has(email.toLowerCase()) && seen.add(email.toLowerCase()));
}

function pieces(text: string): string[] {
  const found: string[] = [];
  let piece = '';
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && /[,;，；、\r\n\t]/.test(character)) {
      found.push(piece);
      piece = '';
    } else piece += character;
  }
  return [...found, piece];
}

function readOne(text: string): Address | null {
  const trimmed = text.replace(/^mailto:/i, '');
  if (trimmed === '') return null;
  const [, name = '', email = trimmed] = /^(.*?)\s*<([^<>]*)>$/.exec(trimmed) ?? [];
  const plain = name
    .replace(/^"(.*)"$/, '$1')
    .replace(/\\(.)/g, '$1')
    .trim();
  return { name: plain || null, email: email.trim() };
}
