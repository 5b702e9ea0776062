import type { Cursor } from './cursor.ts';
import { SyntaxFailure } from './syntax-failure.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const monthOf: ReadonlyMap<string, number> = new Map(
  months.map((name, index) => [name.toUpperCase(), index]),
);
const msPerDay = 86_400_000;

const dateTimePattern = /"(?: [0-9]|[0-9]{2})-[A-Za-z]{3}-[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"/y;
const datePattern = /[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}/y;

/** RFC 9051 §9 `date-time`, as UTC milliseconds. */
export function dateTime(cursor: Cursor): number {
  const text = cursor.match(dateTimePattern);
  if (text === null) throw new SyntaxFailure('Expected a date and time');
  const [hours, minutes, seconds] = [text.slice(13, 15), text.slice(16, 18), text.slice(19, 21)].map(Number);
  const zoneMinutes = Number(text.slice(23, 25)) * 60 + Number(text.slice(25, 27));
  // 60 is a leap second; a zone goes to +14:00.
  if (
    hours! > 23 ||
    minutes! > 59 ||
    seconds! > 60 ||
    Number(text.slice(25, 27)) > 59 ||
    zoneMinutes > 24 * 60
  ) {
    throw new SyntaxFailure('There is no such time');
  }
  const local = dayMs(text.slice(1, 12).trim()) + ((hours! * 60 + minutes!) * 60 + seconds!) * 1000;
  return local - (text.charAt(22) === '-' ? -1 : 1) * zoneMinutes * 60_000;
}

/** RFC 9051 §9 `date` of SEARCH, as days since 1970-01-01. */
export function date(cursor: Cursor): number {
  const quoted = cursor.take('"');
  const text = cursor.match(datePattern);
  if (text === null) throw new SyntaxFailure('Expected a date such as 1-Feb-2026');
  if (quoted) cursor.expect('"', 'a closing quote');
  return dayMs(text) / msPerDay;
}

/** UTC milliseconds of the beginning of `d-Mon-yyyy`. */
function dayMs(text: string): number {
  const [day, monthName, year] = text.split('-') as [string, string, string];
  const month = monthOf.get(monthName.toUpperCase());
  if (month === undefined) throw new SyntaxFailure(`There is no month ${monthName}`);
  // The long way, because Date.UTC takes years below 100 for the twentieth century.
  const ms = new Date(0).setUTCFullYear(Number(year), month, Number(day));
  // A day that the month does not have has become one of another month.
  if (new Date(ms).getUTCDate() !== Number(day)) throw new SyntaxFailure('There is no such day');
  return ms;
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** RFC 9051 §9 `date-time` with its quotes, in UTC. */
export function dateTimeText(ms: number): string {
  const at = new Date(ms);
  const day = `${at.getUTCDate()}`.padStart(2, ' ');
  const year = `${at.getUTCFullYear()}`.padStart(4, '0');
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `"${day}-${months[at.getUTCMonth()]}-${year} ${time} +0000"`;
}
