/** Days that Date fields name, for SENTON and its like. */

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
