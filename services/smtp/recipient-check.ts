/** What one RCPT leads to: accounts here, an address elsewhere, or a refusal (RCV-17, RCV-22, ACC-05, ACC-15, ACC-18). */
import type { Directory, LocalRecipient } from '../directory.ts';
import { maxRecipientsPerMessage, type ResolvedRecipient } from '../domain/message.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { MailboxRoom } from '../mailbox-room.ts';
import { refusalReplies, type SmtpReply, wireReplies } from './replies.ts';

export interface RecipientRefused {
  readonly reason: RefusalCode;
  readonly reply: SmtpReply;
  /** Whom the mail was for, where somebody here is known by that address. */
  readonly accounts: readonly Uuid[];
}

export type RecipientCheck = readonly ResolvedRecipient[] | RecipientRefused;

export interface RecipientRules {
  /** The peer has signed in, so mail to others is taken. */
  readonly mayRelay: boolean;
  readonly overQuotaReply: 'permanent' | 'temporary';
  /** Octets by MAIL's SIZE; 0 where it did not say. */
  readonly declaredOctets: number;
}

interface RecipientParts {
  readonly directory: Pick<Directory, 'resolve'>;
  readonly mailboxRoom: MailboxRoom;
}

/** Rejects only where the log cannot be read. */
export async function checkRecipient(
  address: string,
  { directory, mailboxRoom }: RecipientParts,
  rules: RecipientRules,
): Promise<RecipientCheck> {
  const resolution = await directory.resolve(address);
  switch (resolution.kind) {
    case 'local':
      return checkLocal(address, resolution.recipients, mailboxRoom, rules);
    case 'frozen':
      return refused('accountFrozen', resolution.accounts);
    case 'unknown':
      return refused('recipientUnknown');
    case 'remote':
      return rules.mayRelay ? [{ account: null, address }] : refused('relayDenied');
    case 'invalid':
      return refused('addressInvalid');
  }
}

async function checkLocal(
  address: string,
  recipients: readonly LocalRecipient[],
  mailboxRoom: MailboxRoom,
  rules: RecipientRules,
): Promise<RecipientCheck> {
  if (recipients.length > maxRecipientsPerMessage) {
    return { reason: 'tooManyRecipients', reply: wireReplies.expansionTooLarge, accounts: [] };
  }
  // A member of a group who has no room left still gets the group's mail: this one answer speaks for all
  // members, and leaving one of them out would be a loss that nobody is told of.
  const [only] = recipients;
  if (only && recipients.length === 1 && !(await fits(only.account, mailboxRoom, rules.declaredOctets))) {
    return overQuota(only.account, rules.overQuotaReply);
  }
  return recipients.map(({ account }) => ({ account, address }));
}

async function fits(account: Uuid, mailboxRoom: MailboxRoom, declaredOctets: number): Promise<boolean> {
  const left = await mailboxRoom.octetsLeft(account);
  return left > 0 && left >= declaredOctets;
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
  for (const account of accounts) if (await fits(account, mailboxRoom, octets)) return null;
  return accounts.length === 0 ? null : { ...overQuota(accounts[0]!, overQuotaReply), accounts };
}

function overQuota(account: Uuid, overQuotaReply: RecipientRules['overQuotaReply']): RecipientRefused {
  const reply = overQuotaReply === 'permanent' ? refusalReplies.overQuota : wireReplies.overQuotaTemporary;
  return { reason: 'overQuota', reply, accounts: [account] };
}

function refused(reason: RefusalCode, accounts: readonly Uuid[] = []): RecipientRefused {
  return { reason, reply: refusalReplies[reason], accounts };
}
