/** The house's working time (`policies/business-time.ts`), out of the state that decides. */
import { type BusinessCalendar, type WorkingSpan, workingTimeAfter } from '../../policies/business-time.ts';
import type { HouseCalendar } from '../domain/calendar.ts';

const hourMs = 3_600_000;
const officeHours: readonly WorkingSpan[] = [{ from: 9 * 60, to: 18 * 60 }];

/** Until somebody sets other hours: Monday to Friday, by the machine's clock. */
export function businessCalendar({ hours, holidays, workdays }: HouseCalendar): BusinessCalendar {
  const days = { holidays: dates(holidays), workdays: dates(workdays) };
  const timeZone = hours?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (hours === null) {
    const week = Array.from({ length: 7 }, (_, day) => (day === 0 || day === 6 ? [] : officeHours));
    return { timeZone, week, workdayHours: officeHours, ...days };
  }
  const week = Array.from({ length: 7 }, (): WorkingSpan[] => []);
  for (let i = 0; i < hours.week.length; i += 3)
    week[hours.week[i]!]!.push({ from: hours.week[i + 1]!, to: hours.week[i + 2]! });
  return { timeZone, week, workdayHours: spansOf(hours.workdayHours), ...days };
}

/** After so many working hours; by the clock alone where the calendar has no working time for more than a year. */
export function afterWorkingHours(startMs: number, hours: number, calendar: BusinessCalendar): number {
  return workingTimeAfter(startMs, hours * hourMs, calendar) ?? startMs + hours * hourMs;
}

/** Behind a reminder: a working day. */
const hoursBetweenReminders = 8;

export function nextReminder(nowMs: number, calendar: HouseCalendar): number {
  return afterWorkingHours(nowMs, hoursBetweenReminders, businessCalendar(calendar));
}

function spansOf(minutes: readonly number[]): WorkingSpan[] {
  return minutes.flatMap((from, i) => (i % 2 === 0 ? [{ from, to: minutes[i + 1]! }] : []));
}

function dates(days: ReadonlySet<number>): Set<string> {
  return new Set([...days].map((day) => String(day).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')));
}
