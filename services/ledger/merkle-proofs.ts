/**
 * Inclusion and consistency proofs (RFC 9162 §2.1.3 and §2.1.4). Which hashes a proof consists of is pure
 * arithmetic (`inclusionPath`, `consistencyPath`: ranges of leaves); where they come from is a `NodeSource`.
 */
import { nodeHash, sameHash } from './merkle.ts';

/** Leaves `first` to `end` − 1. */
export interface LeafRange {
  readonly first: number;
  readonly end: number;
}

/** The root of a perfect subtree: 2^height leaves from leaf index · 2^height on. */
export type NodeSource = (height: number, index: number) => Promise<Uint8Array>;

/** The ranges whose roots are PATH(leaf, D_size), leaf-side first (RFC 9162 §2.1.3.1). */
export function inclusionPath(leaf: number, size: number): LeafRange[] {
  if (!(leaf >= 0 && leaf < size)) throw new RangeError(`leaf ${leaf} is not in a tree of ${size}`);
  const path: LeafRange[] = [];
  let first = 0;
  let end = size;
  while (end - first > 1) {
    const middle = first + splitOf(end - first);
    if (leaf < middle) {
      path.push({ first: middle, end });
      end = middle;
    } else {
      path.push({ first, end: middle });
      first = middle;
    }
  }
  return path.reverse();
}

/** The ranges whose roots are PROOF(oldSize, D_size) (RFC 9162 §2.1.4.1). */
export function consistencyPath(oldSize: number, size: number): LeafRange[] {
  if (!(oldSize > 0 && oldSize <= size)) throw new RangeError(`no proof from size ${oldSize} to ${size}`);
  const path: LeafRange[] = [];
  let first = 0;
  let end = size;
  while (end !== oldSize) {
    const middle = first + splitOf(end - first);
    if (oldSize <= middle) {
      path.push({ first: middle, end });
      end = middle;
    } else {
      path.push({ first, end: middle });
      first = middle;
    }
  }
  // The verifier knows the old root, so it is left out where it is a whole subtree (flag b of the RFC).
  if (first > 0) path.push({ first, end });
  return path.reverse();
}

/** The hashes of a path, in order. */
export function proofOf(path: readonly LeafRange[], node: NodeSource): Promise<Uint8Array[]> {
  return Promise.all(path.map(({ first, end }) => rangeRoot(first, end, node)));
}

/**
 * Root of the leaves `first` to `end` − 1. `first` is a multiple of the largest power of two in the count, as
 * in every range of a proof and in every prefix of the log.
 */
export async function rangeRoot(first: number, end: number, node: NodeSource): Promise<Uint8Array> {
  const count = end - first;
  if (isPerfect(count)) return node(Math.log2(count), first / count);
  const split = splitOf(count);
  const [left, right] = await Promise.all([
    rangeRoot(first, first + split, node),
    rangeRoot(first + split, end, node),
  ]);
  return nodeHash(left, right);
}

/** RFC 9162 §2.1.3.2: does `leaf`, at `index`, belong to the tree of `size` leaves with this root? */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!(index >= 0 && index < size)) return false;
  let node = leaf;
  const arrived = climb(index, size - 1, proof, (sibling, onLeft) => {
    node = onLeft ? nodeHash(sibling, node) : nodeHash(node, sibling);
  });
  return arrived && sameHash(node, root);
}

/** RFC 9162 §2.1.4.2: is the tree of `oldSize` leaves a prefix of the tree of `size` leaves? */
export function checkConsistency(
  oldSize: number,
  oldRoot: Uint8Array,
  size: number,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (oldSize === size) return proof.length === 0 && sameHash(oldRoot, root);
  if (!(oldSize > 0 && oldSize < size) || proof.length === 0) return false;
  const [seed, ...siblings] = isPerfect(oldSize) ? [oldRoot, ...proof] : proof;
  let place = oldSize - 1;
  let last = size - 1;
  for (; place % 2 === 1; place = half(place)) last = half(last);
  let oldNode = seed!;
  let node = seed!;
  const arrived = climb(place, last, siblings, (sibling, onLeft) => {
    if (onLeft) oldNode = nodeHash(sibling, oldNode);
    node = onLeft ? nodeHash(sibling, node) : nodeHash(node, sibling);
  });
  return arrived && sameHash(oldNode, oldRoot) && sameHash(node, root);
}

/**
 * Climbs from the node at `place`, in a row whose last node is `last`, one sibling a step; a last node without
 * a right neighbour rises until it has a left one. True when the siblings end exactly at the root.
 */
function climb(
  place: number,
  last: number,
  siblings: readonly Uint8Array[],
  join: (sibling: Uint8Array, onLeft: boolean) => void,
): boolean {
  for (const sibling of siblings) {
    if (last === 0) return false;
    const onLeft = place % 2 === 1 || place === last;
    join(sibling, onLeft);
    while (onLeft && place % 2 === 0 && place !== 0) {
      place = half(place);
      last = half(last);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0;
}

/** Largest power of two smaller than `count` (RFC 9162 §2.1.1); 1 for a single leaf. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** Is it a power of two? */
function isPerfect(count: number): boolean {
  return count === 1 || splitOf(count) * 2 === count;
}

/** Not a shift: sizes may pass 2^31. */
function half(value: number): number {
  return Math.floor(value / 2);
}
