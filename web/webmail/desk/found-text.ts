/** Where in a text rules have found something, and the text with it marked. Pure. */
import { html, type TemplateResult } from 'lit';
import type { Answered } from '../../api/calls.ts';

/** What a rule has found in a mail. */
export type Hit = Answered<'GET /api/approvals/:approval'>['hits'][number];

/** UTF-16 units [start, end). */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** In order, none over another. What does not stand where it should is looked for. */
export function foundRanges(text: string, hits: readonly Hit[]): TextRange[] {
  const ranges = hits.flatMap((hit) => rangesOf(text, hit)).sort((a, b) => a.start - b.start);
  const apart: TextRange[] = [];
  for (const range of ranges) {
    const last = apart.at(-1);
    if (last && range.start < last.end)
      apart[apart.length - 1] = { ...last, end: Math.max(last.end, range.end) };
    else apart.push(range);
  }
  return apart;
}

export function markedText(text: string, ranges: readonly TextRange[]): (string | TemplateResult)[] {
  const pieces: (string | TemplateResult)[] = [];
  let done = 0;
  for (const { start, end } of ranges) {
    pieces.push(text.slice(done, start), html`<mark>${text.slice(start, end)}</mark>`);
    done = end;
  }
  return [...pieces, text.slice(done)];
}

/** Positions count the text as it was sent, where each line ends in two characters; shown lines end in one. */
function rangesOf(text: string, { start, end, found }: Hit): TextRange[] {
  if (found === '') return [];
  if (text.startsWith(found, start)) return [{ start, end: Math.min(end, text.length) }];
  const sent = text.replaceAll('\n', '\r\n');
  if (sent.startsWith(found, start)) {
    const linesBefore = (at: number): number => sent.slice(0, at).split('\n').length - 1;
    return [{ start: start - linesBefore(start), end: end - linesBefore(end) }];
  }
  return occurrences(text, found.replaceAll('\r\n', '\n'));
}

function occurrences(text: string, found: string): TextRange[] {
  const ranges: TextRange[] = [];
  for (let at = text.indexOf(found); at >= 0; at = text.indexOf(found, at + found.length))
    ranges.push({ start: at, end: at + found.length });
  return ranges;
}
