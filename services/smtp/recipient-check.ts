/** What one RCPT is answered; what its address leads to is found in `services/directory/envelope-recipients.ts`. */

import {
  hasRoom,
  type Reached,
  type RecipientParts,
  resolveRecipient,
} from '../directory/envelope-recipients.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { refusalReplies, type SmtpReply, wireReplies } from './replies.ts';

export interface RecipientRefused {
  readonly reason: RefusalCode;
  readonly reply: SmtpReply;
  /** Whom the mail was for, where somebody here is known by that address. */
  readonly accounts: readonly Uuid[];
}

export type RecipientCheck = Reached | RecipientRefused;

export interface RecipientRules {
  /** The peer has signed in, so mail to others is taken. */
  readonly mayRelay: boolean;
  readonly overQuotaReply: 'permanent' | 'temporary';
  /** Octets by MAIL's SIZE; 0 where it did not say. */
  readonly declaredOctets: number;
}

/** Rejects only where the log cannot be read. */
export async function checkRecipient(
  address: string,
  parts: RecipientParts,
  { mayRelay, declaredOctets, overQuotaReply }: RecipientRules,
): Promise<RecipientCheck> {
  const resolved = await resolveRecipient(address, parts, { mayRelay, octets: declaredOctets });
  if (!('reason' in resolved)) return resolved;
  const { reason, accounts } = resolved;
  if (reason === 'overQuota') return overQuota(accounts, overQuotaReply);
  // Of a group alone: recipients that are too many by themselves are counted in `dialogue.ts`.
  const reply = reason === 'tooManyRecipients' ? wireReplies.expansionTooLarge : refusalReplies[reason];
  return { reason, reply, accounts };
}

/**
 * At the final dot, when the size is known: a refusal where the mail fits into none of these mailboxes. One answer
 * is for all of them: where one has room the mail is taken, and the others exceed their quota by this one mail
 * (docs/decisions).
 */
export async function checkRoom(
  accounts: readonly Uuid[],
  octets: number,
  { mailboxRoom }: Pick<RecipientParts, 'mailboxRoom'>,
  overQuotaReply: RecipientRules['overQuotaReply'],
): Promise<RecipientRefused | null> {
  for (const account of accounts) if (await hasRoom(account, mailboxRoom, octets)) return null;
  return accounts.length === 0 ? null : overQuota(accounts, overQuotaReply);
}

function overQuota(
  accounts: readonly Uuid[],
  overQuotaReply: RecipientRules['overQuotaReply'],
): RecipientRefused {
  const reply = overQuotaReply === 'permanent' ? refusalReplies.overQuota : wireReplies.overQuotaTemporary;
  return { reason: 'overQuota', reply, accounts };
}
