/** The text of HTML as somebody reads it aloud: lines, bullets, quotes; it stands beside the HTML of a mail. */

const blocks = new Set([
  ...['div', 'p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre', 'tr', 'table', 'section', 'article'],
  ...['header', 'footer', 'center', 'dl', 'dt', 'dd', 'address'],
]);
const silent = new Set(['style', 'script', 'head', 'title', 'template']);

/** Deeper is nobody's writing. */
const maxDepth = 200;

export function textOfDom(root: Element): string {
  return linesOf(root, 0)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd();
}

function linesOf(node: Element, depth: number): string[] {
  const lines: string[] = [''];
  if (depth > maxDepth) return [node.textContent ?? ''];
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) append(lines, textIn(child as Text));
    else if (child.nodeType === Node.ELEMENT_NODE) take(lines, child as HTMLElement, depth);
  }
  return lines.at(-1) === '' && lines.length > 1 ? lines.slice(0, -1) : lines;
}

function take(lines: string[], element: HTMLElement, depth: number): void {
  const { localName } = element;
  if (silent.has(localName)) return;
  if (localName === 'br') lines.push('');
  else if (localName === 'hr') block(lines, ['----------']);
  else if (localName === 'blockquote')
    block(
      lines,
      linesOf(element, depth + 1).map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd())),
    );
  else if (localName === 'ul' || localName === 'ol') block(lines, listLines(element, depth));
  else if (blocks.has(localName)) block(lines, linesOf(element, depth + 1));
  else if (localName === 'a') append(lines, linkText(element as HTMLAnchorElement));
  else {
    const [first = '', ...rest] = linesOf(element, depth + 1);
    append(lines, first);
    lines.push(...rest);
    if (localName === 'td' || localName === 'th') append(lines, ' ');
  }
}

function listLines(list: HTMLElement, depth: number): string[] {
  return [...list.children].flatMap((item, i) => {
    const mark = list.localName === 'ol' ? `${i + 1}. ` : '- ';
    return linesOf(item, depth + 1).map((line, row) =>
      row === 0 ? mark + line : ' '.repeat(mark.length) + line,
    );
  });
}

/** Stands on lines of its own. */
function block(lines: string[], own: readonly string[]): void {
  if (lines.at(-1) === '') lines.pop();
  lines.push(...own, '');
}

function append(lines: string[], text: string): void {
  const [first = '', ...rest] = text.split('\n');
  lines[lines.length - 1] = (lines.at(-1) ?? '') + first;
  lines.push(...rest);
}

function textIn(node: Text): string {
  const isKept = node.parentElement?.closest('pre') !== null;
  const text = node.data.replace(/\u200b/g, '');
  return (isKept ? text : text.replace(/[ \t\r\n]+/g, ' ')).replaceAll('\u00a0', ' ');
}

function linkText(link: HTMLAnchorElement): string {
  const text = link.textContent?.trim() ?? '';
  const address = (link.getAttribute('href') ?? '').replace(/^mailto:/i, '');
  return text === '' || text === address || !/^[a-z]+:/i.test(address)
    ? text || address
    : `${text} <${address}>`;
}
