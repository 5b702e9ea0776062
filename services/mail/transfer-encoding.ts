/** Bodies made fit for the way (RFC 2045 §6): as they are where every line passes, else quoted-printable or base64. */

export type TransferEncoding = '7bit' | '8bit' | 'quoted-printable' | 'base64';

const maxLineOctets = 998;
/** Octets of one line of base64: 76 characters. */
const base64RowOctets = 57;
const maxEncodedCharacters = 75;
const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** A text with its encoding, whichever is the shortest that passes. Line ends of the result are CRLF. */
export function encodedText(text: string): { readonly encoding: TransferEncoding; readonly octets: Buffer } {
  const octets = Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'));
  const survey = new OctetSurvey();
  survey.push(octets);
  if (survey.narrowest === '7bit') return { encoding: '7bit', octets };
  const encoded = quotedPrintable(octets);
  if (encoded.length <= (octets.length * 4) / 3 + 80)
    return { encoding: 'quoted-printable', octets: encoded };
  return { encoding: 'base64', octets: base64Rows(octets) };
}

/** What octets ask of the way that they take; pieces may be cut anywhere. */
export class OctetSurvey {
  #lineOctets = 0;
  #longestOctets = 0;
  #has8bit = false;
  /** NUL, or CR and LF that are no line end. */
  #isBroken = false;
  #afterCarriageReturn = false;

  push(octets: Uint8Array): void {
    for (const octet of octets) {
      if ((octet === lineFeed) !== this.#afterCarriageReturn || octet === 0) this.#isBroken = true;
      this.#afterCarriageReturn = octet === carriageReturn;
      if (octet > 0x7f) this.#has8bit = true;
      this.#lineOctets = octet === lineFeed ? 0 : this.#lineOctets + 1;
      // The CR of a line end is counted with its line.
      if (this.#lineOctets > this.#longestOctets) this.#longestOctets = this.#lineOctets;
    }
  }

  /** Null where they cannot go as they are. */
  get narrowest(): '7bit' | '8bit' | null {
    if (this.#isBroken || this.#afterCarriageReturn || this.#longestOctets > maxLineOctets) return null;
    return this.#has8bit ? '8bit' : '7bit';
  }
}

/** Octets in rows of base64, whatever pieces they come in. */
export async function* base64Of(octets: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of octets) {
    const joined = Buffer.concat([held, chunk]);
    const whole = joined.length - (joined.length % base64RowOctets);
    if (whole > 0) yield base64Rows(joined.subarray(0, whole));
    held = Buffer.from(joined.subarray(whole));
  }
  if (held.length > 0) yield base64Rows(held);
}

export function base64Rows(octets: Buffer): Buffer {
  const rows: string[] = [];
  for (let at = 0; at < octets.length; at += base64RowOctets)
    rows.push(octets.toString('base64', at, Math.min(at + base64RowOctets, octets.length)), '\r\n');
  return Buffer.from(rows.join(''), 'latin1');
}

/** RFC 2045 §6.7, over octets whose line ends are CRLF. */
export function quotedPrintable(octets: Buffer): Buffer {
  const lines = octets.toString('latin1').split('\r\n').map(quotedLine);
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function quotedLine(line: string): string {
  const pieces: string[] = [];
  let length = 0;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    const isLast = at === line.length - 1;
    const isPlain = /[\x21-\x3c\x3e-\x7e]/.test(character) || (!isLast && /[ \t]/.test(character));
    const piece = isPlain ? character : `=${hexOctet(character)}`;
    if (length + piece.length > maxEncodedCharacters) {
      pieces.push('=\r\n');
      length = 0;
    }
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.join('');
}

function hexOctet(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
}
