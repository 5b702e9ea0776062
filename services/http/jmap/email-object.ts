/** An Email with the properties that are asked for (RFC 8621 §4.1, §4.2). */
import { type Authentication, originVerdict } from '../../domain/authentication.ts';
import { bodyLists } from './body-parts.ts';
import type { EmailContent, EmailPart } from './email-content.ts';
import { previewOf } from './email-preview.ts';
import type { EmailRow } from './email-row.ts';
import { type HeaderProperty, readHeaderProperty } from './header-property.ts';
import type { Json, JsonMap } from './request.ts';

/** What needs nothing but the account's rows (§4.1.1). */
export const rowProperties = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
] as const;

/** Header fields under names of their own (§4.1.3). */
export const headerShorthands: Readonly<Record<string, string>> = {
  messageId: 'header:Message-ID:asMessageIds',
  inReplyTo: 'header:In-Reply-To:asMessageIds',
  references: 'header:References:asMessageIds',
  sender: 'header:Sender:asAddresses',
  from: 'header:From:asAddresses',
  to: 'header:To:asAddresses',
  cc: 'header:Cc:asAddresses',
  bcc: 'header:Bcc:asAddresses',
  replyTo: 'header:Reply-To:asAddresses',
  subject: 'header:Subject:asText',
  sentAt: 'header:Date:asDate',
};

const bodyProperties = [
  'bodyStructure',
  'textBody',
  'htmlBody',
  'attachments',
  'bodyValues',
  'hasAttachment',
  'preview',
  'headers',
  'authentication',
] as const;

/** Asked for where a client names none (§4.2). */
export const defaultProperties: readonly string[] = [
  ...rowProperties,
  ...Object.keys(headerShorthands),
  'hasAttachment',
  'preview',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
];

export const defaultPartProperties: readonly string[] = [
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
];

export interface BodyChoice {
  readonly partProperties: readonly string[];
  readonly fetchTextValues: boolean;
  readonly fetchHtmlValues: boolean;
  readonly fetchAllValues: boolean;
  /** 0: no limit. */
  readonly maxValueOctets: number;
}

const known = new Set<string>([...rowProperties, ...bodyProperties, ...Object.keys(headerShorthands)]);
const knownOfParts = new Set([...defaultPartProperties, 'headers', 'subParts']);

export function isEmailProperty(name: string): boolean {
  return known.has(name) || readHeaderProperty(name) !== null;
}

export function isPartProperty(name: string): boolean {
  return knownOfParts.has(name) || readHeaderProperty(name) !== null;
}

/** Whether more is asked for than rows hold. */
export function needsContent(properties: readonly string[]): boolean {
  return properties.some((name) => !(rowProperties as readonly string[]).includes(name));
}

export function rowObject(row: EmailRow): JsonMap {
  return {
    id: row.id,
    blobId: row.id,
    threadId: row.threadId,
    mailboxIds: Object.fromEntries(row.mailboxes.map(({ id }) => [id, true])),
    keywords: Object.fromEntries(row.keywords.map((keyword) => [keyword, true])),
    size: row.sizeOctets,
    receivedAt: new Date(row.receivedAtMs).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

export async function contentObject(
  content: EmailContent,
  properties: readonly string[],
  choice: BodyChoice,
): Promise<JsonMap> {
  const entries: [string, Json][] = [];
  for (const name of properties) {
    const value = await propertyOf(name, content, choice);
    if (value !== undefined) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

async function propertyOf(
  name: string,
  content: EmailContent,
  choice: BodyChoice,
): Promise<Json | undefined> {
  const header = readHeaderProperty(headerShorthands[name] ?? name);
  if (header) return (await content.header()).value(header);
  switch (name) {
    case 'headers':
      return (await content.header()).all();
    case 'authentication':
      return authenticationObject(content.mail.authentication);
    case 'preview':
      return previewOf(content);
    case 'bodyStructure':
      return partObject(await content.root(), content, choice.partProperties, true);
    case 'bodyValues':
      return bodyValues(content, choice);
    case 'hasAttachment':
      return bodyLists(await content.root()).attachments.some(isForPeople);
    case 'textBody':
    case 'htmlBody':
    case 'attachments':
      return partObjects(bodyLists(await content.root())[name], content, choice.partProperties, false);
    default:
      return undefined;
  }
}

/** Ours, besides RFC 8621; null where the mail was not checked for where it comes from. */
function authenticationObject(found: Authentication | null): Json {
  if (found === null) return null;
  const { spf, dkim, dmarc, arc } = found;
  return { verdict: originVerdict(found), spf, dkim, dmarc, arc } as unknown as Json;
}

/** A picture that the text shows is no attachment to people. */
function isForPeople({ disposition, cid }: EmailPart): boolean {
  return disposition !== 'inline' || cid === null;
}

async function partObjects(
  parts: readonly EmailPart[],
  content: EmailContent,
  properties: readonly string[],
  withSubParts: boolean,
): Promise<JsonMap[]> {
  const objects: JsonMap[] = [];
  for (const part of parts) objects.push(await partObject(part, content, properties, withSubParts));
  return objects;
}

async function partObject(
  part: EmailPart,
  content: EmailContent,
  properties: readonly string[],
  withSubParts: boolean,
): Promise<JsonMap> {
  const all: Record<string, Json> = {
    partId: part.partId,
    blobId: part.partId === null ? null : partBlobId(content.mail.message, part.partId),
    size: part.partId === null || !properties.includes('size') ? 0 : await content.octetsOf(part),
    name: part.name,
    type: part.type,
    charset: part.charset,
    disposition: part.disposition,
    cid: part.cid,
    language: part.languages.length > 0 ? part.languages : null,
    location: part.location,
    headers: part.header.all(),
  };
  const entries = properties.flatMap((name): [string, Json][] => {
    const header: HeaderProperty | null = readHeaderProperty(name);
    if (header) return [[name, part.header.value(header)]];
    return Object.hasOwn(all, name) ? [[name, all[name]!]] : [];
  });
  if (withSubParts && part.partId === null) {
    entries.push(['subParts', await partObjects(part.subParts, content, properties, true)]);
  }
  return Object.fromEntries(entries);
}

/** Id of a part as a blob of its own, decoded: `<message>-<part number with _ for dots>` (RFC 8620 §1.2). */
export function partBlobId(message: string, partId: string): string {
  return `${message}-${partId.replaceAll('.', '_')}`;
}

async function bodyValues(content: EmailContent, choice: BodyChoice): Promise<JsonMap> {
  const { textBody, htmlBody } = bodyLists(await content.root());
  const wanted = new Map<string, EmailPart>();
  const take = (parts: readonly EmailPart[]) => {
    for (const part of parts) if (part.type.startsWith('text/')) wanted.set(part.partId!, part);
  };
  if (choice.fetchTextValues || choice.fetchAllValues) take(textBody);
  if (choice.fetchHtmlValues || choice.fetchAllValues) take(htmlBody);
  if (choice.fetchAllValues) take(leavesOf(await content.root()));
  const values: [string, Json][] = [];
  for (const [partId, part] of wanted)
    values.push([partId, { ...(await content.text(part, choice.maxValueOctets)) }]);
  return Object.fromEntries(values);
}

function leavesOf(part: EmailPart): EmailPart[] {
  return part.partId === null ? part.subParts.flatMap(leavesOf) : [part];
}
