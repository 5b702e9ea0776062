/** Header fields of one body part that is to be made (RFC 8621 §4.1.4, §4.6). Pure. */
import { foldedField, textField } from '../../mail/header-writer.ts';
import { parameterChunks } from '../../mail/parameter-writer.ts';
import { headerFields, isHeaderProperty } from './email-header-draft.ts';
import { isList, type Json, type JsonMap } from './request.ts';
import { invalidProperties } from './standard-set.ts';

/** Type, disposition and encoding have properties of their own, or are the server's. */
export function isPartHeader(name: string): boolean {
  const fixed = /^header:(?:content-type|content-disposition|content-transfer-encoding|mime-version)(?::|$)/i;
  return name.startsWith('header:') && isHeaderProperty(name) && !fixed.test(name);
}

/** Fields of a part besides its type and encoding. */
export function partFields(part: JsonMap, at: string): string[] {
  const { disposition = null, cid = null, language = null, location = null, name = null } = part;
  const fields = headerFields(part, `${at}/`);
  const given = (field: string, property: string, value: Json): boolean => {
    if (value === null) return false;
    if (fields.some((each) => each.field === field))
      throw invalidProperties('the field is given twice', `${at}/${property}`);
    return true;
  };
  const made: string[] = [];
  if (disposition !== null || name !== null) made.push(dispositionField(disposition, name, at));
  if (given('content-id', 'cid', cid)) made.push(`Content-ID: <${token(cid, `${at}/cid`)}>\r\n`);
  if (given('content-language', 'language', language)) {
    const tags = isList(language) ? language.map((each) => token(each, `${at}/language`)) : null;
    if (!tags?.length) throw invalidProperties('this is no list of languages', `${at}/language`);
    made.push(textField('Content-Language', tags.join(', ')));
  }
  if (given('content-location', 'location', location))
    made.push(`Content-Location: ${token(location, `${at}/location`)}\r\n`);
  return [...made, ...fields.map(({ text }) => text)];
}

function dispositionField(disposition: Json, name: Json, at: string): string {
  const kind = disposition ?? 'attachment';
  if (typeof kind !== 'string' || !/^[A-Za-z0-9-]{1,60}$/.test(kind))
    throw invalidProperties('this is no disposition', `${at}/disposition`);
  const file = optionalText(name, `${at}/name`);
  const parameters = file === null ? [] : parameterChunks('filename', file);
  return foldedField('Content-Disposition', separated(kind, parameters));
}

export function typeField(type: string, parameters: readonly string[]): string {
  return foldedField('Content-Type', separated(type, parameters));
}

function separated(value: string, parameters: readonly string[]): string[] {
  const chunks = [value, ...parameters];
  return chunks.map((chunk, i) => (i < chunks.length - 1 ? `${chunk};` : chunk));
}

export function optionalText(value: Json, at: string): string | null {
  if (value === null) return null;
  if (typeof value !== 'string' || value.length > 1000 || /[\p{Cc}]/u.test(value))
    throw invalidProperties('this is no name', at);
  return value;
}

/** Something without blanks that a field holds as it is. */
function token(value: Json | undefined, at: string): string {
  if (typeof value !== 'string' || !/^[\x21-\x3b\x3d\x3f-\x7e]{1,900}$/.test(value))
    throw invalidProperties('this cannot stand in a header', at);
  return value;
}
