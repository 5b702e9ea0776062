/** ENVELOPE of a message (RFC 9051 §7.5.2): the parsed header fields and their IMAP text. */
import { type AddressEntry, readAddressList } from './address-list.ts';
import { inOneLine } from './blanks.ts';
import type { HeaderField } from './header-fields.ts';
import { imapNstring, imapString } from './imap-string.ts';

/** Texts and addresses as octets in Latin-1, undecoded; null where the field is missing. */
export interface Envelope {
  readonly date: string | null;
  readonly subject: string | null;
  readonly from: readonly AddressEntry[];
  readonly sender: readonly AddressEntry[];
  readonly replyTo: readonly AddressEntry[];
  readonly to: readonly AddressEntry[];
  readonly cc: readonly AddressEntry[];
  readonly bcc: readonly AddressEntry[];
  readonly inReplyTo: string | null;
  readonly messageId: string | null;
}

export const envelopeFields: ReadonlySet<string> = new Set([
  'date',
  'subject',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'in-reply-to',
  'message-id',
]);

/**
 * The envelope of a header. Of a text field that stands twice the last one counts; address fields that stand
 * twice are one list. RFC 5322 §3.6 forbids both.
 */
export function readEnvelope(fields: readonly HeaderField[]): Envelope {
  const text = (name: string) => fields.findLast((field) => field.name === name)?.value ?? null;
  const addresses = (name: string) =>
    fields.filter((field) => field.name === name).flatMap((field) => readAddressList(field.value));
  const subject = text('subject');
  return {
    date: text('date'),
    subject: subject === null ? null : inOneLine(subject),
    from: addresses('from'),
    sender: addresses('sender'),
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    inReplyTo: text('in-reply-to'),
    messageId: text('message-id'),
  };
}

/** `(date subject from sender reply-to to cc bcc in-reply-to message-id)`, octets as Latin-1. */
export function envelopeText(envelope: Envelope): string {
  const from = addressText(envelope.from);
  return `(${[
    imapNstring(envelope.date),
    imapNstring(envelope.subject),
    from,
    // RFC 9051 §7.5.2: an absent or empty Sender or Reply-To is filled in from From.
    envelope.sender.length > 0 ? addressText(envelope.sender) : from,
    envelope.replyTo.length > 0 ? addressText(envelope.replyTo) : from,
    addressText(envelope.to),
    addressText(envelope.cc),
    addressText(envelope.bcc),
    imapNstring(envelope.inReplyTo),
    imapNstring(envelope.messageId),
  ].join(' ')})`;
}

/** Stands where an address has no local part or no domain: to IMAP an absent one would mark a group. */
const missingMailbox = 'MISSING_MAILBOX';
const missingHost = 'MISSING_DOMAIN';

function addressText(entries: readonly AddressEntry[]): string {
  return entries.length === 0 ? 'NIL' : `(${entries.map(entryText).join('')})`;
}

function entryText(entry: AddressEntry): string {
  if (entry.kind === 'groupEnd') return '(NIL NIL NIL NIL)';
  if (entry.kind === 'groupStart') return `(NIL NIL ${imapString(inOneLine(entry.name))} NIL)`;
  const name = imapNstring(inOneLine(entry.name) || null);
  const route = imapNstring(entry.route === '' ? null : entry.route);
  return `(${name} ${route} ${imapString(entry.mailbox || missingMailbox)} ${imapString(entry.host || missingHost)})`;
}
