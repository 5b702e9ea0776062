/** One mail's envelope while it is being said: from MAIL to the final dot, or to RSET. Pure. */
import { maxRecipientsPerMessage, type ResolvedRecipient } from '../domain/message.ts';
import type { Uuid } from '../domain/values.ts';
import type { IntakePermit } from '../intake.ts';
import type { SignedIn } from '../sign-in.ts';

/**
 * All recipients of a mail go into one append, which is bounded. Only a large group, addressed by a very long name,
 * comes near.
 */
const maxAddressOctets = 500_000;

export class Transaction {
  /** Empty for the null sender. */
  readonly sender: string;
  readonly smtpUtf8: boolean;
  /** Octets by MAIL's SIZE; 0 where it did not say. */
  readonly declaredOctets: number;
  /** Who had signed in when it began; null for mail from outside. */
  readonly submitter: SignedIn | null;
  /** To hand it in. */
  readonly permit: IntakePermit;
  /** By account, or by address where they are elsewhere: so that each gets one copy. */
  readonly #recipients = new Map<string, ResolvedRecipient>();
  /** Accounts that were addressed by themselves, not in a group. */
  readonly #alone = new Set<Uuid>();
  #addressOctets = 0;

  constructor(
    sender: string,
    smtpUtf8: boolean,
    declaredOctets: number,
    submitter: SignedIn | null,
    permit: IntakePermit,
  ) {
    this.sender = sender;
    this.smtpUtf8 = smtpUtf8;
    this.declaredOctets = declaredOctets;
    this.submitter = submitter;
    this.permit = permit;
  }

  get recipients(): ResolvedRecipient[] {
    return [...this.#recipients.values()];
  }

  get count(): number {
    return this.#recipients.size;
  }

  /** Accounts here that are to get the mail. */
  get accounts(): Uuid[] {
    return this.recipients.flatMap(({ account }) => (account === null ? [] : [account]));
  }

  /**
   * The accounts, where there is nobody else whom the mail is for: neither an address elsewhere nor a member of a
   * group. Otherwise none.
   */
  get accountsAlone(): Uuid[] {
    return this.#alone.size === this.count ? [...this.#alone] : [];
  }

  /** All of what one RCPT stands for, or nothing: false where it does not fit any more. */
  add(recipients: readonly ResolvedRecipient[]): boolean {
    const fresh = recipients.filter((recipient) => !this.#recipients.has(keyOf(recipient)));
    const octets = fresh.reduce((sum, { address }) => sum + Buffer.byteLength(address), this.#addressOctets);
    if (this.#recipients.size + fresh.length > maxRecipientsPerMessage || octets > maxAddressOctets)
      return false;
    this.#addressOctets = octets;
    const [only] = recipients;
    if (recipients.length === 1 && only?.account) this.#alone.add(only.account);
    for (const recipient of fresh) this.#recipients.set(keyOf(recipient), recipient);
    return true;
  }
}

function keyOf({ account, address }: ResolvedRecipient): string {
  return account ?? address.toLowerCase();
}
