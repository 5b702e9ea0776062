/**
 * The octets of DATA on their way from the wire: dot-stuffing is undone, the final dot found, and bare CR or
 * LF seen.
 *
 * It stands in place of what `smtp-server` does itself, because that takes the dot from a line which begins
 * behind a bare LF: then the octets are not exact, and two servers may disagree where a mail ends (SMTP
 * smuggling). Here only CRLF ends a line and only CRLF . CRLF ends the mail (RFC 5321 §4.1.1.4). What has a
 * bare CR or LF is read to that end and refused by the caller, or, where the administrator trusts the
 * network, each bare one becomes CRLF and ends a line from then on.
 */

const CR = 13;
const LF = 10;
const DOT = 46;
const crlf: Buffer = Buffer.from('\r\n');

/** Takes content in order: views on the wire's buffers. */
export type ContentSink = (slice: Buffer) => void;

export class RawLines {
  /** A CR or LF stood alone. What the sink got is then worth something only where they are normalised. */
  bareLineEnds = false;
  nulOctets = false;
  readonly #normalise: boolean;
  readonly #sink: ContentSink;
  /** `dot`: a line's first octet was a dot; `dotCr`: and a CR followed; `cr`: a CR was the chunk's last. */
  #state: 'lineStart' | 'text' | 'dot' | 'dotCr' | 'cr' = 'lineStart';
  /** Content of the chunk from here on has not been given to the sink. */
  #kept = 0;
  /** Next CR and LF of the chunk. Sought anew only once passed: else many of one would be sought past the other. */
  #cr = -1;
  #lf = -1;

  constructor(normalise: boolean, sink: ContentSink) {
    this.#normalise = normalise;
    this.#sink = sink;
  }

  /** Takes a chunk from `from` on; the place behind the final dot's line, or -1 where that has not come yet. */
  feed(chunk: Buffer, from: number): number {
    this.#kept = from;
    this.#cr = this.#lf = -1;
    const end = this.#scan(chunk, from);
    const nul = chunk.indexOf(0, from);
    if (nul >= 0 && (end < 0 || nul < end)) this.nulOctets = true;
    return end;
  }

  #scan(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#state === 'text') {
        at = this.#throughText(chunk, at);
        continue;
      }
      if (this.#state === 'dotCr' && chunk[at] === LF) return at + 1;
      at += this.#acrossBorder(chunk, at);
    }
    this.#giveUpTo(chunk, chunk.length);
    return -1;
  }

  /** What one octet at a line's border means; 1 where it is taken, 0 where it is to be looked at again. */
  #acrossBorder(chunk: Buffer, at: number): 0 | 1 {
    const octet = chunk[at];
    switch (this.#state) {
      case 'lineStart':
        if (octet === DOT) return this.#leaveOut(chunk, at, 'dot');
        this.#state = 'text';
        return 0;
      case 'dot':
        if (octet === CR) return this.#leaveOut(chunk, at, 'dotCr');
        this.#state = 'text';
        return 0;
      case 'cr':
        if (octet !== LF) return this.#bare();
        this.#sink(crlf);
        return this.#leaveOut(chunk, at, 'lineStart');
      default:
        return this.#bare();
    }
  }

  /** Runs through whole lines; the place of the first octet that begins a line with a dot, or is behind a fault. */
  #throughText(chunk: Buffer, from: number): number {
    const { length } = chunk;
    this.#seek(chunk, from);
    while (this.#lf === this.#cr + 1 && this.#lf < length) {
      const next = this.#lf + 1;
      if (next === length || chunk[next] === DOT) {
        this.#state = 'lineStart';
        return next;
      }
      this.#seek(chunk, next);
    }
    const first = Math.min(this.#cr, this.#lf);
    if (first === length) return length;
    this.#giveUpTo(chunk, first);
    this.#kept = first + 1;
    // A CR at the very end may have its LF in the next chunk.
    if (first === length - 1 && first === this.#cr) this.#state = 'cr';
    else this.#bare();
    return first + 1;
  }

  #seek(chunk: Buffer, from: number): void {
    if (this.#cr < from) this.#cr = placeOf(chunk, CR, from);
    if (this.#lf < from) this.#lf = placeOf(chunk, LF, from);
  }

  #bare(): 0 {
    this.bareLineEnds = true;
    if (this.#normalise) this.#sink(crlf);
    this.#state = this.#normalise ? 'lineStart' : 'text';
    return 0;
  }

  #leaveOut(chunk: Buffer, at: number, state: 'lineStart' | 'dot' | 'dotCr'): 1 {
    this.#giveUpTo(chunk, at);
    this.#kept = at + 1;
    this.#state = state;
    return 1;
  }

  #giveUpTo(chunk: Buffer, end: number): void {
    if (this.#kept < end) this.#sink(chunk.subarray(this.#kept, end));
    this.#kept = end;
  }
}

/** Place of an octet from `from` on; the chunk's length where there is none. */
function placeOf(chunk: Buffer, octet: number, from: number): number {
  const place = chunk.indexOf(octet, from);
  return place < 0 ? chunk.length : place;
}
