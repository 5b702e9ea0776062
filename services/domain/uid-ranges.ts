/** Flat inclusive ranges of UIDs, `[first, last, first, last, …]`, ascending and disjoint. */

export type UidRanges = readonly number[];

/** Ranges of ascending numbers; neighbours are joined. */
export function rangesOf(ascending: Iterable<number>): number[] {
  const ranges: number[] = [];
  for (const uid of ascending) {
    const end = ranges.length - 1;
    if (end > 0 && ranges[end] === uid - 1) ranges[end] = uid;
    else if (end < 0 || ranges[end]! < uid) ranges.push(uid, uid);
  }
  return ranges;
}

/** Sorted, joined ranges of unordered, possibly overlapping pairs. */
export function normaliseRanges(pairs: UidRanges): number[] {
  const sorted: [number, number][] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const a = pairs[i]!;
    const b = pairs[i + 1]!;
    sorted.push(a <= b ? [a, b] : [b, a]);
  }
  sorted.sort((a, b) => a[0] - b[0]);
  const ranges: number[] = [];
  for (const [first, last] of sorted) {
    const end = ranges.length - 1;
    if (end > 0 && first <= ranges[end]! + 1) ranges[end] = Math.max(ranges[end]!, last);
    else ranges.push(first, last);
  }
  return ranges;
}

export function rangesHold(ranges: UidRanges, uid: number): boolean {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (uid < ranges[middle * 2]!) high = middle - 1;
    else if (uid > ranges[middle * 2 + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}

/** How many numbers the ranges cover. */
export function rangesSize(ranges: UidRanges): number {
  let size = 0;
  for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]! + 1;
  return size;
}

export function* uidsOf(ranges: UidRanges): Generator<number> {
  for (let i = 0; i < ranges.length; i += 2) {
    for (let uid = ranges[i]!; uid <= ranges[i + 1]!; uid++) yield uid;
  }
}
