/** Base64 (RFC 2045 §6.8). Padding ends a group, not the text: mails hold several encoded texts one behind another. */
import type { TransferDecoder } from './transfer-decoding.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const ignored = 64;
const padding = 65;

/** Six bits of each octet; what is not in the alphabet is passed over. */
const values = new Uint8Array(256).fill(ignored);
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;
values['='.charCodeAt(0)] = padding;

export class Base64Decoder implements TransferDecoder {
  #bits = 0;
  /** Letters of the present group of four. */
  #letters = 0;

  push(octets: Uint8Array): Uint8Array {
    const out = new Uint8Array(Math.ceil((octets.length * 3) / 4) + 3);
    let length = 0;
    for (let at = 0; at < octets.length; at++) {
      const value = values[octets[at]!]!;
      if (value < 64) {
        this.#bits = (this.#bits << 6) | value;
        if (++this.#letters === 4) length = this.#endGroup(out, length);
      } else if (value === padding) length = this.#endGroup(out, length);
    }
    return out.subarray(0, length);
  }

  finish(): Uint8Array {
    const out = new Uint8Array(3);
    return out.subarray(0, this.#endGroup(out, 0));
  }

  /** Writes the octets of a group, which may be short: two letters hold one octet, three hold two. */
  #endGroup(out: Uint8Array, length: number): number {
    const octets = this.#letters === 0 ? 0 : this.#letters - 1;
    const bits = this.#bits << (6 * (4 - this.#letters));
    for (let index = 0; index < octets; index++) out[length++] = bits >> (16 - 8 * index);
    this.#bits = 0;
    this.#letters = 0;
    return length;
  }
}
