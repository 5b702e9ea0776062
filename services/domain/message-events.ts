/** Events of one accepted mail: stream `message-<uuid>`, made in `message.ts`. */
import { holdMembers, holdPersonal } from './approval-events.ts';
import { type AuthenticationResult, authenticationResults } from './authentication.ts';
import { derivationEvents } from './derivation.ts';
import { defineEvents } from './event-type.ts';
import { passedOverEvents } from './passed-over.ts';
import { noticeEvents } from './rule-notice.ts';
import { supervisionMembers, supervisionPersonal } from './supervision-events.ts';

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
      /** Whether `MailDerived` follows: then people read and send what was derived. */
      derived: 'boolean',
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
      /** RFC822.SIZE: trace text and blob, as derived. With what follows, filing needs no other event. */
      sizeOctets: 'integer',
      thread: 'uuid',
      /** Flag bits to file with. */
      flags: 'integer',
      /** INTERNALDATE. */
      internalDate: 'time',
    },
    personal: { addresses: 'for each recipient the envelope address it was resolved from' },
  },
  ...passedOverEvents,
  ...derivationEvents,
  ...noticeEvents,
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
      sha256:
        'SHA-256 of what leaves: these fields, the trace text without Return-Path, the blob as derived; hex',
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
      /** The approval after which the mail came back that this one was made from. */
      resubmits: 'uuid?',
      /** For each envelope recipient the ordinal of its delivery, or -1 where it was filed here. */
      ordinals: 'integers',
    },
    personal: { sender: 'envelope sender', recipients: 'envelope recipients as they were given' },
  },
});
