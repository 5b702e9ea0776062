import { hierarchySeparator } from './mailbox-name.ts';

/** A LIST pattern, ready to match (RFC 9051 §6.3.9): `*` is anything, `%` anything without a separator. */
export interface ListPattern {
  readonly text: string;
  matches(path: string): boolean;
}

/** Longest pattern that is worth matching: longer than any path. */
const maxPatternLength = 4096;

/**
 * Compiles a pattern. Matching follows all readings of it at once, so that it costs at most pattern × path
 * however many wildcards there are.
 */
export function listPattern(pattern: string): ListPattern {
  const text = pattern.replace(/[*%]*\*[*%]*/g, '*').replace(/%+/g, '%');
  if (text.length > maxPatternLength) return { text, matches: () => false };
  if (text === '*') return { text, matches: () => true };
  return { text, matches: (path) => matches(text, path) };
}

/** `reached[i]` says that the text so far can be read by the pattern's first i characters. */
function matches(pattern: string, path: string): boolean {
  let reached = start(pattern);
  for (const character of path.split('')) {
    reached = step(pattern, reached, character);
    if (!reached.includes(1)) return false;
  }
  return reached[pattern.length] === 1;
}

function start(pattern: string): Uint8Array {
  const reached = new Uint8Array(pattern.length + 1);
  reached[0] = 1;
  for (let i = 0; i < pattern.length && isWildcard(pattern.charAt(i)); i++) reached[i + 1] = 1;
  return reached;
}

function step(pattern: string, reached: Uint8Array, character: string): Uint8Array {
  const after = new Uint8Array(pattern.length + 1);
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern.charAt(i);
    if (isWildcard(wanted)) {
      // A wildcard takes the character and stays, or takes nothing and lets the next one begin.
      if (reached[i] === 1 && (wanted === '*' || character !== hierarchySeparator)) after[i] = 1;
      if (after[i] === 1) after[i + 1] = 1;
    } else if (reached[i] === 1 && wanted === character) {
      after[i + 1] = 1;
    }
  }
  return after;
}

function isWildcard(character: string): boolean {
  return character === '*' || character === '%';
}
