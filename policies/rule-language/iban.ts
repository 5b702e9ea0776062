/** International bank account numbers (ISO 13616-1): the length of each country, and 1 modulo 97. */

/** Characters in all, of the countries of the register. */
const lengths: ReadonlyMap<string, number> = new Map(
  (
    'ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 eg29 es24 ' +
    'fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 ' +
    'li21 lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 ' +
    'rs22 ru33 sa24 sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30'
  )
    .split(' ')
    .map((entry): [string, number] => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** How long the number is that begins with these two letters; 0 where no country has them. */
export function ibanLength(country: string): number {
  return lengths.get(country) ?? 0;
}

/** `number`: lower-case letters and digits alone. */
export function isIban(number: string): boolean {
  return (
    number.length === ibanLength(number.slice(0, 2)) &&
    remainder97(number.slice(4) + number.slice(0, 4)) === 1
  );
}

/** Letters count 10 to 35. */
function remainder97(text: string): number {
  let remainder = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    remainder = unit < 0x3a ? (remainder * 10 + unit - 0x30) % 97 : (remainder * 100 + unit - 0x57) % 97;
  }
  return remainder;
}
