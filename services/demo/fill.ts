/** What the story takes out of its seed: numbers, and the words that stand for `{name}`. Pure. */

import { zoneOffsetMinutes } from './working-day.ts';

/** Numbers that a seed repeats (mulberry32): at least 0, below 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export function pick<T>(random: () => number, of: readonly T[]): T {
  return of[Math.floor(random() * of.length)]!;
}

const between = (random: () => number, first: number, last: number): string =>
  String(first + Math.floor(random() * (last - first + 1)));

const dayMs = 86_400_000;

/** Its UTC fields are those of the firm's own day. */
const localDate = (atMs: number): Date => new Date(atMs + zoneOffsetMinutes * 60_000);

const dayOf = (date: Date): string => `${date.getUTCMonth() + 1}月${date.getUTCDate()}日`;

/** Of the year, as people count in such texts: the first begins on its first day. */
const weekOf = (date: Date): string =>
  String(Math.ceil((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / (7 * dayMs)));

export type Filling = ReadonlyMap<string, string>;

/** One for a conversation that begins at `atMs`, so that its mails speak of the same things, and of days that fit them. */
export function makeFilling(random: () => number, atMs: number): Filling {
  const today = localDate(atMs);
  const soon = localDate(atMs + (3 + Math.floor(random() * 9)) * dayMs);
  const lately = localDate(atMs - (3 + Math.floor(random() * 9)) * dayMs);
  return new Map([
    ['product', pick(random, ['折叠椅', '升降桌', '文件柜', '会议桌', '台灯', '书架', '屏风'])],
    ['article', pick(random, ['folding chairs', 'desks', 'filing cabinets', 'desk lamps', 'bookcases'])],
    ['place', pick(random, ['苏州', '成都', '青岛', '佛山', '西安', '宁波', '长沙'])],
    ['town', pick(random, ['Suzhou', 'Chengdu', 'Qingdao', 'Foshan', 'Ningbo'])],
    ['week', weekOf(today)],
    ['weekSoon', weekOf(soon)],
    ['today', dayOf(today)],
    ['soon', dayOf(soon)],
    ['lately', dayOf(lately)],
    ['lastMonth', String(lately.getUTCMonth() + 1)],
    ['few', between(random, 2, 9)],
    ['count', between(random, 12, 240)],
    ['amount', between(random, 1200, 98_000)],
  ]);
}

/** Throws where a text names what nobody fills in. */
export function fill(text: string, filling: Filling): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const word = filling.get(name);
    if (word === undefined) throw new Error(`nothing stands for {${name}}`);
    return word;
  });
}
