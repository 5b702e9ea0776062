/**
 * The one door for a mail: SMTP, submission, APPEND, import. Its exact octets are kept, its facts are taken,
 * the policies judge it, and `MessageAccepted` with its recipients is durable before `finish` resolves. Filing
 * follows from the events (`workflows/file-locally.ts`).
 */
import type { Permit } from '../policies/access.ts';
import type { Authentication } from './domain/authentication.ts';
import type { ResolvedRecipient, SubmittedEmail } from './domain/message.ts';
import type { PassedOverMember } from './domain/passed-over.ts';
import type { Refusal } from './domain/refusals.ts';
import type { Uuid } from './domain/values.ts';

export interface IncomingMail {
  readonly source: 'smtp' | 'submission' | 'append' | 'import' | 'report';
  /** Id of the message where a repeat must be recognised: its second `finish` throws `WrongExpectedRevision`. */
  readonly message?: Uuid;
  /** Envelope sender; empty for the null sender and for APPEND. */
  readonly returnPath: string;
  /** Already resolved (`directory.ts`), each account once. */
  readonly recipients: readonly ResolvedRecipient[];
  /** Absent where everybody whom the envelope means gets it. */
  readonly passedOver?: readonly PassedOverMember[];
  /** Address of the account that submits or appends, for X-Authenticated-Sender; null for mail from outside. */
  readonly submitterAddress: string | null;
  readonly peer: {
    readonly address: string;
    /** Name given in HELO/EHLO. */
    readonly helo: string;
    /** Protocol keyword for Received (RFC 3848): ESMTP, ESMTPS, ESMTPSA, UTF8SMTPS … */
    readonly with: string;
    /** TLS version and cipher as Received shows them, or null. */
    readonly tls: string | null;
  };
  /** APPEND: mailbox (null for INBOX), flag bits, INTERNALDATE (null: now). */
  readonly mailbox: Uuid | null;
  readonly flags: number;
  readonly internalDateMs: number | null;
  /** Absent where it was not submitted by JMAP. */
  readonly submitted?: SubmittedEmail;
  /** Whether bare CR or LF was normalised on the way in. */
  readonly normalised: boolean;
}

/** A mail and what is known of where it comes from. */
export interface CheckedMail extends IncomingMail {
  /** Null where its peer is not checked. */
  readonly authentication: Authentication | null;
}

/** Where mail from outside says, or shows, that it comes from. */
export interface MailOrigin {
  /** IP address of the peer. */
  readonly address: string;
  /** Name in HELO or EHLO. */
  readonly helo: string;
  /** Envelope sender; empty for the null sender. */
  readonly sender: string;
}

export interface AcceptedMail {
  readonly message: Uuid;
  /** Position of `MessageAccepted` in the log: the leaf's index on the embedded log. */
  readonly leaf: number;
  /** RFC822.SIZE. */
  readonly octets: number;
}

/** One mail on its way in. */
export interface Arrival {
  /**
   * Takes octets (copied: the buffer may be used again). Resolves when more may come; never rejects, what went
   * wrong is said by `finish`.
   */
  write(octets: Uint8Array): void | Promise<void>;
  /** The mail is whole. Refusals keep nothing; a rejection means that nothing may be acknowledged. */
  finish(mail: IncomingMail): Promise<AcceptedMail | Refusal>;
  /** The peer went away, or the mail is refused for another reason. */
  abort(): void;
}

/** From outside, by a signed-in account to send, into the own mailstore, by the operator's import, by the server itself. */
export type IntakePermit = Permit<'handInMail' | 'sendMail' | 'changeMail' | 'operate' | 'reportDelivery'>;

export interface Intake {
  /**
   * Whoever hands a mail in is the permit's subject: the submitter, where it is an account. `origin`: of mail from
   * outside, so that it can be asked meanwhile whether it comes from where it says.
   */
  begin(permit: IntakePermit, origin?: MailOrigin): Arrival;
}
