/**
 * Message flags as one integer: bits 0-4 are the system flags, keywords from bit 5, numbered per account by
 * `KeywordNamed`. An integer below 2^53 holds 48 keywords; JavaScript's bit operators hold 32 bits, so rows
 * and masks keep a low word (bits 0-31) and a high word (bits 32-52).
 */

/** RFC 9051 §2.3.2, in bit order. */
export const systemFlags = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'] as const;
export const seenBit = 1;
export const deletedBit = 8;
export const firstKeywordBit = 5;
export const maxKeywords = 48;

const wordSize = 0x1_0000_0000;

export function lowWord(flags: number): number {
  return flags >>> 0;
}

export function highWord(flags: number): number {
  return Math.floor(flags / wordSize) >>> 0;
}

export function joinWords(low: number, high: number): number {
  return high * wordSize + (low >>> 0);
}

/** The value with only that bit. */
export function flagBit(bit: number): number {
  return 2 ** bit;
}

export function hasFlag(flags: number, bit: number): boolean {
  return Math.floor(flags / 2 ** bit) % 2 === 1;
}

export function withFlags(flags: number, add: number): number {
  return joinWords(lowWord(flags) | lowWord(add), highWord(flags) | highWord(add));
}

export function withoutFlags(flags: number, remove: number): number {
  return joinWords(lowWord(flags) & ~lowWord(remove), highWord(flags) & ~highWord(remove));
}

/** All bits that a flag value can hold. */
export const allFlags = 2 ** 53 - 1;

/** Names of a flag value in bit order; `keywords[i]` names bit 5 + i. */
export function flagNames(flags: number, keywords: readonly string[]): string[] {
  const names: string[] = [];
  systemFlags.forEach((name, bit) => {
    if (hasFlag(flags, bit)) names.push(name);
  });
  keywords.forEach((name, index) => {
    if (hasFlag(flags, firstKeywordBit + index)) names.push(name);
  });
  return names;
}
