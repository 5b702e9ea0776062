/**
 * Every way in which the domain says no. A protocol maps each code once to its own reply
 * (`satisfies Record<RefusalCode, …>` in smtp/, imap/, pop3/, http/), so that a new code does not compile
 * before every door has an answer. `docs/refusals.md` is generated from here.
 */
export const refusals = {
  // organisation, domains, accounts
  domainTaken: 'This domain name already belongs to a domain or is bound to one.',
  domainNotFound: 'There is no such domain here.',
  domainNameInvalid: 'This is not a domain name that can receive mail.',
  addressTaken: 'This address already belongs to an account, an alias or a group.',
  addressInvalid: 'This is not an address that this server can hold.',
  addressNotFound: 'There is no such address here.',
  accountNotFound: 'There is no such account.',
  accountFrozen: 'The account is frozen.',
  passwordTooWeak: 'The password is too short.',
  groupEmpty: 'A group needs at least one member.',
  aliasTargetInvalid: 'An alias must lead to an account of the same domain.',
  departmentNotFound: 'There is no such department.',
  departmentExists: 'There is a department of that name.',
  departmentNameInvalid: 'This is not a name for a department.',
  departmentBelowItself: 'A department cannot be below itself.',
  departmentTooDeep: 'There would be too many levels of departments.',
  departmentHasOthers: 'There are departments below this one; move or remove them first.',
  absenceInvalid: 'This is not a time in which somebody can be away.',
  calendarInvalid: 'These are not working hours, or not a list of days.',
  notPermitted: 'This is not allowed for you.',
  changedMeanwhile: 'Somebody else has changed this meanwhile; look at it anew.',
  dkimKeysExist: 'The domain signs its mail already; its keys can be rotated.',
  dkimKeysWaiting: 'There are new keys already that wait for their DNS records.',
  dkimKeysNotFound: 'The domain has no such keys to sign with.',
  // sign-in
  credentialsWrong: 'User name or password is wrong.',
  tooManyAttempts: 'Too many failed attempts; try again later.',
  serverBusy: 'The server is busy; try again later.',
  secondFactorNeeded: 'A code of the second factor is needed besides the password.',
  secondFactorWrong: 'The code is wrong, or has been used already.',
  secondFactorOn: 'A second factor is turned on already.',
  secondFactorOff: 'No second factor is turned on.',
  applicationPasswordNeeded:
    'This account has a second factor: make an application password for this program under My account, and use it here.',
  applicationPasswordNotFound: 'There is no such application password any more.',
  applicationPasswordLimit: 'There are as many application passwords as there can be; revoke one first.',
  setUpEnded: 'This link has been used, or belongs to an earlier start of the server.',
  sessionNotFound: 'There is no such session, or it has ended.',
  // accepting mail
  recipientUnknown: 'No such recipient here.',
  relayDenied: 'This server does not relay for you.',
  senderNotPermitted: 'You may not send under this address.',
  authenticationRequired: 'Sign in before sending.',
  messageTooLarge: 'The message is larger than this server takes.',
  tooManyRecipients: 'Too many recipients.',
  tooManyHops: 'The message has passed through too many servers; this looks like a loop.',
  messageMalformed: 'The message breaks the rules of its form.',
  overQuota: 'The mailbox is full.',
  diskLow: 'The server has too little free disk space.',
  storageFailed: 'The mail could not be kept; try again later.',
  refusedByRule: 'A rule of this organisation does not allow this mail.',
  ruleUndecided: 'A rule of this organisation could not be decided for this mail; try again later.',
  originNotProved: 'The mail does not come from where it says, and its domain asks to refuse it (DMARC).',
  // rules
  ruleNotFound: 'There is no such rule, or it has no such version.',
  ruleMalformed: 'This is not a rule that can be carried out.',
  ruleSampleFailed: 'A sample of the rule does not come out as it should.',
  ruleNameUnknown: 'The rule names somebody who is not here.',
  ruleNameTaken: 'There is a rule of that name already.',
  ruleEnded: 'The end of the rule has passed already.',
  // mailstore
  mailboxNotFound: 'There is no mailbox of that name.',
  mailboxExists: 'A mailbox of that name exists already.',
  mailboxNameInvalid: 'This is not a name for a mailbox.',
  mailboxNotSelectable: 'This name holds other mailboxes only.',
  mailboxHasChildren: 'The mailbox has others below it.',
  mailboxProtected: 'This mailbox cannot be removed.',
  messageNotFound: 'There is no such message any more.',
  keywordLimit: 'The account has too many different keywords.',
  keywordInvalid: 'This is not a keyword.',
  mailboxFull: 'The mailbox holds as many messages as it can.',
  requestTooLarge: 'This is too much for one request; do it in parts.',
  modifiedMeanwhile: 'The message has been changed meanwhile.',
  // approval
  approvalNotFound: 'There is no such mail to approve.',
  approvalEnded: 'This mail has been decided on already.',
  selfApproval: 'Nobody approves their own mail.',
  notReviewer: 'Somebody else decides on this mail.',
  octetsDiffer: 'What you looked at is not the mail that waits.',
  reasonMissing: 'Open this mail with a reason first.',
  commentMissing: 'Say why: the comment is missing.',
  // supervision
  supervisionNotFound: 'There is no such mail to review.',
  supervisionReviewed: 'This mail has been reviewed already.',
  notSupervisor: 'Somebody else supervises this mail.',
  // sending on
  deliveryNotFound: 'There is no such delivery.',
  deliveryEnded: 'The delivery has come to its end already.',
  deliveryUnderway: 'The mail is being handed over at this moment; try again shortly.',
  deliveryHeld: 'The delivery is held; release it first.',
} as const;

export type RefusalCode = keyof typeof refusals;

/** The domain's no, as a value. `detail` is for people who may know more (never shown to an unknown peer). */
export interface Refusal {
  readonly refused: RefusalCode;
  readonly detail?: string;
  /** What a rule tells the sender, whoever that is. */
  readonly notice?: string;
  /** What is wrong where, in a text that somebody wrote. */
  readonly problems?: readonly TextProblem[];
}

export interface TextProblem {
  /** Members on the way, joined by ` › `; elements of lists by their number from 1. Empty for the whole text. */
  readonly at: string;
  readonly says: string;
}

export function refuse(code: RefusalCode, detail?: string): Refusal {
  return detail === undefined ? { refused: code } : { refused: code, detail };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** A refusal on its way up through code that cannot return it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusals[refusal.refused]);
    this.refusal = refusal;
  }
}
