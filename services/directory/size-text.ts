/** Sizes as people write them: binary units, and only those (1 MiB = 1,048,576 octets). Pure. */

export const sizeUnits: readonly [string, number][] = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
];

/** `500MiB`, `2GiB`, `1048576`; `0` and `unlimited` are without limit (0). Null where it is not a size. */
export function readSize(text: string): number | null {
  if (text === 'unlimited') return 0;
  const match = /^(\d{1,12})(KiB|MiB|GiB)?$/.exec(text);
  if (!match) return null;
  const factor = sizeUnits.find(([unit]) => unit === match[2])?.[1] ?? 1;
  return Number(match[1]) * factor;
}

/** What to say of a text that is not a size. */
export function notSize(text: string): string {
  return `${text} is not a size: write 500MiB, 2GiB, a number of octets, or unlimited.`;
}
