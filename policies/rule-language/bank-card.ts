/** Bank card numbers: the issuers' ranges (ISO/IEC 7812-1) and Luhn's check digit (its annex B). */

interface Range {
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
}

function range(from: number, to: number, ...lengths: number[]): Range {
  return { from, to, lengths };
}

/** By the first six digits. */
const issuers: readonly Range[] = [
  range(620000, 629999, 16, 17, 18, 19), // UnionPay
  range(810000, 817199, 16, 17, 18, 19),
  range(400000, 499999, 13, 16, 19), // Visa
  range(510000, 559999, 16), // Mastercard
  range(222100, 272099, 16),
  range(340000, 349999, 15), // American Express
  range(370000, 379999, 15),
  range(352800, 358999, 16, 17, 18, 19), // JCB
  range(601100, 601199, 16, 17, 18, 19), // Discover
  range(644000, 659999, 16, 17, 18, 19),
  range(300000, 305999, 14, 16), // Diners Club
  range(360000, 369999, 14, 16),
  range(380000, 399999, 14, 16),
];

/** `number`: digits alone. */
export function isBankCard(number: string): boolean {
  const first = Number(number.slice(0, 6));
  const issued = issuers.some(
    ({ from, to, lengths }) => first >= from && first <= to && lengths.includes(number.length),
  );
  return issued && luhnSum(number) % 10 === 0;
}

function luhnSum(number: string): number {
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = number.charCodeAt(number.length - 1 - i) - 0x30;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum;
}
