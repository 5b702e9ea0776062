/** Parameters of structured MIME fields (RFC 2045 §5.1), their RFC 2231 continuations put together. */
import { trimBlanks } from './blanks.ts';
import type { HeaderLexer } from './header-lexer.ts';

export interface Parameter {
  /** As written; `filename*` where the value is in the extended form of RFC 2231 §4, still percent-encoded. */
  readonly name: string;
  /** Octets in Latin-1. */
  readonly value: string;
  /**
   * The value as written, for file names, which are often against the grammar: between the quotes with quoted pairs
   * left as they are, or up to the next `;` where there are no quotes, or to the end where the final quote is missing.
   */
  readonly raw: string;
  /** A quoted string without its final quote: `value` is '' then. */
  readonly unclosed: boolean;
}

/** Reads `; name=value` to the end of the text, from wherever the lexer stands. */
export function readParameters(lexer: HeaderLexer): Parameter[] {
  const parameters: Parameter[] = [];
  for (;;) {
    lexer.skipTo(';');
    if (!lexer.take(';')) return joinContinuations(parameters);
    const parameter = readParameter(lexer);
    if (parameter) parameters.push(parameter);
  }
}

function readParameter(lexer: HeaderLexer): Parameter | null {
  lexer.skipBlanksAndComments();
  const name = lexer.token();
  lexer.skipBlanksAndComments();
  if (name === '' || !lexer.take('=')) return null;
  lexer.skipBlanksAndComments();
  return { name, ...(lexer.peek() === '"' ? quotedValue(lexer) : bareValue(lexer)) };
}

type Value = Omit<Parameter, 'name'>;

function quotedValue(lexer: HeaderLexer): Value {
  const { value, raw, closed } = lexer.quotedString();
  return { value: closed ? value : '', raw, unclosed: !closed };
}

function bareValue(lexer: HeaderLexer): Value {
  const start = lexer.at;
  // `=?` begins an encoded word, which is against RFC 2047 §5 here and common all the same.
  const value = lexer.peek() === '=' ? lexer.word() : lexer.token();
  lexer.skipTo(';');
  return { value, raw: trimBlanks(lexer.text.slice(start, lexer.at)), unclosed: false };
}

/** `name*`, `name*0`, `name*0*`: groups are name, number, and the last star. */
const extendedName = /^([^*]+)\*(?:([0-9]{1,4})(\*?))?$/;

interface Segment {
  readonly parameter: Parameter;
  /** Lower case. */
  readonly name: string;
  /** -1 for `name*`, which is a whole. */
  readonly number: number;
}

/**
 * `name*0`, `name*1` … become `name`, or `name*` where the first segment is extended (RFC 2231 §3 and §4.1), in
 * whatever order they stand. Segments that do not count from 0 without gaps stay as they are. What has a star
 * comes behind the other parameters, sorted by name and number.
 */
function joinContinuations(parameters: readonly Parameter[]): Parameter[] {
  const plain: Parameter[] = [];
  const segments: Segment[] = [];
  for (const parameter of parameters) {
    const match = extendedName.exec(parameter.name);
    if (match) segments.push({ parameter, name: match[1]!.toLowerCase(), number: Number(match[2] ?? -1) });
    else plain.push(parameter);
  }
  segments.sort((a, b) => (a.name === b.name ? a.number - b.number : a.name < b.name ? -1 : 1));
  for (let start = 0, end: number; start < segments.length; start = end) {
    end = start + 1;
    while (segments[end]?.name === segments[start]!.name && segments[end]!.number >= 0) end++;
    plain.push(...joinSegments(segments.slice(start, end)));
  }
  return plain;
}

/** The segments of one name, sorted: as one parameter where they are complete. */
function joinSegments(segments: readonly Segment[]): Parameter[] {
  const parameters = segments.map((segment) => segment.parameter);
  if (segments.some((segment, index) => segment.number !== index || segment.parameter.unclosed))
    return parameters;
  const [, name, , star] = extendedName.exec(parameters[0]!.name)!;
  const value = parameters.map((parameter) => parameter.value).join('');
  const raw = parameters.map((parameter) => parameter.raw).join('');
  return [{ name: `${name}${star}`, value, raw, unclosed: false }];
}
