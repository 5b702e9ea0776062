/** Dates of header fields (RFC 5322 §3.3 and §4.3), read as tolerantly as they are written. */
import { HeaderLexer } from './header-lexer.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 5322 §4.3, in minutes east of Greenwich. Military letters and unknown names mean UTC. */
const zones: Readonly<Record<string, number>> = {
  EDT: -240,
  EST: -300,
  CDT: -300,
  CST: -360,
  MDT: -360,
  MST: -420,
  PDT: -420,
  PST: -480,
};

/** No header date is longer; what is behind is not looked at. */
const maxDateLetters = 200;

const pattern =
  /(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{2,4}),? +(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\.\d+)?(?: *([+-]\d{2,4}|[A-Za-z]{1,5}))?/;

/** UTC milliseconds; null where the value is no date. */
export function readMailDate(value: string): number | null {
  const match = pattern.exec(withoutComments(value.slice(0, maxDateLetters)));
  if (!match) return null;
  const [, day, monthName, yearText, hour, minute, second, zone] = match;
  const month = months.indexOf(monthName!.toLowerCase());
  const time = [Number(hour), Number(minute), Number(second ?? 0)] as const;
  if (month < 0 || !isTime(Number(day), ...time)) return null;
  const date = new Date(0);
  date.setUTCFullYear(fullYear(yearText!), month, Number(day));
  date.setUTCHours(...time);
  return date.getTime() - zoneMinutes(zone ?? '') * 60_000;
}

function isTime(day: number, hour: number, minute: number, second: number): boolean {
  return day >= 1 && day <= 31 && hour <= 24 && minute <= 59 && second <= 60;
}

/** RFC 5322 §4.3: two digits to 49 are of this century, three digits count from 1900. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return text.length === 3 ? 1900 + year : year;
}

/** `+0800`, `+08` or a name. A zone that cannot be counts as UTC. */
function zoneMinutes(zone: string): number {
  if (!/^[+-]/.test(zone)) return zones[zone.toUpperCase()] ?? 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).padEnd(4, '0');
  const hours = Number(digits.slice(0, 2));
  return hours <= 14 ? sign * (hours * 60 + Number(digits.slice(2))) : 0;
}

/** Comments may stand anywhere between the words (RFC 5322 §3.2.2); runs of blanks become one. */
function withoutComments(value: string): string {
  const lexer = new HeaderLexer(value);
  let text = '';
  while (!lexer.atEnd) {
    lexer.skipBlanksAndComments();
    const start = lexer.at;
    while (!lexer.atEnd && !/[ \t\r\n(]/.test(lexer.peek())) lexer.at++;
    text += `${text === '' ? '' : ' '}${lexer.text.slice(start, lexer.at)}`;
  }
  return text;
}
