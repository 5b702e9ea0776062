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
    const carried = this.#lineEnds;
    const relaxed = this.#relaxed;
    let written = 0;
    let lineEnds = 0;
    let isFirst = carried > 0;
    for (let i = 0; i < octets.length; i++) {
      const octet = octets[i]!;
      if (octet === carriageReturn && !this.#return) {
        this.#return = true;
        continue;
      }
      if (this.#return && octet === lineFeed) {
        this.#return = false;
        this.#blank = false;
        lineEnds++;
        continue;
      }
      if (relaxed && !this.#return && (octet === space || octet === tab)) {
        this.#blank = true;
        continue;
      }
      if (isFirst) {
        this.#updateLineEnds(carried);
        isFirst = false;
      }
      for (; lineEnds > 0; lineEnds--) {
        out[written++] = carriageReturn;
        out[written++] = lineFeed;
      }
      if (this.#blank) out[written++] = space;
      this.#blank = false;
      if (this.#return) out[written++] = carriageReturn;
      this.#return = octet === carriageReturn;
      if (!this.#return) out[written++] = octet;
    }
    this.#lineEnds = (isFirst ? carried : 0) + lineEnds;
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
