/** Texts with what was searched for marked (RFC 8621 §5): HTML that holds no tags but `<mark>`. Pure. */

import { simplified } from '../../mail/simplified-characters.ts';

const before = 60;
const maxCharacters = 200;

/** The whole text; null where none of the words is in it. */
export function markedText(text: string, words: readonly string[]): string | null {
  const pattern = patternOf(words);
  const compared = simplified(text);
  if (!pattern?.test(compared)) return null;
  pattern.lastIndex = 0;
  let marked = '';
  let end = 0;
  for (const { index, 0: found } of compared.matchAll(pattern)) {
    marked += `${escaped(text.slice(end, index))}<mark>${escaped(text.slice(index, index + found.length))}</mark>`;
    end = index + found.length;
  }
  return marked + escaped(text.slice(end));
}

/** A piece of it around the first of the words, in one line. */
export function markedPiece(text: string, words: readonly string[]): string | null {
  const line = text.replace(/\s+/g, ' ').trim();
  const at = patternOf(words)?.exec(simplified(line))?.index;
  if (at === undefined) return null;
  const start = Math.max(0, at - before);
  return markedText(line.slice(start, start + maxCharacters).toWellFormed(), words);
}

function patternOf(words: readonly string[]): RegExp | null {
  const sought = words.filter((each) => each !== '').map((each) => RegExp.escape(simplified(each)));
  return sought.length === 0 ? null : new RegExp(sought.join('|'), 'giu');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
