/** What goes to a next hop in one transaction, digested on its way: the log says which octets a `250` was for. */
import { createHash } from 'node:crypto';

export interface SentOctets {
  /** Before dot-stuffing. */
  readonly octets: number;
  /** SHA-256 of them, hex. */
  readonly sha256: string;
}

export class SentDigest {
  readonly #hash = createHash('sha256');
  #octets = 0;

  /** The same pieces, counted and digested as they are taken. */
  async *pass(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#hash.update(piece);
      this.#octets += piece.length;
      yield piece;
    }
  }

  /** Of everything that has passed. Once. */
  finish(): SentOctets {
    return { octets: this.#octets, sha256: this.#hash.digest('hex') };
  }
}
