/**
 * Body hash of DKIM and ARC signatures (RFC 6376 §3.4.3, §3.4.4): octets come in any pieces, and nothing of them is
 * kept but what a line's end may still change. Lines are of any length, so that no body takes time by their square.
 */
import { createHash, type Hash } from 'node:crypto';

export type BodyCanonicalization = 'simple' | 'relaxed';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const space = 0x20;
const tab = 0x09;
const lineEnd = Buffer.from('\r\n');
const manyLineEnds = Buffer.from('\r\n'.repeat(512));

export class BodyHash {
  readonly #hash: Hash;
  readonly #relaxed: boolean;
  /** `l=`: so many octets are covered; null: all of them. */
  readonly #limitOctets: number | null;
  #canonicalOctets = 0;
  /** Seen and held back: what stands at the end of the body is dropped. */
  #lineEnds = 0;
  #blank = false;
  #return = false;

  constructor(
    canonicalization: BodyCanonicalization,
    algorithm: 'sha1' | 'sha256' = 'sha256',
    limitOctets: number | null = null,
  ) {
    this.#relaxed = canonicalization === 'relaxed';
    this.#hash = createHash(algorithm);
    this.#limitOctets = limitOctets;
  }

  /** Does not keep the octets. */
  push(octets: Uint8Array): void {
    // Every octet written stands for one read, but for those that an earlier piece held back.
    const out = Buffer.allocUnsafe(octets.length + 2);
    const relaxed = this.#relaxed;
    // In variables: the loop sees every octet of a mail.
    const last = octets.length - 1;
    let written = 0;
    let lineEnds = 0;
    let blank = this.#blank;
    let isReturn = this.#return;
    let carried = this.#lineEnds;
    for (let i = 0; i < octets.length; i++) {
      const octet = octets[i]!;
      if (octet === lineFeed && isReturn) {
        isReturn = false;
        blank = false;
        lineEnds++;
        continue;
      }
      if (!isReturn) {
        if (octet === carriageReturn) {
          isReturn = true;
          continue;
        }
        if (relaxed && (octet === space || octet === tab)) {
          blank = true;
          continue;
        }
      }
      if (carried > 0) {
        this.#updateLineEnds(carried);
        carried = 0;
      }
      for (; lineEnds > 0; lineEnds--) {
        out[written++] = carriageReturn;
        out[written++] = lineFeed;
      }
      if (blank) out[written++] = space;
      blank = false;
      if (isReturn) out[written++] = carriageReturn;
      isReturn = octet === carriageReturn;
      if (isReturn) continue;
      out[written++] = octet;
      // Most octets are letters within a line: nothing is pending between them.
      while (i < last && octets[i + 1]! > space) out[written++] = octets[++i]!;
    }
    this.#lineEnds = carried + lineEnds;
    this.#blank = blank;
    this.#return = isReturn;
    this.#update(out.subarray(0, written));
  }

  /** Canonical octets of the whole body, and the hash of those that are covered, in base64. */
  finish(): { readonly hash: string; readonly canonicalOctets: number } {
    if (this.#canonicalOctets > 0 || !this.#relaxed) this.#update(lineEnd);
    return { hash: this.#hash.digest('base64'), canonicalOctets: this.#canonicalOctets };
  }

  #updateLineEnds(count: number): void {
    for (let left = count; left > 0; left -= 512)
      this.#update(manyLineEnds.subarray(0, 2 * Math.min(left, 512)));
  }

  #update(octets: Uint8Array): void {
    const limit = this.#limitOctets;
    const room = limit === null ? octets.length : Math.max(0, limit - this.#canonicalOctets);
    this.#canonicalOctets += octets.length;
    if (octets.length > 0 && room > 0) this.#hash.update(octets.subarray(0, room));
  }
}
