/**
 * The codewords of a QR code (ISO/IEC 18004 §7.4, §7.5): a text as octets, with the error correction of level M, in
 * versions 1 to 10. Pure.
 */
import { correctionOf } from './error-correction.ts';

interface Blocks {
  readonly correction: number;
  /** Data codewords of each block, the short ones first. */
  readonly data: readonly number[];
}

const same = (count: number, length: number): number[] => Array.from({ length: count }, () => length);

/** ISO/IEC 18004 table 9, level M, from version 1 on. */
const blocksOf: readonly Blocks[] = [
  { correction: 10, data: [16] },
  { correction: 16, data: [28] },
  { correction: 26, data: [44] },
  { correction: 18, data: same(2, 32) },
  { correction: 24, data: same(2, 43) },
  { correction: 16, data: same(4, 27) },
  { correction: 18, data: same(4, 31) },
  { correction: 22, data: [...same(2, 38), ...same(2, 39)] },
  { correction: 22, data: [...same(3, 36), ...same(2, 37)] },
  { correction: 26, data: [...same(4, 43), 44] },
];

const byteMode = 0b0100;
const modeBits = 4;
const padding = [0xec, 0x11];
/** From this version on the length has 16 bits instead of 8 (table 3). */
const longCountVersion = 10;

export interface Codewords {
  readonly version: number;
  readonly octets: readonly number[];
}

/** Null where the text is too long for version 10: more than 213 octets. */
export function codewordsOf(text: string): Codewords | null {
  const octets = [...new TextEncoder().encode(text)];
  const index = blocksOf.findIndex(({ data }, i) => capacityOf(i + 1, sum(data)) >= octets.length);
  if (index === -1) return null;
  const version = index + 1;
  return { version, octets: interleaved(blocksOf[index]!, dataCodewords(octets, version)) };
}

function countBits(version: number): number {
  return version < longCountVersion ? 8 : 16;
}

function capacityOf(version: number, codewords: number): number {
  return Math.floor((codewords * 8 - modeBits - countBits(version)) / 8);
}

/** Mode, length, octets, terminator; then filled up (§7.4.9, §7.4.10). */
function dataCodewords(octets: readonly number[], version: number): number[] {
  const wanted = sum(blocksOf[version - 1]!.data);
  const bits = (value: number, length: number): string => value.toString(2).padStart(length, '0');
  const text = [
    bits(byteMode, modeBits),
    bits(octets.length, countBits(version)),
    ...octets.map((octet) => bits(octet, 8)),
    '0000',
  ].join('');
  const codewords = text
    .slice(0, wanted * 8)
    .match(/.{1,8}/g)!
    .map((each) => Number.parseInt(each.padEnd(8, '0'), 2));
  for (let i = 0; codewords.length < wanted; i++) codewords.push(padding[i % 2]!);
  return codewords;
}

/** Of each block the first codeword, then of each the second …; the correction behind, in the same way (§7.6). */
function interleaved({ correction, data }: Blocks, codewords: readonly number[]): number[] {
  const blocks = data.map((length, i) => {
    const from = sum(data.slice(0, i));
    return codewords.slice(from, from + length);
  });
  return [...columns(blocks), ...columns(blocks.map((block) => correctionOf(block, correction)))];
}

function columns(blocks: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => blocks.flatMap((block) => block.slice(i, i + 1))).flat();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
