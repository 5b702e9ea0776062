/** Between plain text and HTML: quotes, escapes, and the text that stands beside the HTML of a mail. Pure. */

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character]!);
}

/** One block a line, as the editor has them; lines that begin with `>` become quotes. */
export function htmlOf(text: string): string {
  let html = '';
  let depth = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [marks = ''] = /^(?:> ?)*/.exec(line) ?? [];
    const wanted = marks.replaceAll(' ', '').length;
    for (; depth < wanted; depth++) html += '<blockquote type="cite">';
    for (; depth > wanted; depth--) html += '</blockquote>';
    html += `<div>${spaced(escaped(line.slice(marks.length))) || '<br>'}</div>`;
  }
  return html + '</blockquote>'.repeat(depth);
}

/** Every line behind a `>` (RFC 3676 §4.5). */
export function quoted(text: string): string {
  return text
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
    .join('\n');
}

/** What its author wrote, without what is quoted. */
export function withoutQuotes(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n');
}

function spaced(html: string): string {
  return html.replace(/^ | (?= )/g, '&nbsp;');
}
