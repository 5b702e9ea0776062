/**
 * The arguments of MAIL and RCPT (RFC 5321 §4.1.1.2, §4.1.1.3): a path and parameters. Pure. Addresses stay
 * as the peer wrote them, so that an A-label does not become a non-ASCII address on the way.
 */
import { parseAddress } from '../domain/address.ts';

export interface PathCommand {
  /** Without angle brackets and source route; empty for the null sender. */
  readonly address: string;
  /** Keywords in upper case; true where one has no value. */
  readonly parameters: Readonly<Record<string, string | true>>;
  /** A keyword that came twice, or null. */
  readonly duplicate: string | null;
}

const verbs = { 'MAIL FROM': /^MAIL +FROM *: */i, 'RCPT TO': /^RCPT +TO *: */i } as const;
export type PathVerb = keyof typeof verbs;

/** RFC 5321 §4.1.2: `A-d-l ":"`, accepted and ignored (appendix C). */
const sourceRoute = /^@[^\s,:@<>]+(?:,@[^\s,:@<>]+)*:/;
/** RFC 5321 §4.1.2: `esmtp-keyword` and, roughly, `esmtp-value`; RFC 6531 §3.3 adds non-ASCII. */
const parameter = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\u0000-\u0020=\u007f]+))?$/;

/** Null where the command is none of that form, or names something that is no mailbox. */
export function parsePathCommand(verb: PathVerb, line: string): PathCommand | null {
  const start = verbs[verb].exec(line);
  if (!start || line[start[0].length] !== '<') return null;
  const open = start[0].length;
  const close = endOfPath(line, open);
  if (close < 0) return null;
  const address = line.slice(open + 1, close).replace(sourceRoute, '');
  if (!isMailbox(verb, address)) return null;
  const parsed = parseParameters(line.slice(close + 1));
  return parsed && { address, ...parsed };
}

/** Place of the `>` that closes the path; one in a quoted local part does not. */
function endOfPath(line: string, open: number): number {
  let quoted = false;
  for (let at = open + 1; at < line.length; at++) {
    const letter = line[at];
    if (quoted && letter === '\\') at++;
    else if (letter === '"') quoted = !quoted;
    else if (letter === '>' && !quoted) return at;
  }
  return -1;
}

function isMailbox(verb: PathVerb, address: string): boolean {
  if (verb === 'MAIL FROM' && address === '') return true;
  if (verb === 'RCPT TO' && address.toLowerCase() === 'postmaster') return true;
  return parseAddress(address) !== null;
}

function parseParameters(text: string): Pick<PathCommand, 'parameters' | 'duplicate'> | null {
  const parameters: Record<string, string | true> = Object.create(null);
  let duplicate: string | null = null;
  if (text !== '' && !text.startsWith(' ')) return null;
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const match = parameter.exec(word);
    if (!match) return null;
    const keyword = match[1]!.toUpperCase();
    if (keyword in parameters) duplicate = keyword;
    parameters[keyword] = match[2] ?? true;
  }
  return { parameters, duplicate };
}
