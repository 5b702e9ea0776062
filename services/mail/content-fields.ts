/** The MIME fields of a part's header (RFC 2045, RFC 2183, RFC 3282, RFC 1864), as BODYSTRUCTURE shows them. */
import type { HeaderField } from './header-fields.ts';
import { HeaderLexer } from './header-lexer.ts';
import { type Parameter, readParameters } from './parameters.ts';

/** Texts are octets in Latin-1, undecoded, in the letters' case of the header. */
export interface ContentFields {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: readonly Parameter[];
  readonly id: string | null;
  readonly description: string | null;
  /** Content-Transfer-Encoding; `7bit` where it is missing or no token. */
  readonly encoding: string;
  readonly md5: string | null;
  readonly disposition: { readonly type: string; readonly parameters: readonly Parameter[] } | null;
  readonly languages: readonly string[];
  readonly location: string | null;
}

export const contentFieldNames: ReadonlySet<string> = new Set([
  'mime-version',
  'content-type',
  'content-id',
  'content-description',
  'content-transfer-encoding',
  'content-md5',
  'content-disposition',
  'content-language',
  'content-location',
]);

type MediaType = Pick<ContentFields, 'type' | 'subtype' | 'parameters'>;

const plainText: MediaType = { type: 'text', subtype: 'plain', parameters: [] };
const attachedMessage: MediaType = { type: 'message', subtype: 'rfc822', parameters: [] };

/** What a part has that says nothing about itself (RFC 2045 §5.2); in a digest, RFC 2046 §5.1.5. */
export function defaultContent(inDigest: boolean): ContentFields {
  return {
    ...(inDigest ? attachedMessage : plainText),
    id: null,
    description: null,
    encoding: '7bit',
    md5: null,
    disposition: null,
    languages: [],
    location: null,
  };
}

/**
 * The content fields of a header; of a field that stands twice the first one counts. The header of a message
 * (not of a body part) that has neither MIME-Version nor Content-Type is no MIME header: its other content
 * fields say nothing.
 */
export function readContentFields(
  fields: readonly HeaderField[],
  isMessage: boolean,
  inDigest: boolean,
): ContentFields {
  const value = (name: string) => fields.find((field) => field.name === name)?.value ?? null;
  const type = value('content-type');
  const defaults = defaultContent(inDigest);
  if (isMessage && type === null && value('mime-version') === null) return defaults;
  const disposition = value('content-disposition');
  return {
    ...(type === null ? defaults : readMediaType(type)),
    id: value('content-id'),
    description: value('content-description'),
    encoding: readEncoding(value('content-transfer-encoding')),
    md5: value('content-md5'),
    disposition: disposition === null ? null : readDisposition(disposition),
    languages: readLanguages(value('content-language')),
    location: value('content-location'),
  };
}

/** A type without a subtype is no type: RFC 2045 §5.2 asks for text/plain then. */
function readMediaType(value: string): MediaType {
  const lexer = new HeaderLexer(value);
  const type = nextToken(lexer);
  const subtype = lexer.take('/') ? nextToken(lexer) : '';
  const parameters = readParameters(lexer);
  return type === '' || subtype === '' ? { ...plainText, parameters } : { type, subtype, parameters };
}

function readDisposition(value: string): NonNullable<ContentFields['disposition']> {
  const lexer = new HeaderLexer(value);
  return { type: nextToken(lexer), parameters: readParameters(lexer) };
}

function readEncoding(value: string | null): string {
  if (value === null) return '7bit';
  const lexer = new HeaderLexer(value);
  const encoding = nextToken(lexer);
  return encoding !== '' && lexer.atEnd ? encoding : '7bit';
}

function readLanguages(value: string | null): string[] {
  if (value === null) return [];
  const languages: string[] = [];
  const lexer = new HeaderLexer(value);
  while (!lexer.atEnd) {
    const language = nextToken(lexer);
    if (language !== '') languages.push(language);
    lexer.skipTo(',');
    lexer.take(',');
  }
  return languages;
}

function nextToken(lexer: HeaderLexer): string {
  lexer.skipBlanksAndComments();
  const token = lexer.token();
  lexer.skipBlanksAndComments();
  return token;
}
