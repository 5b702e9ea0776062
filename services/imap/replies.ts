/** Every refusal of the domain as IMAP says it (codes: RFC 5530 §3, RFC 9051 §7.1). */
import { type Refusal, type RefusalCode, refusals } from '../domain/refusals.ts';
import type { ReplyStatus } from './protocol/reply.ts';

/** How a command ends: the rest of its tagged reply. */
export interface Reply {
  readonly status: ReplyStatus;
  readonly text: string;
  /** Response code without brackets. */
  readonly code?: string;
}

const no = (code: string) => ({ status: 'NO', code }) as const;
const bare = { status: 'NO' } as const;

const replyOf = {
  domainTaken: no('ALREADYEXISTS'),
  domainNotFound: no('NONEXISTENT'),
  domainNameInvalid: no('CANNOT'),
  addressTaken: no('ALREADYEXISTS'),
  addressInvalid: no('CANNOT'),
  addressNotFound: no('NONEXISTENT'),
  accountNotFound: no('NONEXISTENT'),
  accountFrozen: no('CONTACTADMIN'),
  passwordTooWeak: bare,
  dkimKeysExist: bare,
  dkimKeysWaiting: bare,
  dkimKeysNotFound: bare,
  groupEmpty: bare,
  aliasTargetInvalid: bare,
  departmentNotFound: no('NONEXISTENT'),
  departmentExists: no('ALREADYEXISTS'),
  departmentNameInvalid: no('CANNOT'),
  departmentBelowItself: no('CANNOT'),
  departmentTooDeep: no('LIMIT'),
  departmentHasOthers: no('HASCHILDREN'),
  absenceInvalid: no('CANNOT'),
  calendarInvalid: no('CANNOT'),
  notPermitted: no('NOPERM'),
  credentialsWrong: no('AUTHENTICATIONFAILED'),
  tooManyAttempts: no('LIMIT'),
  serverBusy: no('UNAVAILABLE'),
  secondFactorNeeded: no('AUTHENTICATIONFAILED'),
  secondFactorWrong: no('AUTHENTICATIONFAILED'),
  secondFactorOn: no('CANNOT'),
  secondFactorOff: no('CANNOT'),
  applicationPasswordNeeded: no('AUTHENTICATIONFAILED'),
  applicationPasswordNotFound: no('NONEXISTENT'),
  applicationPasswordLimit: no('LIMIT'),
  recipientUnknown: no('NONEXISTENT'),
  relayDenied: no('NOPERM'),
  senderNotPermitted: no('NOPERM'),
  authenticationRequired: bare,
  messageTooLarge: no('TOOBIG'),
  tooManyRecipients: no('LIMIT'),
  tooManyHops: no('CANNOT'),
  messageMalformed: no('CANNOT'),
  overQuota: no('OVERQUOTA'),
  diskLow: no('UNAVAILABLE'),
  storageFailed: no('UNAVAILABLE'),
  originNotProved: no('NOPERM'),
  refusedByRule: no('NOPERM'),
  ruleUndecided: no('UNAVAILABLE'),
  ruleNotFound: no('NONEXISTENT'),
  ruleMalformed: no('CANNOT'),
  ruleSampleFailed: no('CANNOT'),
  ruleNameUnknown: no('NONEXISTENT'),
  ruleEnded: no('CANNOT'),
  mailboxNotFound: no('NONEXISTENT'),
  mailboxExists: no('ALREADYEXISTS'),
  mailboxNameInvalid: no('CANNOT'),
  mailboxNotSelectable: no('NONEXISTENT'),
  mailboxHasChildren: no('HASCHILDREN'),
  mailboxProtected: no('CANNOT'),
  messageNotFound: no('NONEXISTENT'),
  keywordLimit: no('LIMIT'),
  keywordInvalid: no('CANNOT'),
  mailboxFull: no('LIMIT'),
  requestTooLarge: no('LIMIT'),
  modifiedMeanwhile: no('INUSE'),
  changedMeanwhile: no('INUSE'),
  ruleNameTaken: no('ALREADYEXISTS'),
  setUpEnded: no('NONEXISTENT'),
  sessionNotFound: no('NONEXISTENT'),
  approvalNotFound: no('NONEXISTENT'),
  approvalEnded: no('CANNOT'),
  selfApproval: no('NOPERM'),
  notReviewer: no('NOPERM'),
  octetsDiffer: no('CANNOT'),
  reasonMissing: no('CANNOT'),
  commentMissing: no('CANNOT'),
  supervisionNotFound: no('NONEXISTENT'),
  supervisionReviewed: no('CANNOT'),
  notSupervisor: no('NOPERM'),
  deliveryNotFound: no('NONEXISTENT'),
  deliveryEnded: no('CANNOT'),
  deliveryUnderway: no('INUSE'),
  deliveryHeld: no('CANNOT'),
} as const satisfies Record<RefusalCode, { readonly status: 'NO'; readonly code?: string }>;

/** The reply to a command that the domain refused. `detail` stays inside. */
export function replyTo(refusal: Refusal): Reply {
  return { ...replyOf[refusal.refused], text: refusals[refusal.refused] };
}

export function ok(text: string, code?: string): Reply {
  return code === undefined ? { status: 'OK', text } : { status: 'OK', text, code };
}

export function refused(text: string, code?: string): Reply {
  return code === undefined ? { status: 'NO', text } : { status: 'NO', text, code };
}

export function bad(text: string): Reply {
  return { status: 'BAD', text };
}

/** Something that should not happen here, or a log that cannot be written: nothing was changed or shown. */
export const unavailable: Reply = {
  status: 'NO',
  code: 'UNAVAILABLE',
  text: 'This cannot be done now; try again later.',
};
