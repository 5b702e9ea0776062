/**
 * Stream `message-<uuid>`: one accepted mail (SMTP transaction, submission, APPEND, import) and its verdict.
 * The first append holds `MessageAccepted` and every `RecipientsResolved`; expansion never happens again.
 */
import { type Hold, holdOf } from './approval.ts';
import { holdMembers, holdPersonal } from './approval-events.ts';
import { type Authentication, type AuthenticationResult, authenticationResults } from './authentication.ts';
import type { DraftEvent, JsonObject } from './event.ts';
import { defineEvents } from './event-type.ts';
import { rangesWithin } from './ordinal-ranges.ts';
import { copyOf, type SupervisedCopy } from './supervision.ts';
import { supervisionMembers, supervisionPersonal } from './supervision-events.ts';
import type { Uuid } from './values.ts';

const result = `oneOf:${authenticationResults.join('|')}?` as `oneOf:${AuthenticationResult}?`;
/** What was found about where it comes from (RFC 8601 §2.7); null where its peer is not checked. */
const results = { spf: result, dkim: result, dmarc: result, arc: result } as const;
const authenticationMeaning = 'domains, selectors and reasons of the results, or null';

const judgementsMeaning =
  'for each of the rules its name, outcome, actions and recipients, and its reasons with the places found';

export const messageEvents = defineEvents({
  MessageAccepted: {
    version: 1,
    means: 'A mail was kept, judged and taken over; from here on this server answers for it.',
    clear: {
      source: 'oneOf:smtp|submission|append|import|report',
      /** Where its octets lie: docs/formats.md §Frame. */
      frame: 'uuid',
      address: 'digest',
      blobOctets: 'integer',
      traceOctets: 'integer',
      thread: 'uuid',
      /** Account that submitted or appended it; null for mail from outside. */
      submitter: 'uuid?',
      recipients: 'integer',
      verdict: 'oneOf:deliver|hold|quarantine',
      /** Rules that had something to say, the strictest first, and the version of each. */
      rules: 'uuids',
      ruleVersions: 'integers',
      /** Whether bare CR or LF was normalised, by the administrator's list of networks. */
      normalised: 'boolean',
      ...results,
    },
    personal: {
      sha256: 'SHA-256 of the blob, hex',
      trace: 'the trace text, verbatim (docs/formats.md §Trace text)',
      returnPath: 'envelope sender; empty for the null sender',
      peer: 'IP address that handed it in',
      helo: 'name that the peer gave itself',
      subject: 'decoded Subject',
      from: 'addresses of From',
      to: 'addresses of To and Cc',
      messageId: 'Message-ID',
      dateMs: 'time of the Date field, UTC ms, or null',
      authentication: authenticationMeaning,
      judgements: judgementsMeaning,
    },
  },
  MessageRefused: {
    version: 1,
    means: 'A mail was not let in, by a rule or by what its domain asks for; its octets were not kept.',
    clear: {
      source: 'oneOf:smtp|submission',
      submitter: 'uuid?',
      blobOctets: 'integer',
      recipients: 'integer',
      /** `dmarc`: the domain in From asks to refuse it. */
      because: 'oneOf:rule|dmarc',
      rules: 'uuids',
      ruleVersions: 'integers',
      ...results,
    },
    personal: {
      sha256: 'SHA-256 of the blob, hex',
      returnPath: 'envelope sender; empty for the null sender',
      recipients: 'the first 500 envelope recipients',
      peer: 'IP address that handed it in',
      helo: 'name that the peer gave itself',
      subject: 'decoded Subject',
      from: 'addresses of From',
      to: 'addresses of To and Cc',
      messageId: 'Message-ID',
      dateMs: 'time of the Date field, UTC ms, or null',
      authentication: authenticationMeaning,
      judgements: judgementsMeaning,
    },
  },
  RecipientsResolved: {
    version: 1,
    means: 'Envelope recipients were resolved to accounts here and addresses elsewhere.',
    clear: {
      /** Ordinal of the first recipient of this event; up to 500 follow one another. */
      firstOrdinal: 'integer',
      /** For each recipient its account, or the nil UUID where it is elsewhere. */
      accounts: 'uuids',
      /** Ordinals of those, among all of the message, for whom it waits: see `RecipientsHeld`. */
      held: 'ranges',
      /** Mailbox where it is not INBOX (APPEND), for all recipients of this event. */
      mailbox: 'uuid?',
      /** RFC822.SIZE: trace text and blob. With what follows, filing needs no other event. */
      sizeOctets: 'integer',
      thread: 'uuid',
      /** Flag bits to file with. */
      flags: 'integer',
      /** INTERNALDATE. */
      internalDate: 'time',
    },
    personal: { addresses: 'for each recipient the envelope address it was resolved from' },
  },
  MailSigned: {
    version: 1,
    means:
      'The mail leaves with signatures of its domain in front of it: what is sent follows from what was accepted.',
    clear: {
      /** Of the keys: `DkimKeysMade`. */
      keys: 'uuid',
      /** Of what leaves. */
      octets: 'integer',
    },
    personal: {
      domain: 'the signing domain',
      selectors: 'one for each signature',
      fields: 'the DKIM-Signature fields, verbatim',
      sha256: 'SHA-256 of what leaves: these fields, the trace text without Return-Path, the blob; hex',
    },
  },
  RecipientsHeld: {
    version: 1,
    means:
      'Rules hold the mail for those recipients; who decides, and what happens if nobody does, is settled here.',
    clear: holdMembers,
    personal: holdPersonal,
  },
  SupervisionRequired: {
    version: 1,
    means:
      'Rules put the mail before a supervisor; who that is, and until when it is to be reviewed, is settled here.',
    clear: supervisionMembers,
    personal: supervisionPersonal,
  },
  RecipientsReleased: {
    version: 1,
    means: 'Held recipients get the mail: it goes on as it would have gone without the hold.',
    clear: {
      ordinals: 'ranges',
      accounts: 'uuids',
      mailbox: 'uuid?',
      sizeOctets: 'integer',
      thread: 'uuid',
      flags: 'integer',
      /** INTERNALDATE: the time of the release. */
      internalDate: 'time',
    },
    personal: { addresses: 'for each recipient the envelope address it was resolved from' },
  },
  RecipientsReturned: {
    version: 1,
    means: 'Held recipients do not get the mail: it went back to its sender, or was taken out of quarantine.',
    clear: { ordinals: 'ranges', because: 'oneOf:returned|lapsed|withdrawn|deleted' },
  },
  EmailSubmitted: {
    version: 1,
    means: 'The mail was submitted by JMAP: a stored mail of the account was sent, without its Bcc field.',
    clear: {
      account: 'uuid',
      /** The stored mail, the identity it was sent under, and the mail's thread. */
      email: 'uuid',
      identity: 'uuid',
      thread: 'uuid',
      /** For each envelope recipient the ordinal of its delivery, or -1 where it was filed here. */
      ordinals: 'integers',
    },
    personal: { sender: 'envelope sender', recipients: 'envelope recipients as they were given' },
  },
});

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
  /** Absent where it was not submitted by JMAP. */
  readonly submitted?: SubmittedEmail | undefined;
  /** Sealed members besides `trace`, `authentication` and `judgements`: see `messageEvents.MessageAccepted.personal`. */
  readonly personal: JsonObject;
}

/** The events of an acceptance, in order: the message, its recipients by groups of 500, what it was submitted of. */
export function acceptMessage(accepted: AcceptedMessage): DraftEvent[] {
  const { recipients, mailbox, flags, thread, internalDateMs, hold } = accepted;
  const sizeOctets = accepted.blobOctets + Buffer.byteLength(accepted.traceText);
  const events: DraftEvent[] = [messageAccepted(accepted)];
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
  if (hold) events.push(recipientsHeld(hold));
  events.push(...(accepted.supervision ?? []).map(supervisionRequired));
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
