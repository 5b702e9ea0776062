/** Ordinals of recipients as events keep them: flat inclusive pairs, `[first, last, first, last, …]`. */

/** Of numbers in ascending order. */
export function rangesOf(ordinals: readonly number[]): number[] {
  const ranges: number[] = [];
  for (const ordinal of ordinals) {
    if (ranges.length > 0 && ranges.at(-1) === ordinal - 1) ranges[ranges.length - 1] = ordinal;
    else ranges.push(ordinal, ordinal);
  }
  return ranges;
}

export function ordinalsOf(ranges: readonly number[]): number[] {
  const ordinals: number[] = [];
  for (let i = 0; i < ranges.length; i += 2)
    for (let ordinal = ranges[i]!; ordinal <= ranges[i + 1]!; ordinal++) ordinals.push(ordinal);
  return ordinals;
}

/** What of the ranges lies from `first` to `last`. */
export function rangesWithin(ranges: readonly number[], first: number, last: number): number[] {
  return rangesOf(ordinalsOf(ranges).filter((ordinal) => ordinal >= first && ordinal <= last));
}
