import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Soon } from '../memory/soon.ts';

/** Reads octets [from, to) of a mail. */
type ReadRange = (from: number, to: number) => Soon<Uint8Array>;

/** Of what is read anyway a chunk is opened whole (docs/formats.md §Frame); two of them are seldom too little. */
const windowOctets = 128 * 1024;

/**
 * Reads for somebody who asks for small ranges one behind the other: each stretch of the mail is opened once, so
 * that a mail of 10,000 parts costs no more than one of the same size with one.
 */
export class ReadWindow {
  readonly #readRange: ReadRange;
  #from = 0;
  #octets: Uint8Array = new Uint8Array(0);

  constructor(readRange: ReadRange) {
    this.#readRange = readRange;
  }

  /** Octets [from, to), which lie within the mail. */
  async read(from: number, to: number): Promise<Uint8Array> {
    if (from < this.#from || to > this.#from + this.#octets.length) {
      // Others get their turn between two stretches, however many there are.
      await nextTurn();
      this.#octets = await this.#readRange(from, Math.max(to, from + windowOctets));
      this.#from = from;
    }
    return this.#octets.subarray(from - this.#from, to - this.#from);
  }
}
