/** Substrings as SEARCH means them (RFC 9051 §6.4.4): in any letter case; half and full width are alike. */

const han = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303f]';
const blankBetweenHan = new RegExp(`(?<=${han}) (?=${han})`, 'gu');

/**
 * A text as it is compared: compatibility forms and letter case folded, blanks and line ends as one space, and
 * none between Chinese characters, which a line's end separates and nobody means apart.
 */
export function foldedText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
  return /[^\x00-\x7f]/.test(folded) ? folded.replace(blankBetweenHan, '') : folded;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const datePattern =
  /(?:^|[\s,])([0-9]{1,2})[\s-]+([A-Za-z]{3})[A-Za-z]*\.?[\s-]+([0-9]{4}|[0-9]{2})(?![0-9])/;

/**
 * Days from 1970-01-01 to the day that a Date field names, whatever its time and zone (RFC 9051 §6.4.4 SENTON);
 * null where it names none.
 */
export function sentDay(value: string): number | null {
  const found = datePattern.exec(value.slice(0, 200));
  const month = months.indexOf(found?.[2]?.toLowerCase() ?? '');
  if (!found || month < 0) return null;
  const year = Number(found[3]);
  // RFC 5322 §4.3: two digits below 50 are of this century.
  const fullYear = found[3]!.length === 4 ? year : year + (year < 50 ? 2000 : 1900);
  return Date.UTC(fullYear, month, Number(found[1])) / 86_400_000;
}
