/**
 * Content-Transfer-Encoding undone piece by piece (RFC 2045 §6): nothing is held but the rest of a quantum or a
 * line. What breaks the encoding's rules is skipped or kept as it is; nothing is refused.
 */

export interface TransferDecoder {
  /** Decoded octets of the next piece. */
  push(octets: Uint8Array): Uint8Array;
  /** What is left at the end. */
  finish(): Uint8Array;
}

const nothing = new Uint8Array();

/** The decoder of an encoding (lower case); null where it is unknown. */
export function decoderOf(encoding: string): TransferDecoder | null {
  switch (encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      return { push: (octets) => octets, finish: () => nothing };
    case 'base64':
      return new Base64Decoder();
    case 'quoted-printable':
      return new QuotedPrintableDecoder();
    default:
      return null;
  }
}

/** Goes on behind padding: mails joined from several encoded pieces exist. */
class Base64Decoder implements TransferDecoder {
  /** Less than a quantum of four letters. */
  #rest = '';

  push(octets: Uint8Array): Uint8Array {
    const letters = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
    const runs = letters.replace(/[^A-Za-z0-9+/=]+/g, '').split(/=+/);
    const pieces: Buffer[] = [];
    for (const [i, run] of runs.entries()) {
      const isPadded = i < runs.length - 1;
      const text = this.#rest + run;
      const whole = isPadded ? text.length : text.length - (text.length % 4);
      pieces.push(Buffer.from(text.slice(0, whole), 'base64'));
      this.#rest = text.slice(whole);
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  finish(): Uint8Array {
    return Buffer.from(this.#rest, 'base64');
  }
}

/** A line that is longer is decoded in parts. */
const maxHeldLine = 64 * 1024;

class QuotedPrintableDecoder implements TransferDecoder {
  /** The last line, as far as it has come. */
  #rest = '';

  push(octets: Uint8Array): Uint8Array {
    const text = this.#rest + Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
    let end = text.lastIndexOf('\n') + 1;
    if (text.length - end > maxHeldLine) end = beforeCutEscape(text);
    this.#rest = text.slice(end);
    return decodeLines(text.slice(0, end), false);
  }

  finish(): Uint8Array {
    return decodeLines(this.#rest, true);
  }
}

/** The end of a text, or the `=` of an escape whose digits have not all come. */
function beforeCutEscape(text: string): number {
  const place = text.lastIndexOf('=');
  return place >= text.length - 2 ? place : text.length;
}

/** Lines of quoted-printable; `isEnd` where the end of the text ends the last of them. */
function decodeLines(text: string, isEnd: boolean): Uint8Array {
  let octets = '';
  for (let start = 0; start < text.length; ) {
    const lineFeed = text.indexOf('\n', start);
    const next = lineFeed < 0 ? text.length : lineFeed + 1;
    octets += decodeLine(text.slice(start, next), isEnd);
    start = next;
  }
  return Buffer.from(octets, 'latin1');
}

/** RFC 2045 §6.7: blanks at the end of a line are not meant; `=` at its end joins it to the next. */
function decodeLine(line: string, isEnd: boolean): string {
  const ending = line.endsWith('\r\n') ? '\r\n' : line.endsWith('\n') ? '\n' : '';
  let end = line.length - ending.length;
  if (ending !== '' || isEnd) while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  const joins = (ending !== '' || isEnd) && line[end - 1] === '=';
  const text = line.slice(0, joins ? end - 1 : end);
  const decoded = text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return joins ? decoded : decoded + ending;
}
