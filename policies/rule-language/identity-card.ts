/** Numbers of resident identity cards of the People's Republic of China (GB 11643-1999). */

/** Provinces, regions and cities (GB/T 2260), and what residence permits of Hong Kong, Macau and Taiwan begin with. */
const regions = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(
    ' ',
  ),
);
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = '10x98765432';

/** `number`: 17 digits and a digit or `x`. */
export function isIdentityCard(number: string): boolean {
  if (!/^[0-9]{17}[0-9x]$/.test(number) || !regions.has(number.slice(0, 2))) return false;
  return isBirthday(number.slice(6, 14)) && checkCharacters[weightedSum(number) % 11] === number[17];
}

function weightedSum(number: string): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(number[i]), 0);
}

function isBirthday(digits: string): boolean {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number) as [
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1850 && year < 2150 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
