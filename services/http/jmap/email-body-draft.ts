/** The parts of a mail out of the properties of an Email that is to be made (RFC 8621 §4.1.4, §4.6). Pure. */

import { randomBytes } from 'node:crypto';
import type { BlobContent, WrittenLeaf, WrittenPart } from '../../mail/mail-writer.ts';
import { parameterChunks } from '../../mail/parameter-writer.ts';
import { defaultPartProperties } from './email-object.ts';
import { isPartHeader, optionalText, partFields, typeField } from './email-part-fields.ts';
import { isList, isMap, type Json, type JsonMap } from './request.ts';
import { invalidProperties, SetError } from './standard-set.ts';

/** Blobs that an Email names, each found before. */
export type FoundBlobs = ReadonlyMap<string, BlobContent>;

const maxDepth = 20;
const maxParts = 1000;
const mediaType = /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/;
const partProperties = new Set([...defaultPartProperties, 'subParts']);

/** Ids of the blobs that the parts name, in whatever order; throws nothing. */
export function namedBlobs({ bodyStructure, attachments, textBody, htmlBody }: JsonMap): string[] {
  const named = new Set<string>();
  const look = (value: Json | undefined, depth: number): void => {
    if (depth > maxDepth || named.size > maxParts) return;
    if (isList(value)) for (const each of value) look(each, depth);
    if (!isMap(value)) return;
    if (typeof value['blobId'] === 'string') named.add(value['blobId']);
    look(value['subParts'], depth + 1);
  };
  for (const value of [bodyStructure, attachments, textBody, htmlBody]) look(value, 0);
  return [...named];
}

/** The root part of the mail; throws `SetError`. */
export function readBody(email: JsonMap, blobs: FoundBlobs): WrittenPart {
  const parts = new PartReader(email['bodyValues'] ?? {}, blobs);
  const { bodyStructure = null, textBody = null, htmlBody = null, attachments = null } = email;
  if (bodyStructure === null) return fromLists(parts, textBody, htmlBody, attachments);
  if (textBody !== null || htmlBody !== null || attachments !== null)
    throw invalidProperties('the parts are given in two ways', 'bodyStructure');
  return parts.read(bodyStructure, 'bodyStructure', null);
}

function fromLists(parts: PartReader, textBody: Json, htmlBody: Json, attachments: Json): WrittenPart {
  const text = one(textBody, 'textBody', 'text/plain', parts);
  const html = one(htmlBody, 'htmlBody', 'text/html', parts);
  if (attachments !== null && !isList(attachments)) throw invalidProperties('this is no list', 'attachments');
  const files = (attachments ?? []).map((each, i) => ({
    part: parts.read(each, `attachments/${i}`, null),
    isShown: isMap(each) && each['disposition'] === 'inline' && (each['cid'] ?? null) !== null,
  }));
  const shown = html === null ? [] : files.filter(({ isShown }) => isShown);
  const attached = files.filter((each) => !shown.includes(each)).map(({ part }) => part);
  const related =
    html === null || shown.length === 0
      ? html
      : multipart('related', [html, ...shown.map(({ part }) => part)]);
  const bodies = [text, related].filter((part) => part !== null);
  const body = bodies.length === 2 ? multipart('alternative', bodies) : (bodies[0] ?? emptyText());
  return attached.length === 0 ? body : multipart('mixed', [body, ...attached]);
}

/** §4.6: exactly one part, of that type. */
function one(list: Json, property: string, type: string, parts: PartReader): WrittenPart | null {
  if (list === null) return null;
  if (!isList(list) || list.length !== 1)
    throw invalidProperties('this is no list of exactly one part', property);
  const part = parts.read(list[0]!, `${property}/0`, type);
  if (isMap(list[0]!) && (list[0]['type'] ?? type) !== type)
    throw invalidProperties(`the part is not ${type}`, property);
  return part;
}

class PartReader {
  readonly #values: JsonMap;
  readonly #blobs: FoundBlobs;
  #count = 0;

  constructor(values: Json, blobs: FoundBlobs) {
    if (!isMap(values)) throw invalidProperties('this is no object of values', 'bodyValues');
    this.#values = values;
    this.#blobs = blobs;
  }

  /** `impliedType`: where the part names none. */
  read(part: Json, at: string, impliedType: string | null, depth = 0): WrittenPart {
    if (!isMap(part)) throw invalidProperties('this is no body part', at);
    if (++this.#count > maxParts || depth > maxDepth) throw invalidProperties('there are too many parts', at);
    refuseUnknown(part, at);
    const { subParts = null } = part;
    const type = typeOf(part, at, impliedType ?? defaultType(part));
    if (type.startsWith('multipart/') !== (subParts !== null))
      throw invalidProperties('only a multipart has parts, and always', `${at}/subParts`);
    if (subParts === null) return this.#leaf(part, type, at);
    if (!isList(subParts) || subParts.length === 0)
      throw invalidProperties('a multipart has at least one part', `${at}/subParts`);
    const inner = subParts.map((each, i) => this.read(each, `${at}/subParts/${i}`, null, depth + 1));
    return multipart(type.slice('multipart/'.length), inner, partFields(part, at));
  }

  #leaf(part: JsonMap, type: string, at: string): WrittenLeaf {
    const { partId = null, blobId = null, charset = null } = part;
    if ((partId === null) === (blobId === null))
      throw invalidProperties('a part has either a partId or a blobId', `${at}/partId`);
    const isText = type.startsWith('text/');
    if (partId !== null && charset !== null)
      throw invalidProperties('the server chooses the charset of a value', `${at}/charset`);
    const told = optionalText(charset, `${at}/charset`);
    const chunks =
      partId !== null && isText ? ['charset=utf-8'] : told === null ? [] : parameterChunks('charset', told);
    const name = optionalText(part['name'] ?? null, `${at}/name`);
    const named = name === null ? [] : parameterChunks('name', name);
    const fields = [typeField(type, [...chunks, ...named]), ...partFields(part, at)];
    if (partId !== null) return { fields, content: this.#value(partId, type, `${at}/partId`) };
    return { fields, content: this.#blob(blobId, type) };
  }

  #value(partId: Json, type: string, at: string): string {
    const body =
      typeof partId === 'string' && Object.hasOwn(this.#values, partId) ? this.#values[partId] : undefined;
    if (!isMap(body) || typeof body['value'] !== 'string')
      throw invalidProperties('bodyValues has no such part', at);
    if (body['isEncodingProblem'] === true || body['isTruncated'] === true)
      throw invalidProperties('the value is not whole', `bodyValues/${String(partId)}`);
    if (type.startsWith('message/')) throw invalidProperties('a mail is attached by its blobId', at);
    return body['value'];
  }

  #blob(blobId: Json, type: string): BlobContent {
    const found = typeof blobId === 'string' ? this.#blobs.get(blobId) : undefined;
    if (!found) throw new SetError('blobNotFound', 'There is no such blob.', { notFound: [String(blobId)] });
    return { isMessage: type === 'message/rfc822' || type === 'message/global', open: found.open };
  }
}

function refuseUnknown(part: JsonMap, at: string): void {
  const unknown = Object.keys(part).find((name) => !partProperties.has(name) && !isPartHeader(name));
  if (unknown !== undefined) throw invalidProperties('this cannot be given of a part', `${at}/${unknown}`);
}

function defaultType({ partId = null, subParts = null }: JsonMap): string {
  if (subParts !== null) return 'multipart/mixed';
  return partId === null ? 'application/octet-stream' : 'text/plain';
}

function typeOf({ type = null }: JsonMap, at: string, implied: string): string {
  const named = type === null ? implied : typeof type === 'string' ? type.toLowerCase() : '';
  if (!mediaType.test(named)) throw invalidProperties('this is no media type', `${at}/type`);
  return named;
}

function multipart(
  subtype: string,
  parts: readonly WrittenPart[],
  fields: readonly string[] = [],
): WrittenPart {
  // No line of an encoded body begins so, and nobody guesses the rest.
  const boundary = `=_${randomBytes(18).toString('base64url')}`;
  return {
    fields: [typeField(`multipart/${subtype}`, [`boundary="${boundary}"`]), ...fields],
    boundary,
    parts,
  };
}

function emptyText(): WrittenLeaf {
  return { fields: [typeField('text/plain', ['charset=utf-8'])], content: '' };
}
