/**
 * Stream `message-<uuid>`: one accepted mail (SMTP transaction, submission, APPEND, import) and its verdict.
 * The first append holds `MessageAccepted` and every `RecipientsResolved`; expansion never happens again.
 */
import { type Hold, holdOf } from './approval.ts';
import type { Authentication } from './authentication.ts';
import { type Derivation, deriveMail, type OmittedChange, omitChange } from './derivation.ts';
import type { DraftEvent, JsonObject } from './event.ts';
import { rangesWithin } from './ordinal-ranges.ts';
import { type PassedOverMember, passOver } from './passed-over.ts';
import { type RuleNotice, requireNotice } from './rule-notice.ts';
import { copyOf, type SupervisedCopy } from './supervision.ts';
import type { Uuid } from './values.ts';

/** Stands in `ordinals` for a recipient that was filed here. */
export const filedHere = -1;

/** Stands in `accounts` for a recipient elsewhere. */
export const nilUuid = '00000000-0000-0000-0000-000000000000';
export const maxRecipientsPerEvent = 500;
export const maxRecipientsPerMessage = 5000;

export interface ResolvedRecipient {
  /** Null for an address elsewhere. */
  readonly account: Uuid | null;
  readonly address: string;
}

/** What the rules said, as events keep it. */
export interface RecordedVerdict {
  readonly rules: readonly Uuid[];
  readonly ruleVersions: readonly number[];
  /** Sealed; one for each of the rules. */
  readonly judgements: readonly JsonObject[];
}

/** No rule had anything to say. */
export const noJudgements: RecordedVerdict = { rules: [], ruleVersions: [], judgements: [] };

export interface RefusedMessage {
  readonly source: 'smtp' | 'submission';
  readonly submitter: Uuid | null;
  readonly blobOctets: number;
  readonly recipients: readonly ResolvedRecipient[];
  readonly because: 'rule' | 'dmarc';
  readonly verdict: RecordedVerdict;
  /** Absent or null where its peer is not checked. */
  readonly authentication?: Authentication | null;
  /** Sealed members besides recipients and judgements. */
  readonly personal: JsonObject;
}

/** What a submission by JMAP is of. */
export interface SubmittedEmail {
  readonly account: Uuid;
  readonly email: Uuid;
  readonly identity: Uuid;
  readonly thread: Uuid;
  /** The approval after which the mail came back that this one was made from. */
  readonly resubmits: Uuid | null;
  readonly ordinals: readonly number[];
  readonly sender: string;
  readonly recipients: readonly string[];
}

export interface AcceptedMessage {
  readonly source: 'smtp' | 'submission' | 'append' | 'import' | 'report';
  readonly frame: Uuid;
  readonly address: string;
  readonly blobOctets: number;
  readonly traceText: string;
  readonly thread: Uuid;
  readonly submitter: Uuid | null;
  readonly normalised: boolean;
  readonly recipients: readonly ResolvedRecipient[];
  /** Absent where everybody whom the envelope means gets it. */
  readonly passedOver?: readonly PassedOverMember[] | undefined;
  /** Null for INBOX. */
  readonly mailbox: Uuid | null;
  readonly flags: number;
  readonly internalDateMs: number;
  readonly verdict: RecordedVerdict;
  /** Absent or null where its peer is not checked. */
  readonly authentication?: Authentication | null;
  /** Absent where it goes on to everybody at once. */
  readonly hold?: Hold | undefined;
  /** Absent where nobody supervises it. */
  readonly supervision?: readonly SupervisedCopy[] | undefined;
  /** Absent where no rule changes it. */
  readonly derivation?: Derivation | undefined;
  readonly omitted?: readonly OmittedChange[] | undefined;
  /** Absent where nobody is told of it. */
  readonly notices?: readonly RuleNotice[] | undefined;
  /** Absent where it was not submitted by JMAP. */
  readonly submitted?: SubmittedEmail | undefined;
  /** Sealed members besides `trace`, `authentication` and `judgements`: see `messageEvents.MessageAccepted.personal`. */
  readonly personal: JsonObject;
}

/** The events of an acceptance, in order: the message, what rules make of it, its recipients by groups of 500, what it was submitted of. */
export function acceptMessage(accepted: AcceptedMessage): DraftEvent[] {
  const { recipients, passedOver = [], mailbox, flags, thread, internalDateMs, hold, derivation } = accepted;
  const goingOctets = derivation?.octets ?? accepted.blobOctets;
  const sizeOctets = goingOctets + Buffer.byteLength(accepted.traceText);
  const events: DraftEvent[] = [messageAccepted(accepted)];
  // Readers look for it right behind the first event.
  if (derivation) events.push(deriveMail(derivation));
  events.push(...(accepted.omitted ?? []).map(omitChange));
  for (let first = 0; first < recipients.length; first += maxRecipientsPerEvent) {
    const group = recipients.slice(first, first + maxRecipientsPerEvent);
    events.push({
      type: 'RecipientsResolved',
      version: 1,
      data: {
        firstOrdinal: first,
        accounts: group.map((recipient) => recipient.account ?? nilUuid),
        held: hold === undefined ? [] : rangesWithin(hold.ordinals, first, first + group.length - 1),
        mailbox,
        sizeOctets,
        thread,
        flags,
        internalDate: internalDateMs,
      },
      personal: { addresses: group.map((recipient) => recipient.address) },
    });
  }
  for (let first = 0; first < passedOver.length; first += maxRecipientsPerEvent)
    events.push(passOver(passedOver.slice(first, first + maxRecipientsPerEvent)));
  if (hold) events.push(recipientsHeld(hold));
  events.push(...(accepted.supervision ?? []).map(supervisionRequired));
  events.push(...(accepted.notices ?? []).map(requireNotice));
  if (accepted.submitted) events.push(emailSubmitted(accepted.submitted));
  return events;
}

export interface SignedMail {
  readonly keys: Uuid;
  readonly octets: number;
  readonly domain: string;
  readonly selectors: readonly string[];
  readonly fields: string;
  readonly sha256: string;
}

/** A mail leaves with signatures in front. */
export function signMail({ keys, octets, ...personal }: SignedMail): DraftEvent {
  return { type: 'MailSigned', version: 1, data: { keys, octets }, personal };
}

function recipientsHeld(hold: Hold): DraftEvent {
  const { clear, reasons } = holdOf(hold);
  return { type: 'RecipientsHeld', version: 1, data: clear, personal: { reasons } };
}

function supervisionRequired(copy: SupervisedCopy): DraftEvent {
  const { clear, personal } = copyOf(copy);
  return { type: 'SupervisionRequired', version: 1, data: clear, personal };
}

function emailSubmitted({ sender, recipients, ordinals, ...clear }: SubmittedEmail): DraftEvent {
  return {
    type: 'EmailSubmitted',
    version: 1,
    data: { ...clear, ordinals: [...ordinals] },
    personal: { sender, recipients: [...recipients] },
  };
}

function messageAccepted(accepted: AcceptedMessage): DraftEvent {
  return {
    type: 'MessageAccepted',
    version: 1,
    data: {
      source: accepted.source,
      frame: accepted.frame,
      address: accepted.address,
      blobOctets: accepted.blobOctets,
      traceOctets: Buffer.byteLength(accepted.traceText),
      thread: accepted.thread,
      submitter: accepted.submitter,
      recipients: accepted.recipients.length,
      verdict: verdictOf(accepted.hold),
      rules: accepted.verdict.rules,
      ruleVersions: accepted.verdict.ruleVersions,
      normalised: accepted.normalised,
      derived: accepted.derivation !== undefined,
      ...resultsOf(accepted.authentication),
    },
    personal: {
      ...accepted.personal,
      authentication: sealedOrigin(accepted.authentication),
      trace: accepted.traceText,
      judgements: accepted.verdict.judgements,
    },
  };
}

function sealedOrigin(found: Authentication | null | undefined): JsonObject | null {
  return (found ?? null) as unknown as JsonObject | null;
}

function resultsOf(found: Authentication | null | undefined) {
  return {
    spf: found?.spf.result ?? null,
    dkim: found?.dkim.result ?? null,
    dmarc: found?.dmarc.result ?? null,
    arc: found?.arc.result ?? null,
  };
}

function verdictOf(hold: Hold | undefined): 'deliver' | 'hold' | 'quarantine' {
  if (!hold) return 'deliver';
  return hold.kind === 'approval' ? 'hold' : 'quarantine';
}

/** The one event of a mail that was not let in. */
export function refuseMessage({ verdict, recipients, ...refused }: RefusedMessage): DraftEvent {
  return {
    type: 'MessageRefused',
    version: 1,
    data: {
      source: refused.source,
      submitter: refused.submitter,
      blobOctets: refused.blobOctets,
      recipients: recipients.length,
      because: refused.because,
      rules: verdict.rules,
      ruleVersions: verdict.ruleVersions,
      ...resultsOf(refused.authentication),
    },
    personal: {
      ...refused.personal,
      authentication: sealedOrigin(refused.authentication),
      recipients: recipients.slice(0, maxRecipientsPerEvent).map(({ address }) => address),
      judgements: verdict.judgements,
    },
  };
}
