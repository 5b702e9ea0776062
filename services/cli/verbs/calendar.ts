/** `calendar import|hours|show`: when the house works; deadlines and reminders are counted by it. */
import { readFile } from 'node:fs/promises';
import { readHolidays } from '../../approvals/holiday-list.ts';
import { counted } from '../../counted.ts';
import { parseArguments } from '../arguments.ts';
import { unreadable } from '../file-fault.ts';
import { asVerb, UsageError } from '../verb.ts';

interface ImportRequest extends Record<string, number[]> {
  years: number[];
  holidays: number[];
  workdays: number[];
}

interface HoursRequest extends Record<string, string | number[]> {
  timeZone: string;
  week: number[];
  workdayHours: number[];
}

export const calendarImport = asVerb<ImportRequest>({
  name: 'calendar import',
  act: 'manageAccounts',
  summary: 'Takes in a list of holidays, and of days worked in exchange for them.',
  usage: 'FILE',
  details:
    'Lines of DATE,holiday or DATE,workday (休 and 班 are understood as well). Of the years that it names it replaces all days.',
  examples: ['calendar import holidays-2026.csv'],
  async prepare(args) {
    const file = parseArguments(args, { positionals: ['FILE'] }).positionals[0]!;
    const text = await readFile(file, 'utf8').catch((error) => {
      throw new UsageError(unreadable(file, error));
    });
    const list = readHolidays(text);
    if (!('years' in list))
      throw new UsageError(list.map(({ line, problem }) => `line ${line}: ${problem}`).join('\n'));
    return { years: [...list.years], holidays: [...list.holidays], workdays: [...list.workdays] };
  },
  async perform({ calendar }, request) {
    await calendar.change({ kind: 'importHolidays', ...request }, 'operator');
    const { years, holidays, workdays } = request;
    const days = `${counted(holidays.length, 'holiday')}, ${counted(workdays.length, 'day')} worked in exchange`;
    const text = `${years.join(', ')}: ${days}.`;
    return { json: request, text };
  },
});

export const calendarHours = asVerb<HoursRequest>({
  name: 'calendar hours',
  act: 'manageAccounts',
  summary: 'Sets the hours in which the house works.',
  usage: '--zone ZONE --days 1-5 --hours 09:00-12:00,13:00-18:00',
  details: 'Days from Monday (1) to Sunday (7). The hours are those of days worked in exchange as well.',
  examples: ['calendar hours --zone Asia/Shanghai --days 1-5 --hours 09:00-12:00,13:30-18:00'],
  prepare: (args) => {
    const { options } = parseArguments(args, { positionals: [], options: ['zone', 'days', 'hours'] });
    const { zone, days, hours } = options;
    if (zone === undefined || days === undefined || hours === undefined)
      throw new UsageError('Say --zone, --days and --hours.');
    const spans = spansOf(hours);
    const week = daysOf(days).flatMap((day) =>
      spans.flatMap((from, i) => (i % 2 === 0 ? [day % 7, from, spans[i + 1]!] : [])),
    );
    return { timeZone: zone, week, workdayHours: spans };
  },
  async perform({ calendar }, { timeZone, week, workdayHours }) {
    await calendar.change({ kind: 'setWorkingHours', timeZone, week, workdayHours }, 'operator');
    return { json: { timeZone, week, workdayHours }, text: `The hours are set, in ${timeZone}.` };
  },
});

export const calendarShow = asVerb({
  name: 'calendar show',
  act: 'listAccounts',
  summary: 'Shows the hours in which the house works, its holidays, and the days worked in exchange.',
  usage: '',
  examples: ['calendar show'],
  prepare: (args) => {
    parseArguments(args, { positionals: [] });
    return {};
  },
  async perform({ houseCalendar }) {
    const { hours, holidays, workdays } = await houseCalendar();
    const shown = {
      timeZone: hours?.timeZone ?? null,
      week: [...(hours?.week ?? [])],
      holidays: [...holidays].sort().map(dateText),
      workdays: [...workdays].sort().map(dateText),
    };
    const text = [
      `Hours      ${hours === null ? 'Monday to Friday, 09:00-18:00' : weekText(hours.week)}`,
      `Time zone  ${hours?.timeZone ?? 'that of this machine'}`,
      `Holidays   ${shown.holidays.join(' ')}`,
      `Worked     ${shown.workdays.join(' ')}`,
    ].join('\n');
    return { json: shown, text };
  },
});

function daysOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^([1-7])(?:-([1-7]))?$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first))
      throw new UsageError(`${part} is no day, nor days: 1-5 is Monday to Friday.`);
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  });
}

function spansOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(part);
    if (!match) throw new UsageError(`${part} are no hours: 09:00-18:00.`);
    const [fromHour, fromMinute, toHour, toMinute] = match.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    return [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  });
}

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function weekText(week: readonly number[]): string {
  const spans: string[] = [];
  for (let i = 0; i < week.length; i += 3)
    spans.push(`${dayNames[week[i]!]} ${clockText(week[i + 1]!)}-${clockText(week[i + 2]!)}`);
  return spans.join(', ');
}

function clockText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function dateText(day: number): string {
  return String(day).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}
