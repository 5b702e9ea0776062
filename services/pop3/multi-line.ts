/**
 * The multi-line form of an answer (RFC 1939 §3): lines end in CRLF, a line that begins with a dot gets another
 * one, a line with only a dot ends it. Pure over octets, in chunks of any size.
 */

const lf = 10;
const cr = 13;
const dot = 46;

/** Turns the octets of a mail into answer lines; bare LF (from APPEND and imports) becomes CRLF on the way. */
export class MultiLine {
  #last = lf;

  /** The chunk as it goes out; the chunk itself where nothing had to change. */
  stuff(chunk: Uint8Array): Uint8Array {
    const places = this.#placesToMend(chunk);
    if (chunk.length > 0) this.#last = chunk[chunk.length - 1]!;
    return places.length === 0 ? chunk : mend(chunk, places);
  }

  /** What closes the answer. */
  end(): Uint8Array {
    return Buffer.from(this.#last === lf ? '.\r\n' : '\r\n.\r\n');
  }

  /** Indexes before which an octet is missing: a dot before a leading dot, a CR before a bare LF. */
  #placesToMend(chunk: Uint8Array): number[] {
    const places: number[] = [];
    // A mail has a line end every 70 octets: each search of a Buffer would be a call out of JavaScript.
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    if (text.charCodeAt(0) === dot && this.#last === lf) places.push(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      const before = at > 0 ? text.charCodeAt(at - 1) : this.#last;
      if (before !== cr) places.push(at);
      if (text.charCodeAt(at + 1) === dot) places.push(at + 1);
    }
    return places;
  }
}

function mend(chunk: Uint8Array, places: readonly number[]): Uint8Array {
  const mended = new Uint8Array(chunk.length + places.length);
  let from = 0;
  let to = 0;
  for (const place of places) {
    mended.set(chunk.subarray(from, place), to);
    to += place - from;
    mended[to++] = chunk[place] === lf ? cr : dot;
    from = place;
  }
  mended.set(chunk.subarray(from), to);
  return mended;
}

/** TOP (RFC 1939 §7): the header, the blank line, and `bodyLines` lines of the body; then it asks for no more. */
export class TopLines {
  #bodyLines: number;
  #inHeader = true;
  /** The line so far has nothing but perhaps a CR. */
  #lineIsBlank = true;
  done = false;

  constructor(bodyLines: number) {
    this.#bodyLines = bodyLines;
  }

  /** The part of the chunk that belongs to the answer. */
  take(chunk: Uint8Array): Uint8Array {
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at]!;
      if (octet !== lf) {
        if (octet !== cr) this.#lineIsBlank = false;
        continue;
      }
      if (this.#inHeader) this.#inHeader = !this.#lineIsBlank;
      else this.#bodyLines--;
      this.#lineIsBlank = true;
      if (!this.#inHeader && this.#bodyLines <= 0) {
        this.done = true;
        return chunk.subarray(0, at + 1);
      }
    }
    return chunk;
  }
}

/** A list answer (LIST, UIDL, CAPA): every line and the end. */
export function listAnswer(first: string, lines: Iterable<string>): Buffer {
  let text = `${first}\r\n`;
  for (const line of lines) text += `${line}\r\n`;
  return Buffer.from(`${text}.\r\n`);
}
