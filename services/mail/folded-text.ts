/**
 * Texts as searches compare them (RFC 9051 §6.4.4): in any letter case; half and full width, traditional and
 * simplified characters are alike.
 */
import { simplified } from './simplified-characters.ts';

const han = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303f]';
const blankBetweenHan = new RegExp(`(?<=${han}) (?=${han})`, 'gu');

/**
 * A text as it is compared: compatibility forms, letter case and traditional characters folded, blanks and line ends
 * as one space, and none between Chinese characters, which a line's end separates and nobody means apart.
 */
export function foldedText(text: string): string {
  // Most texts are like this, and to know it costs a third.
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('  ')) return text.toLowerCase();
  const folded = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
  return /[^\x00-\x7f]/.test(folded) ? simplified(folded.replace(blankBetweenHan, '')) : folded;
}
