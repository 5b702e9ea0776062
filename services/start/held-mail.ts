/**
 * What is shown of a mail: to whoever decides on it, without Bcc and with what the rules said of it; to a supervisor and to
 * an auditor who has opened it, all of it.
 */
import { approval, approvalId } from '../domain/approval.ts';
import type { JsonValue } from '../domain/event.ts';
import { Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import {
  type HeldEmail,
  type HeldPart,
  heldEmail,
  heldPart,
  type OpenedEmail,
  openedEmail,
} from '../http/api/held-email.ts';
import { outgoingMail } from '../http/jmap/outgoing-octets.ts';
import type { OpenedMail } from '../mailstores/mail-reader.ts';
import type { OpenHouse } from './house.ts';

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Larger ones are not brought into memory. */
const maxShownOctets = 64 * 1024 * 1024;

/** Throws `Refused`. */
export async function heldMail(house: OpenHouse, message: Uuid): Promise<Uint8Array> {
  const mail = await shownMail(house, message);
  return whole((await outgoingMail(mail, house.mails)).stream());
}

/** As it came, with the trace text and Bcc; throws `Refused`. */
export async function supervisedMail(house: OpenHouse, message: Uuid): Promise<Uint8Array> {
  return whole(house.mails.stream(await shownMail(house, message)));
}

async function shownMail({ mails }: OpenHouse, message: Uuid): Promise<OpenedMail> {
  const mail = await mails.open(message);
  if (!mail) throw new Refused(refuse('messageNotFound'));
  if (mail.octets > maxShownOctets) throw new Refused(refuse('messageTooLarge'));
  return mail;
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}

/** As its reader sees it. Throws `Refused`. */
export async function heldEmailOf(house: OpenHouse, message: Uuid): Promise<HeldEmail> {
  return heldEmail(await shownMail(house, message), house.mails);
}

/** With Bcc. Throws `Refused`. */
export async function openedEmailOf(house: OpenHouse, message: Uuid): Promise<OpenedEmail> {
  return openedEmail(await shownMail(house, message), house.mails);
}

/** Throws `Refused`. */
export async function heldPartOf(house: OpenHouse, message: Uuid, number: string): Promise<HeldPart> {
  const part = await heldPart(await shownMail(house, message), house.mails, number);
  if (!part) throw new Refused(refuse('messageNotFound', `part ${number}`));
  return part;
}

/** The sender takes back what rules hold; false where nobody holds it any more. */
export async function withdrawn({ desk }: OpenHouse, message: Uuid, by: Uuid): Promise<boolean> {
  try {
    await desk.withdraw(approvalId(message), by, `account-${by}`);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

/** Whether the mail of that account went nowhere after that approval: returned, lapsed so, or taken back. */
export async function cameBack({ dispatcher }: OpenHouse, id: Uuid, account: Uuid): Promise<boolean> {
  if (!uuidForm.test(id)) return false;
  const { request, outcome } = (await dispatcher.load(approval, id)).state;
  return request?.submitter === account && (outcome === 'returned' || outcome === 'withdrawn');
}

/** Empty where it has been erased. */
export async function judgementsOf({ prepared }: OpenHouse, message: Uuid): Promise<readonly JsonValue[]> {
  const accepted = await prepared.first(`message-${message}`);
  const judgements = accepted?.personal?.['judgements'];
  return Array.isArray(judgements) ? judgements : [];
}
