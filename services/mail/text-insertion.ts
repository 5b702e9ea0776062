/**
 * Text put into the body of a part without touching the rest of it, in whatever transfer encoding the part has
 * (RFC 2045 §6). Offsets count octets of the body as it is transferred. Pure.
 */
import type { OctetEdit } from './octet-edits.ts';
import { base64Rows, quotedPrintable } from './transfer-encoding.ts';

/** Where the new text goes: behind everything, or where the page's visible part ends. */
export type InsertionPlace = 'end' | 'endOfPage';

/** Null where it cannot be said in that encoding: the part has to be encoded anew. */
export function insertion(
  raw: Buffer,
  encoding: string,
  place: InsertionPlace,
  octets: Buffer,
): OctetEdit | null {
  switch (encoding) {
    case 'base64':
      return inBase64(raw, place, octets);
    case 'quoted-printable':
      return inQuotedPrintable(raw, placeIn(raw, place, endTagInQuoted), octets);
    case '7bit':
      if (octets.some((octet) => octet >= 0x80)) return null;
      return { at: placeIn(raw, place, endTag), remove: 0, insert: octets };
    case '8bit':
    case 'binary':
      return { at: placeIn(raw, place, endTag), remove: 0, insert: octets };
    default:
      return null;
  }
}

const endTag = /<\/body\s*>/gi;
/** The same where soft line ends may stand inside. */
const endTagInQuoted = new RegExp([...'</body'].map((letter) => `${letter}(?:=\\r?\\n)?`).join(''), 'gi');

/** Of the last end tag of a page; the end where there is none. */
export function endOfPage(text: string, tag = endTag): number {
  let at = text.length;
  for (const { index } of text.matchAll(tag)) at = index;
  return at;
}

/** No octet of a character of several octets is `<`, in any charset that has ASCII in it. */
function placeIn(octets: Buffer, place: InsertionPlace, tag = endTag): number {
  return place === 'end' ? octets.length : endOfPage(octets.toString('latin1'), tag);
}

/** The group of four letters that the place lies in is written anew; spaces make what is new a multiple of three octets. */
function inBase64(raw: Buffer, place: InsertionPlace, octets: Buffer): OctetEdit | null {
  const letters = letterPlaces(raw);
  if (letters === null) return null;
  const at = placeIn(Buffer.from(raw.toString('latin1'), 'base64'), place);
  const first = Math.floor(at / 3) * 4;
  const start = letters[first] ?? raw.length;
  const isLast = first + 4 >= letters.length;
  const end = isLast ? raw.length : letters[first + 3]! + 1;
  const group = Buffer.from(raw.toString('latin1', start, end), 'base64');
  const padding = Buffer.alloc(isLast ? 0 : (3 - (octets.length % 3)) % 3, ' ');
  const split = at % 3;
  const written = Buffer.concat([group.subarray(0, split), octets, padding, group.subarray(split)]);
  const ahead = Buffer.from(start === 0 || raw[start - 1] === 0x0a ? '' : '\r\n');
  return { at: start, remove: end - start, insert: Buffer.concat([ahead, base64Rows(written)]) };
}

/** Offsets of the letters; null where padding stands between them: then there are several texts. */
function letterPlaces(raw: Buffer): Uint32Array | null {
  const places = new Uint32Array(raw.length);
  let count = 0;
  let isPadded = false;
  for (let at = 0; at < raw.length; at++) {
    const letter = String.fromCharCode(raw[at]!);
    if (letter === '=') isPadded = true;
    else if (/[A-Za-z0-9+/]/.test(letter)) {
      if (isPadded) return null;
      places[count++] = at;
    }
  }
  return places.subarray(0, count);
}

/** On lines of its own, which soft line ends join with what stands around. */
function inQuotedPrintable(raw: Buffer, at: number, octets: Buffer): OctetEdit {
  const isLineStart = at === 0 || raw[at - 1] === 0x0a || octets[0] === 0x0d;
  const before = Buffer.from(isLineStart ? '' : '=\r\n');
  const after = Buffer.from(at === raw.length ? '' : '=\r\n');
  return { at, remove: 0, insert: Buffer.concat([before, quotedPrintable(octets), after]) };
}
