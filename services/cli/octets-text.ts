/** Sizes as people write them: binary units, and only those (1 MiB = 1,048,576 octets). */
import { UsageError } from './verb.ts';

const units: readonly [string, number][] = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
];

/** `500MiB`, `2GiB`, `1048576`; `0` and `unlimited` are without limit. */
export function parseOctets(text: string): number {
  if (text === 'unlimited') return 0;
  const match = /^(\d{1,12})(KiB|MiB|GiB)?$/.exec(text);
  if (!match)
    throw new UsageError(`${text} is not a size: write 500MiB, 2GiB, a number of octets, or unlimited.`);
  const factor = units.find(([unit]) => unit === match[2])?.[1] ?? 1;
  return Number(match[1]) * factor;
}

export function octetsText(octets: number): string {
  const unit = units.find(([, factor]) => octets >= factor);
  if (!unit) return `${octets} octets`;
  return `${(octets / unit[1]).toFixed(1).replace(/\.0$/, '')} ${unit[0]}`;
}

export function quotaText(octets: number): string {
  return octets === 0 ? 'unlimited' : octetsText(octets);
}
