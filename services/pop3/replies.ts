/** What POP3 answers to each refusal: response codes of RFC 2449 §8 and RFC 3206. */
import { type RefusalCode, refusals } from '../domain/refusals.ts';

/** Response code in brackets; empty where POP3 has no word for it. */
const codes = {
  domainTaken: '',
  domainNotFound: '',
  domainNameInvalid: '',
  addressTaken: '',
  addressInvalid: '',
  addressNotFound: '',
  accountNotFound: 'AUTH',
  accountFrozen: 'AUTH',
  passwordTooWeak: '',
  groupEmpty: '',
  aliasTargetInvalid: '',
  notPermitted: 'AUTH',
  credentialsWrong: 'AUTH',
  tooManyAttempts: 'SYS/TEMP',
  serverBusy: 'SYS/TEMP',
  recipientUnknown: '',
  relayDenied: '',
  senderNotPermitted: '',
  authenticationRequired: 'AUTH',
  messageTooLarge: '',
  tooManyRecipients: '',
  tooManyHops: '',
  messageMalformed: '',
  overQuota: '',
  diskLow: 'SYS/TEMP',
  storageFailed: 'SYS/TEMP',
  mailboxNotFound: '',
  mailboxExists: '',
  mailboxNameInvalid: '',
  mailboxNotSelectable: '',
  mailboxHasChildren: '',
  mailboxProtected: '',
  messageNotFound: '',
  keywordLimit: '',
  keywordInvalid: '',
  mailboxFull: '',
  requestTooLarge: '',
  modifiedMeanwhile: '',
  approvalNotFound: '',
  approvalEnded: '',
  selfApproval: '',
  notReviewer: '',
  octetsDiffer: '',
  deliveryNotFound: '',
  deliveryEnded: '',
  deliveryUnderway: '',
  deliveryHeld: '',
} as const satisfies Record<RefusalCode, string>;

export function refusalReply(code: RefusalCode): string {
  const responseCode = codes[code];
  return responseCode === '' ? `-ERR ${refusals[code]}` : `-ERR [${responseCode}] ${refusals[code]}`;
}
