/** BODY and BODYSTRUCTURE of a message as IMAP text (RFC 9051 §7.5.2), octets in Latin-1. */
import type { ContentFields } from './content-fields.ts';
import { imapNstring, imapString } from './imap-string.ts';
import type { MailPart } from './mail-part.ts';
import type { Parameter } from './parameters.ts';

/** BODYSTRUCTURE: with extension data. */
export function bodyStructureText(part: MailPart): string {
  return partText(part, true);
}

/** BODY: without extension data. */
export function bodyText(part: MailPart): string {
  return partText(part, false);
}

function partText(part: MailPart, extended: boolean): string {
  return part.kind === 'multipart' ? multipartText(part, extended) : singlePartText(part, extended);
}

/** The grammar wants one part at least: a multipart without any shows an empty text. */
function multipartText(part: MailPart, extended: boolean): string {
  const { content } = part;
  const children =
    part.children.length > 0
      ? part.children.map((child) => partText(child, extended))
      : [emptyText(extended)];
  const subtype = imapString(content.subtype);
  if (!extended) return `(${children.join('')} ${subtype})`;
  return `(${children.join('')} ${subtype} ${parameterText(content.parameters)} ${extensionText(content)})`;
}

function emptyText(extended: boolean): string {
  return `("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0${extended ? ' NIL NIL NIL NIL' : ''})`;
}

function singlePartText(part: MailPart, extended: boolean): string {
  const { content } = part;
  const items = [...mediaItems(part), imapNstring(content.id), imapNstring(content.description)];
  items.push(imapString(content.encoding), String(part.bodyEnd - part.bodyStart));
  if (part.kind === 'message') {
    const [message] = part.children;
    items.push(message!.envelope!, partText(message!, extended), String(part.bodyLines));
  } else if (isText(content)) items.push(String(part.bodyLines));
  if (extended) items.push(imapNstring(content.md5), extensionText(content));
  return `(${items.join(' ')})`;
}

/** Type, subtype and parameters. What the scan left unopened must not look as if it had parts. */
function mediaItems(part: MailPart): string[] {
  const { type, subtype, parameters } = part.content;
  if (part.kind === 'leaf' && isUnopened(part.content)) return ['"application"', '"octet-stream"', 'NIL'];
  return [imapString(type), imapString(subtype), parameterText(withCharset(part.content, parameters))];
}

function isUnopened({ type, subtype }: ContentFields): boolean {
  return /^multipart$/i.test(type) || (/^message$/i.test(type) && /^(rfc822|global)$/i.test(subtype));
}

function isText(content: ContentFields): boolean {
  return /^text$/i.test(content.type);
}

/** A text that names no charset is US-ASCII (RFC 2046 §4.1.2). */
function withCharset(content: ContentFields, parameters: readonly Parameter[]): readonly Parameter[] {
  if (!isText(content) || parameters.some((parameter) => /^charset$/i.test(parameter.name)))
    return parameters;
  return [...parameters, { name: 'charset', value: 'us-ascii', raw: 'us-ascii', unclosed: false }];
}

/** A value that breaks off inside its quotes is not shown. */
function parameterText(parameters: readonly Parameter[]): string {
  const shown = parameters.filter((parameter) => !parameter.unclosed);
  if (shown.length === 0) return 'NIL';
  return `(${shown.map(({ name, value }) => `${imapString(name)} ${imapString(value)}`).join(' ')})`;
}

/** Disposition, language, location. */
function extensionText({ disposition, languages, location }: ContentFields): string {
  const shown = disposition
    ? `(${imapString(disposition.type)} ${parameterText(disposition.parameters)})`
    : 'NIL';
  const language = languages.length > 0 ? `(${languages.map(imapString).join(' ')})` : 'NIL';
  return `${shown} ${language} ${imapNstring(location)}`;
}
