/** Reed-Solomon codes of QR codes (ISO/IEC 18004 §7.5.2, annex A). Pure. */

/** So many codewords by which a reader mends a block (§7.5.2). */
export function correctionOf(block: readonly number[], length: number): number[] {
  const generator = generatorOf(length);
  let remainder = generator.map(() => 0);
  for (const codeword of block) {
    const factor = codeword ^ remainder[0]!;
    remainder = [...remainder.slice(1), 0].map((each, i) => each ^ product(generator[i]!, factor));
  }
  return remainder;
}

/** In the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1 (§7.5.2). */
function product(a: number, b: number): number {
  let result = 0;
  for (let bit = 7; bit >= 0; bit--) {
    result = (result << 1) ^ ((result >> 7) * 0x11d);
    if ((b >> bit) & 1) result ^= a;
  }
  return result;
}

/** Coefficients of (x - 2^0)(x - 2^1)…, without the first, which is 1. */
function generatorOf(degree: number): number[] {
  let coefficients = [1];
  let root = 1;
  for (let i = 0; i < degree; i++) {
    const shifted = [...coefficients, 0];
    coefficients = shifted.map((each, j) => each ^ (j > 0 ? product(coefficients[j - 1]!, root) : 0));
    root = product(root, 2);
  }
  return coefficients.slice(1);
}
