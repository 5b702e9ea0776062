/** Numbers that are the same in every run: a low-discrepancy sequence for sizes, a seeded generator for content. */

/** Golden ratio's fraction: its multiples fill [0, 1) evenly at every length (Weyl sequence). */
const goldenFraction = 0.618_033_988_749_894_9;

/** The nth number of [0, 1), so that every run length has the same mix. */
export function spread(n: number): number {
  return ((n + 0.5) * goldenFraction) % 1;
}

/** Mulberry32: 32 bits of state, good enough to fill mails. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
}

/** Quantile of the standard normal distribution (Acklam's rational approximation, error below 1.2e-9). */
export function normalQuantile(p: number): number {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716];
  const b = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
  ];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const tail = 0.02425;
  if (p > 1 - tail) return -normalQuantile(1 - p);
  if (p < tail) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial([...c, 4.374664141464968, 2.938163982698783], q) / polynomial([...d, 1], q);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial([...a, 2.506628277459239], r) * q) / polynomial([...b, 1], r);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, each) => sum * x + each, 0);
}
