/** What the desk shows of a held mail: its octets without Bcc, and what the rules said of it. */
import { approvalId } from '../domain/approval.ts';
import type { JsonValue } from '../domain/event.ts';
import { Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { outgoingMail } from '../http/jmap/outgoing-octets.ts';
import type { OpenHouse } from './house.ts';

/** Larger ones are not brought into memory. */
const maxShownOctets = 64 * 1024 * 1024;

/** Throws `Refused`. */
export async function heldMail({ mails }: OpenHouse, message: Uuid): Promise<Uint8Array> {
  const mail = await mails.open(message);
  if (!mail) throw new Refused(refuse('messageNotFound'));
  if (mail.octets > maxShownOctets) throw new Refused(refuse('messageTooLarge'));
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await outgoingMail(mail, mails)).stream()) chunks.push(chunk);
  return Buffer.concat(chunks);
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
