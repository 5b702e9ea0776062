/** Keeps the header that is being read, up to a limit, and knows where it ends. */

/** What of one header is kept; the rest is only counted. */
export const maxHeaderOctets = 256 * 1024;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

export class HeaderBuffer {
  #kept = Buffer.alloc(4096);
  #octets = 0;
  /** Octets of the present line, its line feed within, and the first of them. */
  #lineOctets = 0;
  #lineFirst = 0;

  /** Adds octets of one line; a line feed may only be the last of them. */
  add(octets: Buffer): void {
    if (octets.length === 0) return;
    if (this.#lineOctets === 0) this.#lineFirst = octets[0]!;
    this.#lineOctets += octets.length;
    const room = maxHeaderOctets - this.#octets;
    const part = octets.length <= room ? octets : octets.subarray(0, room);
    this.#reserve(part.length);
    part.copy(this.#kept, this.#octets);
    this.#octets += part.length;
  }

  /** The line feed of the present line was added. A blank line ends the header (RFC 5322 §2.1). */
  endLine(): 'blank' | 'text' {
    const first = this.#lineFirst;
    const blank = first === lineFeed || (this.#lineOctets === 2 && first === carriageReturn);
    this.#lineOctets = 0;
    return blank ? 'blank' : 'text';
  }

  /** The header as far as it was kept, one octet per character; the buffer is empty after it. */
  take(): string {
    const text = this.#kept.toString('latin1', 0, this.#octets);
    this.#octets = 0;
    this.#lineOctets = 0;
    return text;
  }

  #reserve(octets: number): void {
    if (this.#octets + octets <= this.#kept.length) return;
    const larger = Buffer.alloc(
      Math.min(maxHeaderOctets, Math.max(2 * this.#kept.length, this.#octets + octets)),
    );
    this.#kept.copy(larger, 0, 0, this.#octets);
    this.#kept = larger;
  }
}
