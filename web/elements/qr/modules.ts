/** Where the codewords of a QR code stand, among its patterns and under the mask that disturbs least (ISO/IEC 18004 §7.3, §7.7-§7.10). Pure. */
import { type Codewords, codewordsOf } from './codewords.ts';
import { penaltyOf } from './penalty.ts';

/** Rows of modules; true is dark. */
export type Modules = readonly (readonly boolean[])[];

type Grid = (boolean | null)[][];
type Mask = (x: number, y: number) => boolean;

/** §7.8.2, table 10. */
const masks: readonly Mask[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Centres of the alignment patterns (annex E), from version 1 on. */
const alignments: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
];

/** From this version on the code says which it is (§7.10). */
const toldVersion = 7;
const levelM = 0b00;

/** Null where the text is too long. */
export function modulesOf(text: string): Modules | null {
  const codewords = codewordsOf(text);
  if (codewords === null) return null;
  const drawn = masks.map((mask, number) => draw(codewords, mask, number));
  const penalties = drawn.map(penaltyOf);
  return drawn[penalties.indexOf(Math.min(...penalties))]!;
}

function draw({ version, octets }: Codewords, mask: Mask, number: number): Modules {
  const size = 17 + 4 * version;
  const grid: Grid = Array.from({ length: size }, () => Array.from({ length: size }, () => null));
  drawPatterns(grid, version);
  drawFormat(grid, number);
  if (version >= toldVersion) drawVersion(grid, version);
  drawData(grid, octets, mask);
  return grid.map((row) => row.map((dark) => dark === true));
}

function drawPatterns(grid: Grid, version: number): void {
  const size = grid.length;
  for (let i = 0; i < size; i++) {
    grid[6]![i] = i % 2 === 0;
    grid[i]![6] = i % 2 === 0;
  }
  const centres = alignments[version - 1]!;
  const last = centres.at(-1);
  for (const y of centres) {
    for (const x of centres) {
      const isFinder = (x === 6 && (y === 6 || y === last)) || (y === 6 && x === last);
      if (!isFinder) drawRings(grid, x, y, 2, [0, 2]);
    }
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    drawRings(grid, x, y, 4, [0, 1, 3]);
}

/** Squares around a centre, of which those at these distances are dark. */
function drawRings(grid: Grid, x: number, y: number, reach: number, dark: readonly number[]): void {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const row = grid[y + dy];
      if (row?.[x + dx] === undefined) continue;
      row[x + dx] = dark.includes(Math.max(Math.abs(dx), Math.abs(dy)));
    }
  }
}

/** Level and mask, twice (§7.9). */
function drawFormat(grid: Grid, mask: number): void {
  const size = grid.length;
  const bits = withRemainder((levelM << 3) | mask, 10, 0x537) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const dark = ((bits >> i) & 1) === 1;
    const [x, y] = i < 8 ? [8, i < 6 ? i : i + 1] : [i === 8 ? 7 : 14 - i, 8];
    grid[y]![x] = dark;
    if (i < 8) grid[8]![size - 1 - i] = dark;
    else grid[size - 15 + i]![8] = dark;
  }
  grid[size - 8]![8] = true;
}

function drawVersion(grid: Grid, version: number): void {
  const bits = withRemainder(version, 12, 0x1f25);
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >> i) & 1) === 1;
    const [along, across] = [grid.length - 11 + (i % 3), Math.floor(i / 3)];
    grid[across]![along] = dark;
    grid[along]![across] = dark;
  }
}

/** A value with its remainder of so many bits behind it (annexes C and D). */
function withRemainder(value: number, bits: number, polynomial: number): number {
  let remainder = value;
  for (let i = 0; i < bits; i++) remainder = (remainder << 1) ^ ((remainder >> (bits - 1)) * polynomial);
  return (value << bits) | remainder;
}

/** Two columns at a time from the right, up and down in turn, wherever no pattern is (§7.7.3). */
function drawData(grid: Grid, octets: readonly number[], mask: Mask): void {
  const size = grid.length;
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const y = isUpward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid[y]![x] !== null) continue;
        const dark = (((octets[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        grid[y]![x] = dark !== mask(x, y);
        bit++;
      }
    }
  }
}
