/** The beginning of a mail's text in one line, for lists (RFC 8621 §4.1.4 `preview`). */
import { bodyLists } from './body-parts.ts';
import type { EmailContent } from './email-content.ts';

const maxPreviewCharacters = 256;
/** So much of a text is looked at. HTML begins with a long head. */
const lookedAtOctets = { plain: 4096, html: 32_768 };

export async function previewOf(content: EmailContent): Promise<string> {
  const part = bodyLists(await content.root()).textBody.find(({ type }) => type.startsWith('text/'));
  if (!part) return '';
  const isHtml = part.type === 'text/html';
  const { value } = await content.text(part, isHtml ? lookedAtOctets.html : lookedAtOctets.plain);
  return inOneLine(isHtml ? textOfHtml(value) : value);
}

/** Rough on purpose: nothing of it is ever shown as HTML. */
export function textOfHtml(html: string): string {
  return html
    .replace(/<(style|script|title|head)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<[^>]*(?:>|$)/g, ' ')
    .replace(
      /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi,
      (whole, decimal, hex, name) =>
        characterOf(decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : name) ?? whole,
    );
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function characterOf(code: number | string): string | null {
  if (typeof code === 'string') return named[code.toLowerCase()] ?? null;
  return code >= 0x20 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

function inOneLine(text: string): string {
  const line = text.replace(/^>.*$/gm, ' ').replace(/\s+/g, ' ').trim();
  return [...line].slice(0, maxPreviewCharacters).join('');
}
