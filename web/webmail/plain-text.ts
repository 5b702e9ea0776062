/** Plain text with its quotes set apart and its addresses to be followed. */
import { html, type TemplateResult } from 'lit';

const address = /(https?:\/\/[^\s<>"“”，。；）】]+[^\s<>"“”，。；）】.,;:!?)\]'])/;

export function plainText(text: string): TemplateResult[] {
  return blocks(text).map(({ lines, isQuoted }) => {
    const shown = lines.join('\n').replace(/^\n+|\n+$/g, '');
    return html`<div class=${isQuoted ? 'quoted' : ''}>${linked(shown)}</div>`;
  });
}

interface Block {
  readonly lines: string[];
  readonly isQuoted: boolean;
}

function blocks(text: string): Block[] {
  const found: Block[] = [];
  for (const line of text.replaceAll('\0', '').split(/\r\n|\r|\n/)) {
    const isQuoted = line.startsWith('>');
    const last = found.at(-1);
    const shown = isQuoted ? line.replace(/^> ?/, '') : line;
    if (last?.isQuoted === isQuoted) last.lines.push(shown);
    else found.push({ lines: [shown], isQuoted });
  }
  return found;
}

function linked(text: string): (string | TemplateResult)[] {
  return text
    .split(address)
    .map((piece, i) =>
      i % 2 === 0 ? piece : html`<a href=${piece} target="_blank" rel="noopener noreferrer">${piece}</a>`,
    );
}
