/**
 * The Merkle tree of RFC 9162 §2.1: hashes of leaves and nodes, and the compact range, which is all that a
 * tree needs to remember of its leaves in order to grow. Proofs are in `merkle-proofs.ts`.
 */
import { hash } from 'node:crypto';

export const hashOctets = 32;
const leafPrefix = 0x00;
const nodePrefix = 0x01;

/** Root of the tree without leaves (RFC 9162 §2.1.1): SHA-256 of nothing. */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0));

const leafScratch = Buffer.alloc(1 + 16 * 1024);
leafScratch[0] = leafPrefix;
const nodeScratch = Buffer.alloc(1 + 2 * hashOctets);
nodeScratch[0] = nodePrefix;

/** SHA-256(0x00 ‖ record). */
export function leafHash(record: Uint8Array): Uint8Array {
  if (record.length >= leafScratch.length) return sha256(Buffer.concat([Buffer.of(leafPrefix), record]));
  leafScratch.set(record, 1);
  return sha256(leafScratch.subarray(0, 1 + record.length));
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + hashOctets);
  return sha256(nodeScratch);
}

/** As text first: Node hands out a `Buffer` three times slower than a string that is written into one. */
function sha256(octets: Uint8Array): Uint8Array {
  return Buffer.from(hash('sha256', octets, 'binary'), 'latin1');
}

/** Told of every node that is complete from now on. A leaf is a node of height 0. */
export type NodeListener = (height: number, node: Uint8Array) => void;

/** The roots of the perfect subtrees that the leaves so far divide into, from the largest to the smallest. */
export class CompactRange {
  #size: number;
  readonly #roots: Uint8Array[];

  /** Goes on from a size and its `roots`. */
  constructor(size = 0, roots: readonly Uint8Array[] = []) {
    this.#size = size;
    this.#roots = [...roots];
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** One hash for each bit that is set in `size`, from the highest bit down. */
  get roots(): readonly Uint8Array[] {
    return this.#roots;
  }

  append(leaf: Uint8Array, onNode?: NodeListener): void {
    let node = leaf;
    onNode?.(0, node);
    let height = 0;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(this.#roots.pop()!, node);
      onNode?.(++height, node);
    }
    this.#roots.push(node);
    this.#size++;
  }

  /** Merkle tree hash of the leaves so far. */
  root(): Uint8Array {
    if (this.#size === 0) return emptyRoot;
    return this.#roots.reduceRight((right, left) => nodeHash(left, right));
  }
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function hex(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex');
}
