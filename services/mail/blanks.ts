/**
 * Blanks of header texts: space and tab alone. `trim` and `\s` would take U+00A0 too, which in Latin-1 text is an
 * octet of many a character. Loops rather than `[ \t]+$`, which is quadratic in a long run of blanks.
 */

const space = 0x20;
const tab = 0x09;

function isBlank(code: number): boolean {
  return code === space || code === tab;
}

/** `text` without blanks at its start and end. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** `text` without blanks at its start. */
export function trimBlanksAtStart(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text.charCodeAt(start))) start++;
  return text.slice(start);
}

/** Runs of blanks and line ends as one space, none at either end: folding puts them there, nobody means them. */
export function inOneLine(text: string): string {
  return text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');
}
