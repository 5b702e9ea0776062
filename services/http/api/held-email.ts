/** A mail for who decides on it or opens it, read as JMAP reads mail (`jmap/email-content.ts`). */
import { findPart } from '../../mail/sections.ts';
import { transferDecoder } from '../../mail/transfer-decoding.ts';
import type { MailReader, OpenedMail } from '../../mailstores/mail-reader.ts';
import { EmailContent, type EmailPart } from '../jmap/email-content.ts';
import { contentObject, defaultPartProperties } from '../jmap/email-object.ts';
import type { heldMailRoutes } from './contract/held-mail.ts';
import type { openedMailRoutes } from './contract/opened-mail.ts';
import type { AnswerOf } from './contract/route-declaration.ts';

export type HeldEmail = AnswerOf<(typeof heldMailRoutes)['showHeldMail']>;

export type OpenedEmail = AnswerOf<(typeof openedMailRoutes)['showOpenedMail']>;

export interface HeldPart {
  /** Empty where it has none. */
  readonly name: string;
  readonly octets: Uint8Array;
}

type Mails = Pick<MailReader, 'structure' | 'read' | 'stream' | 'open'>;

/** Of one text, in UTF-8; the rest is for whoever takes the file. */
const maxValueOctets = 1_000_000;

const shownProperties = [
  'subject',
  'from',
  'to',
  'cc',
  'replyTo',
  'sentAt',
  'textBody',
  'htmlBody',
  'attachments',
  'bodyValues',
];

/** Bcc is not among what is read. */
export function heldEmail(mail: OpenedMail, mails: Mails): Promise<HeldEmail> {
  return emailOf(mail, mails, shownProperties);
}

export function openedEmail(mail: OpenedMail, mails: Mails): Promise<OpenedEmail> {
  return emailOf(mail, mails, [...shownProperties, 'bcc']);
}

async function emailOf<E extends HeldEmail>(
  mail: OpenedMail,
  mails: Mails,
  properties: readonly string[],
): Promise<E> {
  const content = new EmailContent(mail, await mails.structure(mail), mails);
  const shown = (await contentObject(content, properties, {
    partProperties: defaultPartProperties,
    fetchTextValues: true,
    fetchHtmlValues: true,
    fetchAllValues: false,
    maxValueOctets,
  })) as unknown as E;
  const numbered = (parts: HeldEmail['textBody']): HeldEmail['textBody'] =>
    parts.map((part) => ({ ...part, blobId: part.partId }));
  const { textBody, htmlBody, attachments } = shown;
  return {
    ...shown,
    textBody: numbered(textBody),
    htmlBody: numbered(htmlBody),
    attachments: numbered(attachments),
  };
}

/** Null where it has no such part. */
export async function heldPart(mail: OpenedMail, mails: Mails, number: string): Promise<HeldPart | null> {
  const view = await mails.structure(mail);
  const found = findPart(view.root, number.split('.').map(Number));
  if (!found || found.kind === 'multipart') return null;
  const shift = mail.trace.length;
  const octets = await mails.read(mail, found.bodyStart + shift, found.bodyEnd + shift);
  const decoder = transferDecoder(found.encoding);
  const root = await new EmailContent(mail, view, mails).root();
  return {
    name: partOf(root, number)?.name ?? '',
    octets: decoder ? Buffer.concat([decoder.push(octets), decoder.finish()]) : octets,
  };
}

function partOf(part: EmailPart, number: string): EmailPart | null {
  if (part.partId === number) return part;
  for (const each of part.subParts) {
    const found = partOf(each, number);
    if (found) return found;
  }
  return null;
}
