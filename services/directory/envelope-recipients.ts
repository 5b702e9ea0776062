/**
 * What one envelope recipient leads to (RCV-17, RCV-22, ACC-05, ACC-15, ACC-18), and all of a mail's together: each
 * account and each address elsewhere once, so that each gets one copy.
 */

import { maxRecipientsPerMessage, type ResolvedRecipient } from '../domain/message.ts';
import type { PassedOverMember } from '../domain/passed-over.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { MailboxRoom } from '../mailstores/mailbox-room.ts';
import type { Directory, ReachedHere } from './directory.ts';

export interface RecipientRefusal {
  readonly reason: RefusalCode;
  /** Whom the mail was for, where somebody here is known by that address. */
  readonly accounts: readonly Uuid[];
}

/** What one address leads to. */
export interface Reached {
  readonly recipients: readonly ResolvedRecipient[];
  readonly passedOver: readonly PassedOverMember[];
}

export interface ResolutionRules {
  /** Somebody has signed in, so mail to others is taken. */
  readonly mayRelay: boolean;
  /** Octets of the mail as far as they are known; 0 where not. */
  readonly octets: number;
}

export interface RecipientParts {
  readonly directory: Pick<Directory, 'resolve'>;
  readonly mailboxRoom: MailboxRoom;
}

/** Rejects only where the log cannot be read. */
export async function resolveRecipient(
  address: string,
  { directory, mailboxRoom }: RecipientParts,
  rules: ResolutionRules,
): Promise<Reached | RecipientRefusal> {
  const resolution = await directory.resolve(address);
  switch (resolution.kind) {
    case 'local':
      return resolveLocal(address, resolution, mailboxRoom, rules.octets);
    case 'frozen':
      return { reason: 'accountFrozen', accounts: resolution.accounts };
    case 'unknown':
      return { reason: 'recipientUnknown', accounts: [] };
    case 'remote':
      return rules.mayRelay
        ? { recipients: [{ account: null, address }], passedOver: [] }
        : { reason: 'relayDenied', accounts: [] };
    case 'invalid':
      return { reason: 'addressInvalid', accounts: [] };
  }
}

async function resolveLocal(
  address: string,
  { recipients, frozenMembers }: ReachedHere,
  mailboxRoom: MailboxRoom,
  octets: number,
): Promise<Reached | RecipientRefusal> {
  if (recipients.length + frozenMembers.length > maxRecipientsPerMessage)
    return { reason: 'tooManyRecipients', accounts: [] };
  // A member of a group who has no room left still gets the group's mail: this one answer speaks for all
  // members, and leaving one of them out would be a loss that nobody is told of.
  const [only] = recipients;
  if (only && recipients.length === 1 && !(await hasRoom(only.account, mailboxRoom, octets)))
    return { reason: 'overQuota', accounts: [only.account] };
  return {
    recipients: recipients.map(({ account }) => ({ account, address })),
    passedOver: frozenMembers.map((account) => ({ account, address })),
  };
}

export async function hasRoom(account: Uuid, mailboxRoom: MailboxRoom, octets: number): Promise<boolean> {
  const left = await mailboxRoom.octetsLeft(account);
  return left > 0 && left >= octets;
}

/**
 * All recipients of a mail go into one append, which is bounded. Only a large group, addressed by a very long name,
 * comes near.
 */
const maxAddressOctets = 500_000;

export class EnvelopeRecipients {
  /** By account, or by address where they are elsewhere. */
  readonly #recipients = new Map<string, ResolvedRecipient>();
  /** By account. */
  readonly #passedOver = new Map<Uuid, PassedOverMember>();
  /** Accounts that were addressed by themselves, not in a group. */
  readonly #alone = new Set<Uuid>();
  #addressOctets = 0;

  get list(): ResolvedRecipient[] {
    return [...this.#recipients.values()];
  }

  /** Members of groups who get no copy, each once. */
  get passedOver(): PassedOverMember[] {
    return [...this.#passedOver.values()];
  }

  get count(): number {
    return this.#recipients.size;
  }

  /**
   * The accounts, where there is nobody else whom the mail is for: neither an address elsewhere nor a member of a
   * group. Otherwise none.
   */
  get accountsAlone(): Uuid[] {
    return this.#alone.size === this.count ? [...this.#alone] : [];
  }

  /** All of what one recipient stands for, or nothing: false where it does not fit any more. */
  add({ recipients, passedOver }: Reached): boolean {
    const fresh = recipients.filter((recipient) => !this.#recipients.has(keyOf(recipient)));
    const without = passedOver.filter(({ account }) => !this.#passedOver.has(account));
    const octets = [...fresh, ...without].reduce(
      (sum, { address }) => sum + Buffer.byteLength(address),
      this.#addressOctets,
    );
    const count = this.#recipients.size + this.#passedOver.size + fresh.length + without.length;
    if (count > maxRecipientsPerMessage || octets > maxAddressOctets) return false;
    this.#addressOctets = octets;
    const [only] = recipients;
    if (recipients.length === 1 && only?.account) this.#alone.add(only.account);
    for (const member of without) this.#passedOver.set(member.account, member);
    for (const recipient of fresh) this.#recipients.set(keyOf(recipient), recipient);
    return true;
  }

  /** Where the recipient stands among all of them; -1 where it is none. */
  ordinalOf(recipient: ResolvedRecipient): number {
    return [...this.#recipients.keys()].indexOf(keyOf(recipient));
  }
}

function keyOf({ account, address }: ResolvedRecipient): string {
  return account ?? address.toLowerCase();
}
