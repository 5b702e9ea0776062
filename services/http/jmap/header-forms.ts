/** Parsed forms of header fields (RFC 8621 §4.1.2). Values come as octets in Latin-1, as they stand in the mail. */
import { type AddressEntry, readAddressList } from '../../mail/address-list.ts';
import { decodeText } from '../../mail/charset.ts';
import { unfolded } from '../../mail/header-fields.ts';
import { decodeHeaderText } from '../../mail/header-text.ts';
import { readMailDate } from '../../mail/mail-date.ts';
import type { HeaderForm } from './header-property.ts';
import type { Json, JsonMap } from './request.ts';

/** `raw`: everything behind the colon, its last line end without; `hint` is the charset that its bare octets are probably in. */
export function inForm(raw: string, form: HeaderForm, hint = ''): Json {
  const value = unfolded(raw, 0, raw.length);
  switch (form) {
    case 'Raw':
      return decodeText(octetsOf(raw), 'utf-8').replaceAll('\0', '\ufffd');
    case 'Text':
      return textOf(value, hint);
    case 'Addresses':
      return groupsOf(value, hint).flatMap(({ addresses }) => addresses);
    case 'GroupedAddresses':
      return groupsOf(value, hint).map(({ name, addresses }) => ({ name, addresses }));
    case 'MessageIds':
      return messageIdsOf(value);
    case 'Date':
      return dateOf(value);
    case 'URLs':
      return urlsOf(value);
  }
}

function octetsOf(latin1: string): Buffer {
  return Buffer.from(latin1, 'latin1');
}

/** Decoded, in Unicode's composed form (§4.1.2.2). */
function textOf(value: string, hint: string): string {
  return decodeHeaderText(value, hint).normalize('NFC');
}

interface Group {
  /** Null for mailboxes that stand in no group. */
  readonly name: string | null;
  readonly addresses: JsonMap[];
}

/** Mailboxes outside of groups that follow one another are one group without a name (§4.1.2.4). */
function groupsOf(value: string, hint: string): Group[] {
  const groups: Group[] = [];
  let isOpen = false;
  for (const entry of readAddressList(value)) {
    if (entry.kind === 'mailbox') {
      if (!isOpen) groups.push({ name: null, addresses: [] });
      groups.at(-1)!.addresses.push(addressOf(entry, hint));
    } else if (entry.kind === 'groupStart') groups.push({ name: textOf(entry.name, hint), addresses: [] });
    isOpen = entry.kind !== 'groupEnd';
  }
  return groups;
}

/** An encoded word in the place of an address is a name after all: it is shown, for people. */
function addressOf({ name, mailbox, host }: AddressEntry & { kind: 'mailbox' }, hint: string): JsonMap {
  const email = host === '' ? textOf(mailbox, hint) : decodeText(octetsOf(`${mailbox}@${host}`), 'utf-8');
  return { name: textOf(name, hint) || null, email };
}

/** Null where it holds nothing of that form (§4.1.2.5). */
function messageIdsOf(value: string): string[] | null {
  const ids = [...value.matchAll(/<([^<>]{1,998})>/g)].map(([, id]) => id!.replace(/[ \t]/g, ''));
  return ids.length > 0 ? ids : null;
}

function urlsOf(value: string): string[] | null {
  const urls = [...value.matchAll(/<([^<>]{1,4000})>/g)].map(([, url]) => url!.replace(/[ \t]/g, ''));
  return urls.length > 0 ? urls : null;
}

/** RFC 3339, in the writer's own zone where that is told in digits (§4.1.2.6). */
function dateOf(value: string): string | null {
  const atMs = readMailDate(value);
  if (atMs === null) return null;
  const [, sign, hours, minutes] = /([+-])(\d\d)(\d\d)\s*(?:\(|$)/.exec(value) ?? [];
  const offsetMinutes = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
  if (sign === undefined || Math.abs(offsetMinutes) > 14 * 60) return dateText(atMs, 'Z');
  return dateText(atMs + offsetMinutes * 60_000, `${sign}${hours}:${minutes}`);
}

function dateText(localMs: number, zone: string): string | null {
  const text = new Date(localMs).toISOString();
  // Years before 0 and beyond 9999 have no form in RFC 3339.
  return text.length === 24 ? `${text.slice(0, 19)}${zone}` : null;
}
