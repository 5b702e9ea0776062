import { largestNamed, type NumberSet, resolveSet } from './protocol/sequence-set.ts';

/**
 * What the client believes to be in the mailbox: message number n is the n-th UID. Changes only when the client
 * is told (RFC 9051 §2.3.1.2), so it may hold messages that are gone and lack those that have just come.
 */
export class MessageNumbers {
  #uids: Uint32Array;
  #count: number;

  /** Takes the ascending UIDs over. */
  constructor(uids: Uint32Array) {
    this.#uids = uids;
    this.#count = uids.length;
  }

  get count(): number {
    return this.#count;
  }

  /** UID of a message number from 1 to `count`. */
  uidAt(number: number): number {
    return this.#uids[number - 1]!;
  }

  /** 0 where there is none. */
  get largestUid(): number {
    return this.#count === 0 ? 0 : this.#uids[this.#count - 1]!;
  }

  /** Message number of a UID, or 0. */
  numberOf(uid: number): number {
    const number = this.firstFrom(uid);
    return number <= this.#count && this.#uids[number - 1] === uid ? number : 0;
  }

  /** The lowest message number whose UID is at or above `uid`; `count` + 1 where there is none. */
  firstFrom(uid: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#uids[middle]! < uid) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }

  /**
   * Message numbers that a set means, as flat ascending ranges. Null where a set of message numbers names one
   * that does not exist (RFC 9051 §6.4.5: an error); of UIDs those are ignored.
   */
  ranges(set: NumberSet, byUid: boolean): number[] | null {
    if (byUid) return this.numbersOfUids(resolveSet(set, this.largestUid));
    if (largestNamed(set) > this.#count || this.#count === 0) return null;
    return resolveSet(set, this.#count);
  }

  /** Message numbers of those UIDs of flat ranges that the client knows. */
  numbersOfUids(uids: readonly number[]): number[] {
    const ranges: number[] = [];
    for (let i = 0; i < uids.length; i += 2) {
      const first = this.firstFrom(uids[i]!);
      const last = this.firstFrom(uids[i + 1]! + 1) - 1;
      if (first > last) continue;
      const end = ranges.length - 1;
      if (end > 0 && ranges[end] === first - 1) ranges[end] = last;
      else ranges.push(first, last);
    }
    return ranges;
  }

  /**
   * UIDs of flat ranges of message numbers: one range for each, though not every UID within need exist. The
   * client knows every message up to its largest UID, so no range takes in one that it does not.
   */
  uidRanges(numbers: readonly number[]): number[] {
    return numbers.map((number) => this.uidAt(number));
  }

  /** Appends the UIDs from `first` to `last`. */
  append(first: number, last: number): void {
    const count = this.#count + last - first + 1;
    if (count > this.#uids.length) {
      const larger = new Uint32Array(Math.max(count, Math.ceil(this.#uids.length * 1.25), 64));
      larger.set(this.#uids.subarray(0, this.#count));
      this.#uids = larger;
    }
    for (let uid = first; uid <= last; uid++) this.#uids[this.#count++] = uid;
  }

  /** Takes out the UIDs of flat ranges; returns the message numbers they had, descending, as EXPUNGE says them. */
  remove(uids: readonly number[]): number[] {
    const numbers = this.numbersOfUids(uids);
    const gone: number[] = [];
    let kept = numbers.length === 0 ? this.#count : numbers[0]! - 1;
    for (let i = 0; i < numbers.length; i += 2) {
      for (let number = numbers[i]!; number <= numbers[i + 1]!; number++) gone.push(number);
      const next = numbers[i + 2] ?? this.#count + 1;
      this.#uids.copyWithin(kept, numbers[i + 1]!, next - 1);
      kept += next - 1 - numbers[i + 1]!;
    }
    this.#count = kept;
    return gone.reverse();
  }
}
