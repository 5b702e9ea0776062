/** What can happen to a delivery. Each event says which recipient of which mail it is about, so that readers need no other. */
import { defineEvents } from './event-type.ts';

/** Why a peer, or the way to it, said no: TRK-09. `tlsOrOther`: TLS was demanded, or nothing else fits. */
export const bounceClasses = [
  'badSyntax',
  'noSuchUser',
  'disabledUser',
  'quotaFull',
  'tooLarge',
  'tooManyRecipients',
  'dnsFailure',
  'portUnreachable',
  'network',
  'temporary',
  'virus',
  'tlsOrOther',
  'spamPolicy',
] as const;
export type BounceClass = (typeof bounceClasses)[number];

const anyClass = `oneOf:${bounceClasses.join('|')}` as `oneOf:${BounceClass}`;
const recipient = {
  message: 'uuid',
  /** Of the recipient, among all of the message. */
  ordinal: 'integer',
} as const;
/** Counts from 1. */
const attempt = 'integer';
const host = 'next hop: its name and address, or empty';
const reply = 'what the peer said, or what went wrong, in one line';
const reason = 'why, or empty';

export const deliveryEvents = defineEvents({
  DeliveryQueued: {
    version: 1,
    means: 'An accepted mail is to be sent on to a recipient elsewhere.',
    clear: {
      ...recipient,
      /** Trace text and blob. */
      sizeOctets: 'integer',
      /** An attempt that fails after this is the last. */
      expiresAt: 'time',
    },
    personal: { recipient: 'the envelope address' },
  },
  AttemptStarted: {
    version: 1,
    means: 'The mail is about to be handed to the next hop; until an outcome follows nobody else tries.',
    clear: { ...recipient, attempt },
    personal: { host },
  },
  DeliveryCompleted: {
    version: 1,
    means: 'The next hop has taken the mail over: it answered 250.',
    clear: {
      ...recipient,
      attempt,
      /** That were sent, before dot-stuffing. */
      octets: 'integer',
      tls: 'oneOf:none|tls12|tls13',
      /** Whether the certificate was valid for the name of the host. Mail is sent either way. */
      certificateValid: 'boolean',
    },
    personal: {
      host,
      cipher: 'TLS cipher, or empty',
      sha256: 'SHA-256 of the octets that were sent, hex',
      reply,
    },
  },
  DeliveryDeferred: {
    version: 1,
    means: 'An attempt failed for now; the next one follows.',
    clear: { ...recipient, attempt, class: anyClass, code: 'integer', nextAttemptAt: 'time' },
    personal: { host, reply },
  },
  OutcomeUnknown: {
    version: 1,
    means:
      'An attempt was cut off where the next hop may have taken the mail: another one may bring a second copy.',
    clear: { ...recipient, attempt, because: 'oneOf:crash|connection', nextAttemptAt: 'time' },
  },
  DeliveryFailed: {
    version: 1,
    means: 'The mail cannot be delivered to this recipient.',
    clear: { ...recipient, attempt, class: anyClass, code: 'integer' },
    personal: { host, reply },
  },
  DeliveryExpired: {
    version: 1,
    means: 'Attempts failed for as long as they may; this was the last.',
    clear: { ...recipient, attempt, class: anyClass, code: 'integer' },
    personal: { host, reply },
  },
  RetryRequested: {
    version: 1,
    means: 'Somebody asked for the next attempt at once.',
    clear: recipient,
    personal: { reason },
  },
  DeliveryHeld: {
    version: 1,
    means: 'Somebody stopped the attempts until further notice.',
    clear: recipient,
    personal: { reason },
  },
  DeliveryReleased: {
    version: 1,
    means: 'Attempts go on.',
    clear: recipient,
    personal: { reason },
  },
  DeliveryRedirected: {
    version: 1,
    means: 'Somebody named another address elsewhere to which the mail goes instead.',
    clear: recipient,
    personal: { recipient: 'the new envelope address', reason },
  },
  DeliveryCancelled: {
    version: 1,
    means: 'Somebody ended the attempts: the mail goes back to its sender.',
    clear: recipient,
    personal: { reason },
  },
});
