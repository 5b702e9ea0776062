/** Events of an account: stream `account-<uuid>`, decided on in `account.ts`. */
import { absenceEvents } from './absence.ts';
import { applicationPasswordEvents } from './application-passwords.ts';
import { defineEvents } from './event-type.ts';
import { secondFactorEvents } from './second-factor.ts';

export const accountEvents = defineEvents({
  AccountOpened: {
    version: 1,
    means: 'An account exists from here on; the domain has assigned its address before.',
    clear: { domain: 'uuid', quotaOctets: 'integer' },
    personal: { address: 'the address as people write it', realName: 'name of the person, or empty' },
  },
  RealNameSet: {
    version: 1,
    means: 'The name of the person was changed.',
    clear: {},
    personal: { realName: 'name of the person, or empty' },
  },
  PasswordSet: {
    version: 1,
    means: 'A password was set; the one before is worth nothing any more.',
    clear: {},
    personal: { verifier: 'argon2id verifier, PHC string' },
  },
  QuotaSet: {
    version: 1,
    means: 'The room for mail was changed, in octets; 0 is unlimited.',
    clear: { quotaOctets: 'integer' },
  },
  LimitsSet: {
    version: 1,
    means: "The account's own limits were set; 0 leaves each to the server's setting.",
    clear: { maxMessageOctets: 'integer', maxRecipients: 'integer', maxSessions: 'integer' },
  },
  RoleGranted: {
    version: 1,
    means: 'The account got a role.',
    clear: { role: 'oneOf:supervisor|auditor|administrator' },
  },
  RoleRevoked: {
    version: 1,
    means: 'The account lost a role.',
    clear: { role: 'oneOf:supervisor|auditor|administrator' },
  },
  SendAsGranted: {
    version: 1,
    means: 'The account may send under another address.',
    clear: { tag: 'tag' },
    personal: { address: 'that address' },
  },
  SendAsRevoked: {
    version: 1,
    means: 'The account may no longer send under that address.',
    clear: { tag: 'tag' },
  },
  IdentityDescribed: {
    version: 1,
    means: 'The person said how mail under an address is to look.',
    clear: { identity: 'uuid' },
    personal: {
      address: 'that address',
      name: 'display name, or empty',
      replyTo: 'addresses with names, or null',
      bcc: 'addresses with names, or null',
      textSignature: 'plain text',
      htmlSignature: 'HTML',
    },
  },
  IdentityForgotten: {
    version: 1,
    means: 'What was said of an address is no longer so.',
    clear: { identity: 'uuid' },
  },
  LanguageSet: {
    version: 1,
    means: 'The language in which the server writes to the person was chosen.',
    clear: { language: 'oneOf:en|zh-CN|zh-TW' },
  },
  ...absenceEvents,
  ...secondFactorEvents,
  ...applicationPasswordEvents,
  AccountFrozen: {
    version: 1,
    means: 'The account can neither sign in, send nor receive; its mail stays.',
    clear: {},
    personal: { reason: 'why, or empty' },
  },
  AccountUnfrozen: { version: 1, means: 'The account works again.', clear: {} },
  AccountClosed: {
    version: 1,
    means: 'The account has ended for good; its address is not given out again.',
    clear: {},
  },
  SignInRefused: {
    version: 1,
    means: 'Attempts to sign in to this account failed.',
    clear: {
      protocol: 'oneOf:imap|pop3|smtp|http|cli',
      reason: 'oneOf:password|frozen|rate|code|program',
      /** How many, since the last such event of the same peer, protocol and reason. */
      count: 'integer',
    },
    personal: { peer: 'IP address they came from' },
  },
});
