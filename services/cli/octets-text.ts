/** Sizes at the command line. */
import { counted } from '../counted.ts';
import { notSize, readSize, sizeUnits } from '../directory/size-text.ts';
import { UsageError } from './verb.ts';

/** `500MiB`, `2GiB`, `1048576`; `0` and `unlimited` are without limit. */
export function parseOctets(text: string): number {
  const octets = readSize(text);
  if (octets === null) throw new UsageError(notSize(text));
  return octets;
}

export function octetsText(octets: number): string {
  const unit = sizeUnits.find(([, factor]) => octets >= factor);
  if (!unit) return counted(octets, 'octet');
  return `${(octets / unit[1]).toFixed(1).replace(/\.0$/, '')} ${unit[0]}`;
}

export function quotaText(octets: number): string {
  return octets === 0 ? 'unlimited' : octetsText(octets);
}
