/**
 * What signatures of a mail want to know of its octets, taken while they pass: the header as it is, and a body hash
 * for each way in which a signature field says that it hashes. Whether a signature is right is found out elsewhere.
 */
import { type BodyCanonicalization, BodyHash } from './body-hash.ts';
import { type BroughtResults, broughtResults } from './untrusted-results.ts';

export interface FoundBodyHash {
  /** `canonicalization:algorithm:limit`, the limit empty where there is none. */
  readonly way: string;
  /** Base64. */
  readonly hash: string;
  readonly canonicalOctets: number;
}

export interface SignedOctets {
  /** Up to the empty line, without it; null where it is longer than is looked at. */
  readonly header: Uint8Array | null;
  readonly bodyHashes: readonly FoundBodyHash[];
  /** Authentication-Results that the mail brought, in the first MiB of its header. */
  readonly brought: readonly BroughtResults[];
}

/** Signed mail has headers of some kilobytes; beyond, work would grow by the square of what a stranger sends. */
const maxHeaderOctets = 64 * 1024;
const maxHeaderLines = 2000;
const maxReadHeaderOctets = 1024 * 1024;
/** Ways to hash one body: real mail has one or two. */
const maxWays = 6;
const maxFieldOctets = 8 * 1024;

export class SignedOctetsScan {
  #pieces: Buffer[] = [];
  #pieceOctets = 0;
  #header: Buffer | null = null;
  #brought: readonly BroughtResults[] = [];
  #isBody = false;
  readonly #waysOf: (header: Buffer) => ReadonlyMap<string, BodyHash>;
  #ways: ReadonlyMap<string, BodyHash> = new Map();

  /** Ways to hash the body: those that signatures in the header name. */
  constructor(waysOf: (header: Buffer) => ReadonlyMap<string, BodyHash> = namedWays) {
    this.#waysOf = waysOf;
  }

  /** Does not keep the octets. */
  push(octets: Uint8Array): void {
    if (this.#isBody) return this.#hash(octets);
    const before = this.#pieceOctets;
    this.#pieces.push(Buffer.from(octets));
    this.#pieceOctets += octets.length;
    const known = Buffer.concat(this.#pieces);
    this.#pieces = [known];
    // A mail that begins with its empty line has no header, whatever follows looks like.
    if (known.length < 2) return;
    const isBare = known[0] === 13 && known[1] === 10;
    const end = isBare ? 0 : known.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end >= 0 || known.length > maxReadHeaderOctets) this.#endHeader(known, end, end + (isBare ? 2 : 4));
  }

  finish(): SignedOctets {
    // Without an empty line all of it is header, and the body is empty.
    if (!this.#isBody) this.#endHeader(Buffer.concat(this.#pieces), this.#pieceOctets, this.#pieceOctets);
    const bodyHashes = [...this.#ways].map(([way, hash]) => ({ way, ...hash.finish() }));
    return { header: this.#header, bodyHashes, brought: this.#brought };
  }

  /** `end`: of the last field's text; below 0 where it has not come within the limit. */
  #endHeader(known: Buffer, end: number, body: number): void {
    this.#isBody = true;
    this.#pieces = [];
    this.#brought = broughtResults(end < 0 ? known : known.subarray(0, end));
    if (end < 0 || end > maxHeaderOctets) return;
    const header = known.subarray(0, end);
    if (linesOf(header) > maxHeaderLines) return;
    // A buffer of its own: a pooled one would cross to another thread with all of its pool.
    this.#header = Buffer.from(new Uint8Array(header).buffer);
    this.#ways = this.#waysOf(header);
    this.#hash(known.subarray(body));
  }

  #hash(octets: Uint8Array): void {
    for (const hash of this.#ways.values()) hash.push(octets);
  }
}

function linesOf(header: Buffer): number {
  let lines = 1;
  for (let at = header.indexOf(10); at >= 0; at = header.indexOf(10, at + 1)) lines++;
  return lines;
}

const signatureField = /^(?:dkim-signature|arc-message-signature)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)/gim;

function namedWays(header: Buffer): Map<string, BodyHash> {
  const ways = new Map<string, BodyHash>();
  for (const [, value] of header.toString('latin1').matchAll(signatureField)) {
    const [canonicalization, algorithm, limit] = wayOf(value!);
    if (value!.length > maxFieldOctets || canonicalization === null || algorithm === null) continue;
    const way = `${canonicalization}:${algorithm}:${limit ?? ''}`;
    if (!ways.has(way)) ways.set(way, new BodyHash(canonicalization, algorithm, limit));
    if (ways.size === maxWays) break;
  }
  return ways;
}

type Way = readonly [BodyCanonicalization | null, 'sha1' | 'sha256' | null, number | null];

/** RFC 6376 §3.5: `c=` header/body, `a=` signing-hash, `l=` octets. */
function wayOf(field: string): Way {
  const tag = (name: string): string =>
    (new RegExp(`(?:^|;)\\s*${name}\\s*=([^;]*)`).exec(field)?.[1] ?? '').replace(/\s+/g, '').toLowerCase();
  const body = tag('c').split('/')[1] ?? 'simple';
  const hash = tag('a').split('-').pop();
  const limit = /^\d{1,15}$/.test(tag('l')) ? Number(tag('l')) : null;
  return [
    body === 'simple' || body === 'relaxed' ? body : null,
    hash === 'sha1' || hash === 'sha256' ? hash : null,
    limit,
  ];
}
