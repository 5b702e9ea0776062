/** Header fields out of the properties of an Email or a body part that is to be made (RFC 8621 §4.6). Pure. */
import {
  addressField,
  bracketedField,
  dateField,
  rawField,
  textField,
  type WrittenAddress,
  writableAddress,
} from '../../mail/header-writer.ts';
import { headerShorthands } from './email-object.ts';
import { type HeaderForm, readHeaderProperty } from './header-property.ts';
import { isList, isMap, type Json, type JsonMap } from './request.ts';
import { invalidProperties } from './standard-set.ts';

export interface DraftField {
  /** Lower case. */
  readonly field: string;
  /** As written, with its CRLF. */
  readonly text: string;
}

const maxFields = 500;
const maxAddresses = 5000;
const maxTextCharacters = 50_000;
const dateForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))$/;
/** Years of four digits in every zone, and of mail (RFC 5322 §3.3). */
const [earliestMs, latestMs] = [Date.UTC(1900, 0, 2), Date.UTC(9999, 11, 30)];

export function isHeaderProperty(name: string): boolean {
  return readHeaderProperty(headerShorthands[name] ?? name) !== null;
}

/** Throws `SetError`. Two properties for one field are refused; null is as if the property were not there. */
export function headerFields(object: JsonMap, where: string): DraftField[] {
  const fields: DraftField[] = [];
  const seen = new Set<string>();
  for (const [property, value] of Object.entries(object)) {
    const header = readHeaderProperty(headerShorthands[property] ?? property);
    if (header === null) continue;
    if (seen.has(header.field)) throw invalidProperties('the field is given twice', `${where}${property}`);
    seen.add(header.field);
    if (value === null) continue;
    const name = (headerShorthands[property] ?? property).split(':')[1]!;
    const texts = header.all ? listOf(value, `${where}${property}`) : [value];
    for (const each of texts)
      fields.push({
        field: header.field,
        text: fieldText(name, header.form, each, `${where}${property}`),
      });
  }
  if (fields.length > maxFields) throw invalidProperties('there are too many header fields', where);
  return fields;
}

function fieldText(name: string, form: HeaderForm, value: Json, property: string): string {
  switch (form) {
    case 'Raw':
      return rawField(name, textOf(value, property)) ?? wrong('this is not the text of one field', property);
    case 'Text':
      return textField(name, lineOf(value, property));
    case 'Addresses':
      return addressField(name, [{ name: null, addresses: addressesOf(value, property) }]);
    case 'GroupedAddresses':
      return addressField(
        name,
        listOf(value, property).map((group) => ({
          name: isMap(group) ? optionalLine(group['name'], property) : wrong('this is no group', property),
          addresses: addressesOf(isMap(group) ? group['addresses'] : undefined, property),
        })),
      );
    case 'MessageIds':
      return bracketedField(name, tokensOf(value, property), '');
    case 'URLs':
      return bracketedField(name, tokensOf(value, property), ',');
    case 'Date':
      return dateOf(name, textOf(value, property), property);
  }
}

function addressesOf(value: Json | undefined, property: string): WrittenAddress[] {
  const addresses = listOf(value, property);
  if (addresses.length > maxAddresses) wrong('there are too many addresses', property);
  return addresses.map((each) => {
    const email = isMap(each) ? each['email'] : undefined;
    const address = typeof email === 'string' ? writableAddress(email) : null;
    if (!isMap(each) || address === null) return wrong('this is no address', property);
    return { name: optionalLine(each['name'], property) ?? '', address };
  });
}

function tokensOf(value: Json, property: string): string[] {
  return listOf(value, property).map((each) => {
    const token = textOf(each, property);
    return /^[^\s\p{Cc}\p{Cs}<>]{1,900}$/u.test(token) ? token : wrong('this is no identifier', property);
  });
}

/** RFC 3339, in the zone that it says. */
function dateOf(name: string, value: string, property: string): string {
  const [whole, sign, hours = 0, minutes = 0] = dateForm.exec(value) ?? [];
  const atMs = whole === undefined ? Number.NaN : Date.parse(value);
  if (!(atMs >= earliestMs && atMs <= latestMs)) return wrong('this is no date', property);
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return dateField(name, atMs, offsetMinutes);
}

function listOf(value: Json | undefined, property: string): readonly Json[] {
  return isList(value) ? value : wrong('this is no list', property);
}

function textOf(value: Json | undefined, property: string): string {
  const isText = typeof value === 'string' && value.length <= maxTextCharacters;
  return isText ? value.toWellFormed() : wrong('this is no text for a header', property);
}

/** Text that no line end could break out of. */
function lineOf(value: Json | undefined, property: string): string {
  const text = textOf(value, property);
  return /[^\P{Cc}\t]/u.test(text) ? wrong('control characters have no place here', property) : text;
}

function optionalLine(value: Json | undefined, property: string): string | null {
  return value === null || value === undefined ? null : lineOf(value, property);
}

function wrong(description: string, property: string): never {
  throw invalidProperties(description, property);
}
