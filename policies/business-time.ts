/**
 * Working time: how long somebody has had a chance to look, by the hours of the house, its holidays, and the
 * Saturdays and Sundays that are worked in exchange for them (调休). Pure.
 */

/** Minutes since local midnight, `from` below `to`, at most 1440. */
export interface WorkingSpan {
  readonly from: number;
  readonly to: number;
}

export interface BusinessCalendar {
  /** IANA name, such as `Asia/Shanghai`. */
  readonly timeZone: string;
  /** For each weekday from Sunday its spans, ascending and apart. */
  readonly week: readonly (readonly WorkingSpan[])[];
  /** Local dates, `2026-10-01`, on which nobody works. */
  readonly holidays: ReadonlySet<string>;
  /** Local dates that are worked although their weekday is not, with the hours of `workdayHours`. */
  readonly workdays: ReadonlySet<string>;
  readonly workdayHours: readonly WorkingSpan[];
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** A calendar without working time for so long is a mistake in the calendar. */
export const maxSearchedDays = 400;

/** Whether somebody works at that moment. */
export function isWorkingTime(atMs: number, calendar: BusinessCalendar): boolean {
  return spansOf(localDay(atMs, calendar.timeZone), calendar).some(([from, to]) => from <= atMs && atMs < to);
}

/**
 * The moment at which so much working time has passed since `startMs`; null where the calendar has not as much
 * in the `maxSearchedDays` after it. No time at all has passed at the first working moment from the start on.
 */
export function workingTimeAfter(
  startMs: number,
  workingMs: number,
  calendar: BusinessCalendar,
): number | null {
  let leftMs = workingMs;
  let day = localDay(startMs, calendar.timeZone);
  for (let searched = 0; searched < maxSearchedDays; searched++, day += dayMs) {
    for (const [from, to] of spansOf(day, calendar)) {
      const begin = Math.max(from, startMs);
      if (begin >= to) continue;
      if (begin + leftMs <= to) return begin + leftMs;
      leftMs -= to - begin;
    }
  }
  return null;
}

/** Working spans of a local day as UTC, `[from, to)`. */
function spansOf(day: number, calendar: BusinessCalendar): (readonly [number, number])[] {
  const { timeZone } = calendar;
  return hoursOf(day, calendar).map(
    ({ from, to }) => [utcOf(day + from * minuteMs, timeZone), utcOf(day + to * minuteMs, timeZone)] as const,
  );
}

function hoursOf(
  day: number,
  { week, holidays, workdays, workdayHours }: BusinessCalendar,
): readonly WorkingSpan[] {
  const date = new Date(day).toISOString().slice(0, 10);
  if (holidays.has(date)) return [];
  const usual = week[new Date(day).getUTCDay()] ?? [];
  return workdays.has(date) && usual.length === 0 ? workdayHours : usual;
}

/** Local midnight of the day of a moment, counted as if the zone were UTC. */
function localDay(atMs: number, timeZone: string): number {
  const localMs = atMs + offsetMs(atMs, timeZone);
  return localMs - (((localMs % dayMs) + dayMs) % dayMs);
}

/**
 * The moment at which a local clock shows that time. Where a change of the clock leaves it out, the moment of
 * the change; where it shows it twice, the first.
 */
function utcOf(localMs: number, timeZone: string): number {
  const before = localMs - offsetMs(localMs - dayMs, timeZone);
  const after = localMs - offsetMs(localMs + dayMs, timeZone);
  const [early, late] = before < after ? [before, after] : [after, before];
  if (early + offsetMs(early, timeZone) === localMs) return early;
  if (late + offsetMs(late, timeZone) === localMs) return late;
  return firstAtOrAfter(early, late, localMs, timeZone);
}

/** Between `early` and `late` the local clock jumps over that time: the moment of the jump, to the millisecond. */
function firstAtOrAfter(early: number, late: number, localMs: number, timeZone: string): number {
  let [below, above] = [early, late];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (middle + offsetMs(middle, timeZone) < localMs) below = middle;
    else above = middle;
  }
  return above;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the local clock shows more than UTC. Throws `RangeError` for a zone that nobody knows. */
function offsetMs(atMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes, seconds] = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * minuteMs + Number(seconds ?? 0) * 1000;
  return sign === '-' ? -size : size;
}
