/**
 * A list of holidays as it is exchanged: lines of `2026-10-01,holiday` and `2026-10-10,workday`, with a name of the day
 * behind it if there is one; 休 and 班 are understood as well. Pure.
 */

export interface HolidayList {
  readonly years: readonly number[];
  /** 20261001 for the first of October 2026. */
  readonly holidays: readonly number[];
  readonly workdays: readonly number[];
}

export interface HolidayProblem {
  /** Counts from 1. */
  readonly line: number;
  readonly problem: string;
}

type DayKind = 'holidays' | 'workdays';

const kinds: Readonly<Record<string, DayKind>> = {
  holiday: 'holidays',
  休: 'holidays',
  workday: 'workdays',
  班: 'workdays',
};

/** All that is wrong is told at once; then nothing is taken. */
export function readHolidays(text: string): HolidayList | readonly HolidayProblem[] {
  const days = new Map<number, DayKind>();
  const problems: HolidayProblem[] = [];
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || (i === 0 && /^date,/i.test(line.trim()))) continue;
    const problem = readLine(line, days);
    if (problem !== null) problems.push({ line: i + 1, problem });
  }
  if (problems.length > 0) return problems;
  const of = (kind: DayKind) =>
    [...days].flatMap(([day, each]) => (each === kind ? [day] : [])).sort((a, b) => a - b);
  const years = [...new Set([...days.keys()].map((day) => Math.floor(day / 10_000)))].sort();
  return { years, holidays: of('holidays'), workdays: of('workdays') };
}

/** Null where it was taken. */
function readLine(line: string, days: Map<number, DayKind>): string | null {
  const [date = '', word = ''] = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const kind = kinds[word.toLowerCase()];
  if (kind === undefined) return `${word || 'nothing'} is neither holiday nor workday`;
  const [, year, month, day] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(date) ?? [];
  if (year === undefined) return `${date} is not a date such as 2026-10-01`;
  const number = Number(year) * 10_000 + Number(month) * 100 + Number(day);
  const parsed = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (parsed.getUTCMonth() !== Number(month) - 1 || parsed.getUTCDate() !== Number(day))
    return `there is no ${date}`;
  if (days.has(number) && days.get(number) !== kind) return `${date} is both`;
  days.set(number, kind);
  return null;
}
