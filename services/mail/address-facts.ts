/** Address fields decoded for people and policies. */
import { type AddressEntry, readAddressList } from './address-list.ts';
import { decodeText } from './charset.ts';
import type { MailAddress } from './facts.ts';
import { decodeHeaderText } from './header-text.ts';

/** The mailboxes of all fields of one name, in order; groups are flattened. */
export function readMailboxes(values: readonly string[], hint: string): MailAddress[] {
  return values
    .flatMap(readAddressList)
    .flatMap((entry) => (entry.kind === 'mailbox' ? [mailbox(entry, hint)] : []));
}

/**
 * An encoded word is never an address (RFC 2047 §5): what stands in the place of one is a name.
 */
function mailbox(entry: Extract<AddressEntry, { kind: 'mailbox' }>, hint: string): MailAddress {
  const hasAddress = entry.mailbox !== '' && entry.host !== '';
  const name = decodeHeaderText(entry.name, hint);
  if (hasAddress) return { name, address: addressText(`${entry.mailbox}@${entry.host}`) };
  return { name: name || decodeHeaderText(entry.mailbox, hint), address: '' };
}

/** Addresses are ASCII or UTF-8 (RFC 6532 §3.2). Controls have no place in them. */
function addressText(octets: string): string {
  return decodeText(Buffer.from(octets, 'latin1'), 'utf-8').replace(/[\0-\x1f\x7f]/g, '');
}
