/** What rules judge by: everything about one mail, made by the intake, by a sample or by a dry run. */
import type { AuthenticationMethod, AuthenticationResult } from '../../services/domain/authentication.ts';
import type { Uuid } from '../../services/domain/values.ts';
import type { AddressField } from './rule-conditions.ts';

/** Somebody on the envelope. */
export interface Party {
  /** As given; empty for the null sender. */
  readonly address: string;
  /** Account here; null for somebody elsewhere, and for a sender who has not signed in. */
  readonly account: Uuid | null;
}

/** A text of the mail that words are looked for in. Places in it count UTF-16 units of `text`. */
export interface FactText {
  /** IMAP part number; empty where it is no part. */
  readonly part: string;
  /** Null where it could not be had: encrypted, damaged, of no form that is read here. */
  readonly text: string | null;
  /** False where it was longer than what is looked at. */
  readonly complete: boolean;
}

export interface FactAttachment {
  readonly part: string;
  /** Decoded; empty where it has none. */
  readonly name: string;
  /** Media type by its content; null where the content has not been looked at. */
  readonly type: string | null;
}

export interface FactHeader {
  readonly name: string;
  /** Decoded and unfolded. */
  readonly value: string;
}

/** Who belongs where. Names are as the rule has them. */
export interface Roster {
  /** Null: there is no such name here. */
  has(list: RosterList, name: string, account: Uuid): boolean | null;
}
export const rosterLists = ['domains', 'departments', 'people', 'groups'] as const;
export type RosterList = (typeof rosterLists)[number];

export interface RuleFacts {
  /** Of the acceptance. */
  readonly nowMs: number;
  readonly sender: Party;
  /** Of the envelope, by ordinal. */
  readonly recipients: readonly Party[];
  /** Of the header. */
  readonly addresses: Readonly<
    Record<Exclude<AddressField, 'envelopeSender' | 'envelopeRecipient'>, readonly string[]>
  >;
  /** False where the header held more than the facts keep. */
  readonly headerComplete: boolean;
  readonly subject: string;
  /** Null where nobody read them. */
  readonly headers: readonly FactHeader[] | null;
  /** The shown texts; null where nobody read them. */
  readonly body: readonly FactText[] | null;
  /** Texts of attachments; null where nobody read them. */
  readonly attachmentTexts: readonly FactText[] | null;
  readonly attachments: readonly FactAttachment[];
  readonly octets: number;
  /**
   * `unchecked`: of a peer that is not checked (a submission, a network of one's own), so that it has no result. Null:
   * nobody knows.
   */
  readonly authentication:
    | Readonly<Partial<Record<AuthenticationMethod, AuthenticationResult>>>
    | 'unchecked'
    | null;
  readonly isEncrypted: boolean;
  readonly isSigned: boolean;
  /**
   * Of a mail of the past nothing is known but what its acceptance records: To and Cc as one list, which stands in both; no
   * other header field, no text, nothing of attachments and protection.
   */
  readonly isOfRecord?: true;
  readonly roster: Roster;
}
