/** Blobs of an account (RFC 8620 §6.2): a mail as it is, and its parts decoded. */
import { uuidPattern } from '../../domain/values.ts';
import { findPart } from '../../mail/sections.ts';
import { transferDecoder } from '../../mail/transfer-decoding.ts';
import type { SessionRecorder } from '../../record.ts';
import { isShown } from './email-row.ts';
import type { MailAccount } from './mail-account.ts';

export interface MailBlob {
  /** Of a part: before its decoding, so that there are no more behind it. */
  readonly maxOctets: number;
  /** May be called more than once. */
  open(): AsyncIterable<Uint8Array>;
}

/** Whose blobs, and where it is kept that they were read. */
export interface BlobReader {
  readonly mail: MailAccount;
  readonly recorder: SessionRecorder;
}

/** `<message>` or `<message>-<part>`, the part's number with `_` for dots. */
const blobForm = /^([0-9a-f-]{36})(?:-(\d{1,5}(?:_\d{1,5}){0,99}))?$/;

/** Null where the account has no such blob; `busy` where the reading cannot be recorded. */
export async function findBlob(
  { mail: account, recorder }: BlobReader,
  blobId: string,
): Promise<MailBlob | null | 'busy'> {
  const [, message = '', part] = blobForm.exec(blobId) ?? [];
  if (!uuidPattern.test(message)) return null;
  const state = await account.open();
  const place = account.places(state, message).find(isShown);
  const { mails } = account.parts;
  const mail = place && (await mails.open(message));
  if (!place || !mail) return null;
  recorder.read(place.mailbox.id, place.mailbox.rows.uidAt(place.place), 'body');
  if (!recorder.mayReveal() && !(await recorder.untilMayReveal())) return 'busy';
  if (part === undefined) return { maxOctets: mail.octets, open: () => mails.stream(mail) };
  const view = await mails.structure(mail);
  const found = findPart(view.root, part.split('_').map(Number));
  if (!found || found.kind === 'multipart') return null;
  const [from, to] = [found.bodyStart + mail.trace.length, found.bodyEnd + mail.trace.length];
  return { maxOctets: to - from, open: () => decoded(mails.stream(mail, from, to), found.encoding) };
}

/** With an encoding that nobody knows: as it is. */
async function* decoded(octets: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = transferDecoder(encoding);
  for await (const chunk of octets) yield decoder ? decoder.push(chunk) : chunk;
  if (decoder) yield decoder.finish();
}
