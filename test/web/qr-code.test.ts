/** QR codes: against the worked example of ISO/IEC 18004, and read back module by module as a camera would. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { correctionOf } from '../../web/elements/qr/error-correction.ts';
import { type Modules, modulesOf } from '../../web/elements/qr/modules.ts';

/** Blocks of data codewords at level M, by version, written out from table 9. */
const blocks: Readonly<Record<number, readonly number[]>> = {
  1: [16],
  2: [28],
  5: [43, 43],
  7: [31, 31, 31, 31],
  8: [38, 38, 39, 39],
  10: [43, 43, 43, 43, 44],
};

const masks: readonly ((row: number, column: number) => number)[] = [
  (i, j) => (i + j) % 2,
  (i) => i % 2,
  (_, j) => j % 3,
  (i, j) => (i + j) % 3,
  (i, j) => ((i >> 1) + Math.floor(j / 3)) % 2,
  (i, j) => ((i * j) % 2) + ((i * j) % 3),
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2,
];

/** Column, row, width and height of everything that is no data: finders with format, timing, versions, alignments. */
function patternsOf(size: number): (readonly [number, number, number, number])[] {
  const version = (size - 17) / 4;
  const far = size - 7;
  const middle = version >= 7 ? [6 + (far - 6) / 2] : [];
  const centres = version === 1 ? [] : [6, ...middle, far];
  const alignments = centres
    .flatMap((x) => centres.map((y) => [x, y] as const))
    .filter(([x, y]) => !(x === 6 && y === 6) && !(x === 6 && y === far) && !(x === far && y === 6));
  return [
    [0, 0, 9, 9],
    [size - 8, 0, 8, 9],
    [0, size - 8, 9, 8],
    [0, 6, size, 1],
    [6, 0, 1, size],
    ...(version >= 7
      ? ([
          [size - 11, 0, 3, 6],
          [0, size - 11, 6, 3],
        ] as const)
      : []),
    ...alignments.map(([x, y]) => [x - 2, y - 2, 5, 5] as const),
  ];
}

function textOf(modules: Modules): string {
  const size = modules.length;
  const patterns = patternsOf(size);
  const isData = (column: number, row: number): boolean =>
    !patterns.some(([x, y, w, h]) => column >= x && column < x + w && row >= y && row < y + h);
  const mask = masks[maskOf(modules)]!;
  const bits: number[] = [];
  const pairs = [...Array(size).keys()].reverse().filter((x) => (x > 6 ? x % 2 === 0 : x % 2 === 1));
  pairs.forEach((right, turn) => {
    const rows = [...modules.keys()];
    for (const row of turn % 2 === 0 ? rows.reverse() : rows) {
      for (const column of [right, right - 1]) {
        if (isData(column, row)) bits.push(Number(modules[row]![column]! !== (mask(row, column) === 0)));
      }
    }
  });
  return decoded(bits, (size - 17) / 4);
}

/** Level M with each mask, as table C.1 has them. */
const formats = [
  '101010000010010',
  '101000100100101',
  '101111001111100',
  '101101101001011',
  '100010111111001',
  '100000011001110',
  '100111110010111',
  '100101010100000',
];

/** What both places say of level and mask (§7.9.1). */
function maskOf(modules: Modules): number {
  const read = (places: readonly (readonly [number, number])[]): string =>
    places.map(([column, row]) => Number(modules[row]![column]!)).join('');
  const last = modules.length - 1;
  const along = [0, 1, 2, 3, 4, 5, 7, 8].map((column) => [column, 8] as const);
  const up = [7, 5, 4, 3, 2, 1, 0].map((row) => [8, row] as const);
  const below = [0, 1, 2, 3, 4, 5, 6].map((i) => [8, last - i] as const);
  const behind = [7, 6, 5, 4, 3, 2, 1, 0].map((i) => [last - i, 8] as const);
  const format = read([...along, ...up]);
  assert.equal(read([...below, ...behind]), format);
  assert.ok(formats.includes(format), format);
  return formats.indexOf(format);
}

function decoded(bits: readonly number[], version: number): string {
  const octets = (bits.join('').match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2));
  const lengths = blocks[version]!;
  const data: number[][] = lengths.map(() => []);
  let at = 0;
  for (let i = 0; i < Math.max(...lengths); i++) {
    lengths.forEach((length, block) => {
      if (i < length) data[block]!.push(octets[at++]!);
    });
  }
  const stream = data
    .flat()
    .map((octet) => octet.toString(2).padStart(8, '0'))
    .join('');
  assert.equal(stream.slice(0, 4), '0100', 'octets');
  const begin = version < 10 ? 12 : 20;
  const count = Number.parseInt(stream.slice(4, begin), 2);
  const text = stream.slice(begin, begin + 8 * count).match(/.{8}/g)!;
  return Buffer.from(text.map((octet) => Number.parseInt(octet, 2))).toString();
}

describe('a QR code', () => {
  test('corrects errors as the example of annex I', () => {
    const data = Buffer.from('10200c566180ec11ec11ec11ec11ec11', 'hex');
    assert.equal(Buffer.from(correctionOf([...data], 10)).toString('hex'), 'a524d4c1ed36c7872c55');
  });

  test('can be read back, in every kind of version', () => {
    const sizes: number[] = [];
    for (const length of [10, 26, 84, 122, 152, 213]) {
      const text = `合同 otpauth://totp/${'wang.'.repeat(60)}`;
      const cut = Buffer.from(text)
        .subarray(0, length)
        .toString()
        .replace(/\ufffd+$/, '');
      const modules = modulesOf(cut)!;
      sizes.push(modules.length);
      assert.equal(textOf(modules), cut, `${length} octets`);
    }
    assert.deepEqual(sizes, [21, 25, 37, 45, 49, 57]);
  });

  test('says its version from the seventh on, as table D.1 has it', () => {
    const modules = modulesOf('x'.repeat(110))!;
    const bits = Array.from({ length: 18 }, (_, i) =>
      Number(modules[Math.floor(i / 3)]![modules.length - 11 + (i % 3)]!),
    );
    assert.equal(bits.reverse().join(''), '000111110010010100');
  });

  test('says that a text is too long', () => {
    assert.equal(modulesOf('x'.repeat(214)), null);
  });
});
