/** What every mail must keep to before it is taken over: size, hops, form. Pure. */
import { type Refusal, refuse } from '../services/domain/refusals.ts';

export interface IntakeRules {
  /** Octets of the blob; 0 is unlimited (RCV-07). */
  readonly maxMessageOctets: number;
  /** Received fields that a mail may bring (RCV-13). */
  readonly maxReceivedHops: number;
  /** RCV-06: a mail must name a sender in its header (RFC 5322 §3.6). */
  readonly requireFrom: boolean;
  /** RCV-06: header octets above 127 want SMTPUTF8 (RFC 6532); most of the world's raw GBK headers come without. */
  readonly refuse8bitHeaders: boolean;
}

export interface IntakeCase {
  readonly source: 'smtp' | 'submission' | 'append' | 'import' | 'report';
  readonly octets: number;
  readonly receivedCount: number;
  readonly has8bitHeaders: boolean;
  /** It came with SMTPUTF8. */
  readonly smtpUtf8: boolean;
  readonly hasFrom: boolean;
}

/**
 * Null: it may be taken over. What somebody files in their own mailbox has been through its transport before,
 * and what is imported was kept elsewhere before, whatever its size.
 */
export function judgeIntake(mail: IntakeCase, rules: IntakeRules): Refusal | null {
  if (mail.source === 'import') return null;
  if (rules.maxMessageOctets > 0 && mail.octets > rules.maxMessageOctets) return refuse('messageTooLarge');
  if (mail.source === 'append') return null;
  if (mail.receivedCount > rules.maxReceivedHops) return refuse('tooManyHops');
  if (rules.requireFrom && !mail.hasFrom) return refuse('messageMalformed', 'there is no From');
  if (rules.refuse8bitHeaders && mail.has8bitHeaders && !mail.smtpUtf8) {
    return refuse('messageMalformed', 'header octets above 127 without SMTPUTF8');
  }
  return null;
}
