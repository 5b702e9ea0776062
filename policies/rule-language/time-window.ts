/** Times of day in a time zone: `18:00` until `08:00` spans midnight and belongs to the day on which it begins. */
import { type TestOf, weekdays } from './rule-conditions.ts';

export type TimeWindow = (atMs: number) => boolean;

const minutesPerDay = 24 * 60;

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export function timeWindow({ zone, days, from, until }: TestOf<'time'>): TimeWindow {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const begin = minutesOf(from);
  const length = (minutesOf(until) - begin + minutesPerDay) % minutesPerDay || minutesPerDay;
  const wanted = new Set((days ?? weekdays).map((day) => weekdays.indexOf(day)));
  return (atMs) => {
    const { day, minutes } = localTime(format, atMs);
    const since = minutes - begin;
    if (since >= 0) return since < length && wanted.has(day);
    return since + minutesPerDay < length && wanted.has((day + 6) % 7);
  };
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

function localTime(format: Intl.DateTimeFormat, atMs: number): { day: number; minutes: number } {
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const day = (weekdays as readonly string[]).indexOf(parts['weekday']!.slice(0, 3).toLowerCase());
  return { day, minutes: Number(parts['hour']) * 60 + Number(parts['minute']) };
}
