/** The envelope of a mail that is submitted: as it was given, or out of its header (RFC 8621 §7). Pure. */
import { addressText, parseAddress } from '../../domain/address.ts';
import type { HeaderBlock } from './header-block.ts';
import { isList, isMap, type Json, type JsonMap } from './request.ts';
import { invalidProperties, SetError } from './standard-set.ts';

export interface Envelope {
  /** Empty for the null sender. */
  readonly mailFrom: string;
  /** Each once, as it was given. */
  readonly rcptTo: readonly string[];
}

/** Throws `SetError`: `invalidProperties`, `noRecipients`, `invalidEmail`. */
export function envelopeOf(given: Json, header: HeaderBlock): Envelope & { readonly wasGiven: boolean } {
  const wasGiven = given !== null;
  const envelope = wasGiven ? readEnvelope(given) : derived(header);
  if (envelope.rcptTo.length === 0) throw new SetError('noRecipients', 'The mail has no recipients.');
  return { ...envelope, wasGiven };
}

function readEnvelope(given: Json): Envelope {
  const { mailFrom, rcptTo } = isMap(given) ? given : {};
  if (!isList(rcptTo)) throw invalidProperties('this is no envelope', 'envelope');
  return { mailFrom: emailOf(mailFrom, true), rcptTo: unique(rcptTo.map((each) => emailOf(each, false))) };
}

/** No extension of SMTP that takes parameters is offered (`submissionExtensions`). */
function emailOf(address: Json | undefined, mayBeEmpty: boolean): string {
  const { email, parameters = null } = isMap(address) ? address : ({} as JsonMap);
  if (typeof email !== 'string' || email.length > 512 || (email === '' && !mayBeEmpty))
    throw invalidProperties('this is no envelope', 'envelope');
  if (parameters !== null && (!isMap(parameters) || Object.keys(parameters).length > 0))
    throw invalidProperties('no parameters are offered', 'envelope');
  return email;
}

function derived(header: HeaderBlock): Envelope {
  const senders = addressesIn(header, 'sender');
  const froms = senders.length > 0 ? senders : addressesIn(header, 'from');
  if (froms.length === 0)
    throw new SetError('invalidEmail', 'The mail has no sender.', { properties: ['from'] });
  return {
    mailFrom: froms[0]!,
    rcptTo: unique(['to', 'cc', 'bcc'].flatMap((field) => addressesIn(header, field))),
  };
}

function addressesIn(header: HeaderBlock, field: string): string[] {
  const fields = header.value({ field, form: 'Addresses', all: true }) as readonly (readonly JsonMap[])[];
  return fields.flat().flatMap(({ email }) => (email === '' ? [] : [email as string]));
}

/** The same address in two spellings is one recipient; the first is kept. */
function unique(addresses: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const address of addresses) {
    const parsed = parseAddress(address);
    const key = parsed ? addressText(parsed).toLowerCase() : address;
    if (!seen.has(key)) seen.set(key, address);
  }
  return [...seen.values()];
}
