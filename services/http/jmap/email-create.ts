/** A mail made out of properties (RFC 8621 §4.6); its octets then go the way of every other mail. */
import { randomUUID } from 'node:crypto';
import { bracketedField, dateField } from '../../mail/header-writer.ts';
import { type BlobContent, mailOctets } from '../../mail/mail-writer.ts';
import { findBlob } from './download.ts';
import { type FoundBlobs, namedBlobs, readBody } from './email-body-draft.ts';
import { type DraftField, headerFields, isHeaderProperty } from './email-header-draft.ts';
import { fileMail, readTarget } from './filed-mail.ts';
import type { MailAccount } from './mail-account.ts';
import { type MailContext, resolvedId } from './mail-context.ts';
import { isMap, type JsonMap } from './request.ts';
import { mailLimits } from './session-object.ts';
import { invalidProperties, SetError, setErrorFor } from './standard-set.ts';

const properties = new Set([
  'mailboxIds',
  'keywords',
  'receivedAt',
  'bodyStructure',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
]);

/** Properties of the new Email that the server alone sets; throws `SetError`, and then nothing is kept. */
export async function createEmail(
  account: MailAccount,
  email: JsonMap,
  context: MailContext,
): Promise<JsonMap> {
  const unknown = Object.keys(email).find((name) => !properties.has(name) && !isHeaderProperty(name));
  if (unknown !== undefined) throw invalidProperties(`${unknown} cannot be set`, unknown);
  const header = mailHeader(email, context);
  const { blobs, octets } = await findBlobs(account, namedBlobs(email), context);
  const root = readBody(email, blobs);
  if (octets > (await context.octetsLeft())) throw setErrorFor('overQuota');
  const target = await readTarget(account, email, context);
  return fileMail(account, mailOctets(header, root), target, context);
}

/** The fields that every mail has are added (RFC 5322 §3.6). */
function mailHeader(email: JsonMap, { asker: { address } }: MailContext): string[] {
  const fields = headerFields(email, '');
  const has = (field: string): boolean => fields.some((each) => each.field === field);
  const wrong = fields.find(isOfParts);
  if (wrong) throw invalidProperties('this field is of parts, or the server’s', `header:${wrong.field}`);
  const twice = fieldOfRoot(email, has);
  if (twice !== null) throw invalidProperties('the field is given of the mail already', twice);
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return [
    ...fields.map(({ text }) => text),
    ...(has('date') ? [] : [dateField('Date', Date.now(), 0)]),
    ...(has('message-id') ? [] : [bracketedField('Message-ID', [`${randomUUID()}@${domain}`], '')]),
  ];
}

function isOfParts({ field }: DraftField): boolean {
  return field.startsWith('content-') || field === 'mime-version';
}

/** A property of the root part for a field that the mail itself has; null where there is none. */
function fieldOfRoot({ bodyStructure = null }: JsonMap, has: (field: string) => boolean): string | null {
  if (!isMap(bodyStructure)) return null;
  const name = Object.keys(bodyStructure).find(
    (each) => each.startsWith('header:') && has((each.split(':')[1] ?? '').toLowerCase()),
  );
  return name === undefined ? null : `bodyStructure/${name}`;
}

/** Uploads, mails and parts of mails of the account; all that are missing are told at once. */
async function findBlobs(
  account: MailAccount,
  ids: readonly string[],
  context: MailContext,
): Promise<{ blobs: FoundBlobs; octets: number }> {
  const blobs = new Map<string, BlobContent>();
  const notFound: string[] = [];
  let octets = 0;
  for (const id of ids) {
    const found = await findOne(account, resolvedId(id, context), context);
    if (found === null) notFound.push(id);
    else {
      octets += found.maxOctets;
      blobs.set(id, { isMessage: false, open: found.open });
    }
  }
  if (notFound.length > 0) throw new SetError('blobNotFound', 'There is no such blob.', { notFound });
  if (octets > mailLimits.maxSizeAttachmentsPerEmail)
    throw new SetError('tooLarge', 'The attachments are larger than a mail may have.', {
      maxSize: mailLimits.maxSizeAttachmentsPerEmail,
    });
  return { blobs, octets };
}

async function findOne(account: MailAccount, id: string, { uploads, recorder }: MailContext) {
  const uploaded = uploads.octetsOf(account.account, id);
  if (uploaded !== null) return { maxOctets: uploaded, open: () => uploadOf(account, id, uploads) };
  const found = await findBlob({ mail: account, recorder }, id);
  if (found === 'busy')
    throw new SetError('rateLimit', 'What is read cannot be recorded now; try again later.');
  return found;
}

/** It may have been dropped for newer ones since it was found. */
function uploadOf({ account }: MailAccount, id: string, uploads: MailContext['uploads']) {
  const upload = uploads.open(account, id);
  if (upload === null)
    throw new SetError('blobNotFound', 'There is no such upload any more.', { notFound: [id] });
  return upload.stream;
}
