/**
 * What SMTP peers read. Each refusal of the domain has one answer here, each fault of form another; no text
 * of an exception ever reaches a peer.
 */
import type { Refusal, RefusalCode } from '../domain/refusals.ts';

export interface SmtpReply {
  /** RFC 5321 §4.2. */
  readonly code: number;
  /** RFC 3463, or empty where none belongs. */
  readonly enhanced: string;
  readonly text: string;
}

function reply(code: number, enhanced: string, text: string): SmtpReply {
  return { code, enhanced, text };
}

/** Codes after RFC 5321 §4.2.3, RFC 3463, RFC 5248 and RFC 4954 §6. */
export const refusalReplies = {
  // organisation, domains, accounts: nothing of SMTP asks for these, but every door answers every code
  domainTaken: reply(554, '5.0.0', 'That domain is taken'),
  domainNotFound: reply(550, '5.1.2', 'No such domain here'),
  domainNameInvalid: reply(553, '5.1.3', 'That is not a mail domain'),
  addressTaken: reply(554, '5.0.0', 'That address is taken'),
  addressInvalid: reply(553, '5.1.3', 'That is not a valid address'),
  addressNotFound: reply(550, '5.1.1', 'No such address here'),
  accountNotFound: reply(550, '5.1.1', 'No such account here'),
  // A freeze can be lifted, so the peer keeps trying (ACC-05).
  accountFrozen: reply(450, '4.2.1', 'The mailbox is disabled for now'),
  passwordTooWeak: reply(554, '5.7.0', 'The password is too short'),
  dkimKeysExist: reply(554, '5.0.0', 'The domain signs its mail already'),
  dkimKeysWaiting: reply(554, '5.0.0', 'There are keys that wait already'),
  dkimKeysNotFound: reply(554, '5.0.0', 'There are no such keys'),
  groupEmpty: reply(554, '5.0.0', 'The group has no members'),
  aliasTargetInvalid: reply(554, '5.0.0', 'An alias cannot lead there'),
  departmentNotFound: reply(554, '5.0.0', 'No such department'),
  departmentExists: reply(554, '5.0.0', 'The department exists already'),
  departmentNameInvalid: reply(554, '5.0.0', 'That is not a name for a department'),
  departmentBelowItself: reply(554, '5.0.0', 'A department cannot be below itself'),
  departmentTooDeep: reply(554, '5.0.0', 'Too many levels of departments'),
  departmentHasOthers: reply(554, '5.0.0', 'The department has others below it'),
  absenceInvalid: reply(554, '5.0.0', 'That is not a time of absence'),
  calendarInvalid: reply(554, '5.0.0', 'That is not a calendar'),
  notPermitted: reply(550, '5.7.1', 'Not permitted'),
  // sign-in
  credentialsWrong: reply(535, '5.7.8', 'Authentication credentials invalid'),
  tooManyAttempts: reply(454, '4.7.0', 'Too many failed attempts, try again later'),
  serverBusy: reply(454, '4.7.0', 'Too busy to authenticate now, try again later'),
  secondFactorNeeded: reply(535, '5.7.8', 'A code is needed besides the password'),
  secondFactorWrong: reply(535, '5.7.8', 'The code is wrong'),
  secondFactorOn: reply(554, '5.0.0', 'A second factor is on'),
  secondFactorOff: reply(554, '5.0.0', 'No second factor is on'),
  applicationPasswordNeeded: reply(
    535,
    '5.7.8',
    'This account has a second factor: make an application password under My account and use it here',
  ),
  applicationPasswordNotFound: reply(554, '5.0.0', 'No such application password'),
  applicationPasswordLimit: reply(554, '5.0.0', 'Too many application passwords'),
  // accepting mail
  recipientUnknown: reply(550, '5.1.1', 'No such recipient here'),
  relayDenied: reply(550, '5.7.1', 'Relaying denied'),
  senderNotPermitted: reply(553, '5.7.1', 'You may not send under this address'),
  authenticationRequired: reply(530, '5.7.0', 'Authentication required to send under this address'),
  messageTooLarge: reply(552, '5.3.4', 'The message is larger than this server takes'),
  tooManyRecipients: reply(452, '4.5.3', 'Too many recipients'),
  tooManyHops: reply(554, '5.4.6', 'Too many hops, this looks like a mail loop'),
  messageMalformed: reply(550, '5.6.0', 'The message breaks the rules of its form'),
  overQuota: reply(552, '5.2.2', 'The mailbox is full'),
  diskLow: reply(452, '4.3.1', 'Not enough disk space, try again later'),
  storageFailed: reply(451, '4.3.0', 'The mail could not be kept, try again later'),
  originNotProved: reply(550, '5.7.1', 'The domain in From asks to refuse mail that it has not sent (DMARC)'),
  refusedByRule: reply(550, '5.7.1', 'A rule of this organisation does not allow this mail'),
  ruleUndecided: reply(451, '4.7.1', 'A rule of this organisation could not be decided, try again later'),
  ruleNotFound: reply(550, '5.7.0', 'No such rule'),
  ruleMalformed: reply(554, '5.7.0', 'That is not a rule'),
  ruleSampleFailed: reply(554, '5.7.0', 'A sample of the rule fails'),
  ruleNameUnknown: reply(554, '5.7.0', 'The rule names somebody who is not here'),
  ruleEnded: reply(554, '5.7.0', 'The rule has ended'),
  // mailstore: decided when a mail is filed, not when it is taken over
  mailboxNotFound: reply(550, '5.2.0', 'No such mailbox'),
  mailboxExists: reply(554, '5.2.0', 'The mailbox exists already'),
  mailboxNameInvalid: reply(554, '5.2.0', 'That is not a name for a mailbox'),
  mailboxNotSelectable: reply(554, '5.2.0', 'That name holds no messages'),
  mailboxHasChildren: reply(554, '5.2.0', 'The mailbox has others below it'),
  mailboxProtected: reply(554, '5.2.0', 'The mailbox cannot be removed'),
  messageNotFound: reply(554, '5.2.0', 'No such message'),
  keywordLimit: reply(554, '5.2.0', 'Too many keywords'),
  keywordInvalid: reply(554, '5.2.0', 'That is not a keyword'),
  mailboxFull: reply(452, '4.2.2', 'The mailbox holds as many messages as it can'),
  requestTooLarge: reply(552, '5.3.4', 'That is too much for one request'),
  modifiedMeanwhile: reply(451, '4.3.0', 'Changed meanwhile, try again'),
  changedMeanwhile: reply(451, '4.3.0', 'Changed meanwhile, try again'),
  ruleNameTaken: reply(550, '5.7.1', 'Not possible'),
  setUpEnded: reply(550, '5.7.1', 'Not possible'),
  sessionNotFound: reply(550, '5.7.1', 'Not possible'),
  // approval: decided on the desk
  approvalNotFound: reply(554, '5.7.0', 'No such mail to approve'),
  approvalEnded: reply(554, '5.7.0', 'Already decided'),
  selfApproval: reply(550, '5.7.1', 'Nobody approves their own mail'),
  notReviewer: reply(550, '5.7.1', 'Somebody else decides on this mail'),
  octetsDiffer: reply(554, '5.7.0', 'That is not the mail that waits'),
  reasonMissing: reply(554, '5.7.1', 'The reason is missing'),
  commentMissing: reply(554, '5.7.0', 'The comment is missing'),
  supervisionNotFound: reply(554, '5.7.0', 'No such mail to review'),
  supervisionReviewed: reply(554, '5.7.0', 'Already reviewed'),
  notSupervisor: reply(554, '5.7.0', 'Somebody else supervises this mail'),
  // sending on: asked for by people, not by peers
  deliveryNotFound: reply(554, '5.0.0', 'No such delivery'),
  deliveryEnded: reply(554, '5.0.0', 'The delivery has ended'),
  deliveryUnderway: reply(451, '4.3.0', 'The delivery is under way, try again'),
  deliveryHeld: reply(554, '5.0.0', 'The delivery is held'),
} satisfies Record<RefusalCode, SmtpReply>;

/** Answers to faults of the conversation itself, which the domain never sees. */
export const wireReplies = {
  bareLineEnds: reply(
    550,
    '5.6.11',
    'Bare CR or LF in the message; lines end in CRLF (RFC 5321 section 2.3.8)',
  ),
  nulOctet: reply(550, '5.6.0', 'NUL in the message (RFC 5322 section 2.2)'),
  nonAsciiAddress: reply(553, '5.6.7', 'Non-ASCII address without SMTPUTF8'),
  parameterUnknown: reply(555, '5.5.4', 'Parameter not recognised or not offered'),
  lineTooLong: reply(500, '5.5.2', 'Command line too long'),
  authLineTooLong: reply(500, '5.5.6', 'Authentication line too long'),
  needMail: reply(503, '5.5.1', 'MAIL first'),
  needRecipient: reply(503, '5.5.1', 'No valid recipients'),
  dataTakesNoArguments: reply(501, '5.5.4', 'DATA takes no arguments'),
  encryptionRequired: reply(538, '5.7.11', 'Encryption required: STARTTLS first'),
  overQuotaTemporary: reply(452, '4.2.2', 'The mailbox is full, try again later'),
  expansionTooLarge: reply(550, '5.5.3', 'That address stands for too many recipients'),
  accountDisabled: reply(525, '5.7.13', 'The account is disabled'),
  tooManySessions: reply(454, '4.7.0', 'Too many sessions of this account at once'),
  failedForNow: reply(451, '4.3.0', 'Something failed here, try again later'),
  authFailedForNow: reply(454, '4.7.0', 'Authentication is not possible now, try again later'),
  tooManyResets: reply(421, '4.7.0', 'Too many RSET commands'),
  tooManyRefusals: reply(421, '4.7.0', 'Too many errors'),
  tooSlow: reply(421, '4.4.2', 'Too slow, closing connection'),
  sessionRevoked: reply(421, '4.7.0', 'This session has been ended'),
  shuttingDown: reply(421, '4.3.2', 'Shutting down, try again later'),
  tooManyConnections: reply(421, '4.3.2', 'Too many connections, try again later'),
  tooManyFromAddress: reply(421, '4.7.0', 'Too many connections from your network'),
} satisfies Record<string, SmtpReply>;

/** What stands behind the code on the wire. */
/** So much of a rule's notice fits into one reply line (RFC 5321 §4.5.3.1.5), whatever its letters. */
const maxNoticeOctets = 400;

/**
 * The reply to a mail that was refused. A rule's notice stands in it where the peer can read it: letters beyond ASCII
 * only with SMTPUTF8 (RFC 6531 §3.7.4).
 */
export function replyTo({ refused, notice }: Refusal, smtpUtf8: boolean): SmtpReply {
  const reply = refusalReplies[refused];
  const text = notice?.replace(/\s+/gu, ' ').trim() ?? '';
  if (text === '' || /\p{Cc}/u.test(text) || !(smtpUtf8 || /^[\x20-\x7e]+$/.test(text))) return reply;
  return {
    ...reply,
    text: Buffer.from(text)
      .subarray(0, maxNoticeOctets)
      .toString()
      .replace(/\ufffd+$/, ''),
  };
}

export function replyText({ enhanced, text }: SmtpReply): string {
  return enhanced === '' ? text : `${enhanced} ${text}`;
}
