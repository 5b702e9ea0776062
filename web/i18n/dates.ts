/** Times and sizes as the reader's language writes them, in the reader's own zone. */
import { language } from './language.ts';

const made = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language()} ${JSON.stringify(options)}`;
  const held = made.get(key) ?? new Intl.DateTimeFormat(language(), options);
  made.set(key, held);
  return held;
}

/** For lists: the time of today, the day of this year, else the date. */
export function shortTime(iso: string, now: Date): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  if (at.toDateString() === now.toDateString())
    return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  if (at.getFullYear() === now.getFullYear()) return format({ month: 'short', day: 'numeric' }).format(at);
  return format({ year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** In full, with day of the week. */
export function longTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return format({ dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' }).format(at);
}

/** Of today: hours and minutes. */
export function clockTime(atMs: number): string {
  return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(atMs);
}

const steps = [
  ['GB', 1_000_000_000],
  ['MB', 1_000_000],
  ['KB', 1000],
] as const;

/** Decimal units: 1 KB is 1000 octets. */
export function sizeText(octets: number): string {
  for (const [unit, size] of steps) {
    if (octets >= size)
      return `${new Intl.NumberFormat(language(), { maximumFractionDigits: 1 }).format(octets / size)} ${unit}`;
  }
  return `${octets} B`;
}

/** Day and time, to the second. */
export function momentText(atMs: number): string {
  return format({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(atMs));
}

/** Of what is known to the day only. */
export function dayText(atMs: number): string {
  return format({ dateStyle: 'medium' }).format(new Date(atMs));
}

/** As `longTime` and `shortTime` take it. */
export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
