/** Blobs that can be downloaded (RFC 8620 §6.2): a mail as it is, and its parts decoded. */
import { uuidPattern } from '../../domain/values.ts';
import { findPart } from '../../mail/sections.ts';
import { transferDecoder } from '../../mail/transfer-decoding.ts';
import type { HttpSession } from '../http-sessions.ts';
import { isShown } from './email-row.ts';

/** `<message>` or `<message>-<part>`, the part's number with `_` for dots. */
const blobForm = /^([0-9a-f-]{36})(?:-(\d{1,5}(?:_\d{1,5}){0,99}))?$/;

/** Null where the asker has no such blob; `busy` where the reading cannot be recorded. */
export async function openBlob(
  { mail: account, recorder }: HttpSession,
  accountId: string,
  blobId: string,
): Promise<AsyncIterable<Uint8Array> | null | 'busy'> {
  const [, message = '', part] = blobForm.exec(blobId) ?? [];
  if (accountId !== account.account || !uuidPattern.test(message)) return null;
  const state = await account.open();
  const place = account.places(state, message).find(isShown);
  const { mails } = account.parts;
  const mail = place && (await mails.open(message));
  if (!place || !mail) return null;
  recorder.read(place.mailbox.id, place.mailbox.rows.uidAt(place.place), 'body');
  if (!recorder.mayReveal() && !(await recorder.untilMayReveal())) return 'busy';
  if (part === undefined) return mails.stream(mail);
  const view = await mails.structure(mail);
  const found = findPart(view.root, part.split('_').map(Number));
  if (!found || found.kind === 'multipart') return null;
  const shift = mail.trace.length;
  return decoded(mails.stream(mail, found.bodyStart + shift, found.bodyEnd + shift), found.encoding);
}

/** With an encoding that nobody knows: as it is. */
async function* decoded(octets: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = transferDecoder(encoding);
  for await (const chunk of octets) yield decoder ? decoder.push(chunk) : chunk;
  if (decoder) yield decoder.finish();
}
