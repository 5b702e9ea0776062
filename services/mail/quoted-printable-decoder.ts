/** Quoted-printable (RFC 2045 §6.7). An equals sign that is followed by nothing sensible stands for itself. */
import type { TransferDecoder } from './transfer-decoding.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const equals = 0x3d;

/** So much of a line without an end is held back. A run of blanks before a line end that is longer is kept. */
const maxHeldOctets = 1024;

export class QuotedPrintableDecoder implements TransferDecoder {
  /** The beginning of a line whose end has not come. */
  #held = Buffer.alloc(0);
  #out = Buffer.alloc(0);
  #length = 0;

  push(octets: Uint8Array): Uint8Array {
    const data = Buffer.concat([this.#held, octets]);
    this.#begin(data);
    let start = 0;
    for (let end = data.indexOf(lineFeed); end >= 0; end = data.indexOf(lineFeed, start)) {
      this.#line(data, start, end + 1);
      start = end + 1;
    }
    if (data.length - start > maxHeldOctets) {
      const cut = undecided(data);
      this.#text(data, start, cut);
      start = cut;
    }
    this.#held = Buffer.from(data.subarray(start));
    return this.#out.subarray(0, this.#length);
  }

  finish(): Uint8Array {
    this.#begin(this.#held);
    this.#line(this.#held, 0, this.#held.length);
    return this.#out.subarray(0, this.#length);
  }

  /** What comes out is never longer than what goes in. */
  #begin(data: Buffer): void {
    this.#out = Buffer.alloc(data.length);
    this.#length = 0;
  }

  /** A whole line with its line end: blanks before that are deleted (rule 3), a last equals sign joins lines (rule 5). */
  #line(data: Buffer, start: number, end: number): void {
    let lineEnd = end;
    if (lineEnd > start && data[lineEnd - 1] === lineFeed) lineEnd--;
    if (lineEnd > start && data[lineEnd - 1] === carriageReturn) lineEnd--;
    let textEnd = lineEnd;
    while (textEnd > start && isBlank(data[textEnd - 1]!)) textEnd--;
    const isSoft = textEnd > start && data[textEnd - 1] === equals;
    this.#text(data, start, isSoft ? textEnd - 1 : textEnd);
    if (!isSoft) for (let at = lineEnd; at < end; at++) this.#out[this.#length++] = data[at]!;
  }

  #text(data: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const octet = data[at]!;
      const high = octet === equals && at + 2 < end ? hexValue(data[at + 1]!) : -1;
      const low = high >= 0 ? hexValue(data[at + 2]!) : -1;
      if (low >= 0) {
        this.#out[this.#length++] = high * 16 + low;
        at += 2;
      } else this.#out[this.#length++] = octet;
    }
  }
}

/** Where the end of `data` begins that only what follows can explain: blanks, a CR, an equals sign and a digit. */
function undecided(data: Buffer): number {
  let cut = data.length;
  const sign = data.lastIndexOf(equals);
  if (sign >= data.length - 2) cut = sign;
  while (cut > 0 && data.length - cut < maxHeldOctets && isLineSpace(data[cut - 1]!)) cut--;
  return cut > 0 && data[cut - 1] === equals ? cut - 1 : cut;
}

function isBlank(octet: number): boolean {
  return octet === 0x20 || octet === 0x09;
}

function isLineSpace(octet: number): boolean {
  return isBlank(octet) || octet === carriageReturn;
}

function hexValue(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet & 0xdf;
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1;
}
