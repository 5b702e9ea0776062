/** What the desk shows of a held mail: its octets without Bcc, and what the rules said of it. */
import { approvalId } from '../domain/approval.ts';
import type { JsonValue } from '../domain/event.ts';
import { Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { type HeldEmail, type HeldPart, heldEmail, heldPart } from '../http/api/held-email.ts';
import { outgoingMail } from '../http/jmap/outgoing-octets.ts';
import type { OpenedMail } from '../mailstores/mail-reader.ts';
import type { OpenHouse } from './house.ts';

/** Larger ones are not brought into memory. */
const maxShownOctets = 64 * 1024 * 1024;

/** Throws `Refused`. */
export async function heldMail(house: OpenHouse, message: Uuid): Promise<Uint8Array> {
  const { mails } = house;
  const mail = await opened(house, message);
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await outgoingMail(mail, mails)).stream()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** As its reader sees it. Throws `Refused`. */
export async function heldEmailOf(house: OpenHouse, message: Uuid): Promise<HeldEmail> {
  return heldEmail(await opened(house, message), house.mails);
}

/** Throws `Refused`. */
export async function heldPartOf(house: OpenHouse, message: Uuid, number: string): Promise<HeldPart> {
  const part = await heldPart(await opened(house, message), house.mails, number);
  if (!part) throw new Refused(refuse('messageNotFound', `part ${number}`));
  return part;
}

async function opened({ mails }: OpenHouse, message: Uuid): Promise<OpenedMail> {
  const mail = await mails.open(message);
  if (!mail) throw new Refused(refuse('messageNotFound'));
  if (mail.octets > maxShownOctets) throw new Refused(refuse('messageTooLarge'));
  return mail;
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

/** Empty where it has been erased. */
export async function judgementsOf({ prepared }: OpenHouse, message: Uuid): Promise<readonly JsonValue[]> {
  const accepted = await prepared.first(`message-${message}`);
  const judgements = accepted?.personal?.['judgements'];
  return Array.isArray(judgements) ? judgements : [];
}
