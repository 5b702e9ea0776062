/**
 * Working hours and holidays of the house, in the organisation's stream: reminders and deadlines are counted in working
 * time. Days are integers, 20261001 for the first of October 2026.
 */
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf, sealedText } from './fact.ts';
import { refuse } from './refusals.ts';

export const calendarEvents = defineEvents({
  WorkingHoursSet: {
    version: 1,
    means: 'The hours in which the house works.',
    clear: {
      /** Weekday from Sunday (0), first minute and minute behind the last, three by three. */
      week: 'integers',
      /** First minute and minute behind the last, two by two: of days that are worked although their weekday is not. */
      workdayHours: 'integers',
    },
    personal: { timeZone: 'IANA name of the time zone' },
  },
  HolidaysImported: {
    version: 1,
    means:
      'The holidays of those years, and the days worked in exchange for them; what was known of these years before is no more.',
    clear: { years: 'integers', holidays: 'integers', workdays: 'integers' },
  },
});

export type CalendarCommand =
  | {
      readonly kind: 'setWorkingHours';
      readonly week: readonly number[];
      readonly workdayHours: readonly number[];
      readonly timeZone: string;
    }
  | {
      readonly kind: 'importHolidays';
      readonly years: readonly number[];
      readonly holidays: readonly number[];
      readonly workdays: readonly number[];
    };

export interface HouseCalendar {
  /** Null until they are set. */
  hours: {
    readonly week: readonly number[];
    readonly workdayHours: readonly number[];
    /** Null once the key of the organisation is destroyed. */
    readonly timeZone: string | null;
  } | null;
  readonly holidays: Set<number>;
  readonly workdays: Set<number>;
}

export const minutesPerDay = 24 * 60;

const draft = drafterOf(calendarEvents);

export function noCalendar(): HouseCalendar {
  return { hours: null, holidays: new Set(), workdays: new Set() };
}

export function decideCalendar(command: CalendarCommand): Decision {
  if (command.kind === 'importHolidays') {
    const { years, holidays, workdays } = command;
    const days = [...holidays, ...workdays];
    const isOfYears = days.every((day) => isDay(day) && years.includes(Math.floor(day / 10_000)));
    if (!isOfYears || new Set(days).size !== days.length) return refuse('calendarInvalid');
    return { events: [draft('HolidaysImported', { years, holidays, workdays })] };
  }
  const { week, workdayHours, timeZone } = command;
  if (!isWeek(week) || !areSpans(workdayHours)) return refuse('calendarInvalid');
  return { events: [draft('WorkingHoursSet', { week, workdayHours }, { timeZone })] };
}

/** Of at least one day, so that deadlines have an end. */
function isWeek(week: readonly number[]): boolean {
  const days = Map.groupBy(week.keys(), (i) => week[i - (i % 3)]!);
  if (week.length === 0 || week.length % 3 !== 0) return false;
  return [...days].every(
    ([day, places]) => day >= 0 && day <= 6 && areSpans(places.filter((i) => i % 3 > 0).map((i) => week[i]!)),
  );
}

/** Ascending and apart, within one day. */
function areSpans(minutes: readonly number[]): boolean {
  if (minutes.length % 2 !== 0) return false;
  return minutes.every(
    (minute, i) => minute >= 0 && minute <= minutesPerDay && (i === 0 || minute > minutes[i - 1]!),
  );
}

/** A day that there is. */
export function isDay(day: number): boolean {
  const text = String(day);
  if (!/^[12]\d{7}$/.test(text)) return false;
  const date = new Date(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === day % 100;
}

export function evolveCalendar(
  calendar: HouseCalendar,
  { type, data, personal }: FactOf<typeof calendarEvents>,
): void {
  if (type === 'WorkingHoursSet') {
    const { week, workdayHours } = data;
    calendar.hours = { week, workdayHours, timeZone: sealedText(personal, 'timeZone') };
    return;
  }
  const years = new Set(data.years);
  for (const days of [calendar.holidays, calendar.workdays])
    for (const day of days) if (years.has(Math.floor(day / 10_000))) days.delete(day);
  for (const day of data.holidays) calendar.holidays.add(day);
  for (const day of data.workdays) calendar.workdays.add(day);
}
