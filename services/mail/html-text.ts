/** The text of an HTML page as rules look at it: every text, hidden or not, a line for each block. */
import { Parser } from 'htmlparser2';
import { TextBuilder } from './text-builder.ts';

/** Their content is no text. */
const silent: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'math',
  'object',
]);

/** Whatever stands inside a line does not cut words. */
const inline: ReadonlySet<string> = new Set(
  'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q rp rt ruby s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);

/** Fed in pieces, so that it ends soon after the text is long enough. */
const pieceCharacters = 64 * 1024;

export function htmlText(html: string, maxCharacters: number): TextBuilder {
  const text = new TextBuilder(maxCharacters);
  let silence = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (silent.has(name)) silence++;
      else if (!inline.has(name)) text.endLine();
    },
    ontext(piece) {
      if (silence === 0) text.add(piece);
    },
    onclosetag(name) {
      if (silent.has(name)) silence = Math.max(0, silence - 1);
      else if (!inline.has(name)) text.endLine();
    },
  });
  for (let at = 0; at < html.length && !text.isFull; at += pieceCharacters) {
    parser.write(html.slice(at, at + pieceCharacters));
  }
  parser.end();
  return text;
}
