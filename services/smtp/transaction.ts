/** One mail's envelope while it is being said: from MAIL to the final dot, or to RSET. Pure. */

import { EnvelopeRecipients, type Reached } from '../directory/envelope-recipients.ts';
import type { ResolvedRecipient } from '../domain/message.ts';
import type { PassedOverMember } from '../domain/passed-over.ts';
import type { Uuid } from '../domain/values.ts';
import type { IntakePermit } from '../intake.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';

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
  readonly #recipients = new EnvelopeRecipients();

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
    return this.#recipients.list;
  }

  get passedOver(): PassedOverMember[] {
    return this.#recipients.passedOver;
  }

  get count(): number {
    return this.#recipients.count;
  }

  /** Accounts here that are to get the mail. */
  get accounts(): Uuid[] {
    return this.recipients.flatMap(({ account }) => (account === null ? [] : [account]));
  }

  /** See `EnvelopeRecipients.accountsAlone`. */
  get accountsAlone(): Uuid[] {
    return this.#recipients.accountsAlone;
  }

  /** All of what one RCPT stands for, or nothing: false where it does not fit any more. */
  add(reached: Reached): boolean {
    return this.#recipients.add(reached);
  }
}
