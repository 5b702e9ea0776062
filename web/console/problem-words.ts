/** What a refusal of the server means, in the reader's words. Pure. */

import { ApiProblem } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';

const wordsOf: Readonly<Record<string, keyof ConsoleMessages>> = {
  unreachable: 'problemUnreachable',
  requestInvalid: 'problemRequestInvalid',
  tooManyRequests: 'problemTooManyRequests',
  notPermitted: 'problemNotPermitted',
  changedMeanwhile: 'problemChangedMeanwhile',
  addressTaken: 'problemAddressTaken',
  addressInvalid: 'problemAddressInvalid',
  domainNotFound: 'problemDomainNotFound',
  accountNotFound: 'problemAccountNotFound',
  addressNotFound: 'problemNotFound',
  messageNotFound: 'problemNotFound',
  sessionNotFound: 'problemNotFound',
  ruleNotFound: 'problemNotFound',
  deliveryNotFound: 'problemNotFound',
  departmentNotFound: 'problemNotFound',
  passwordTooWeak: 'problemPasswordTooWeak',
  credentialsWrong: 'problemCredentialsWrong',
  secondFactorNeeded: 'problemSecondFactorNeeded',
  secondFactorWrong: 'problemSecondFactorWrong',
  secondFactorOn: 'problemSecondFactorOn',
  secondFactorOff: 'problemSecondFactorOff',
  tooManyAttempts: 'problemTooManyAttempts',
  applicationPasswordNotFound: 'problemNotFound',
  applicationPasswordLimit: 'problemApplicationPasswordLimit',
  groupEmpty: 'problemGroupEmpty',
  aliasTargetInvalid: 'problemAliasTargetInvalid',
  departmentExists: 'problemDepartmentExists',
  departmentHasOthers: 'problemDepartmentHasOthers',
  ruleMalformed: 'problemRuleMalformed',
  ruleSampleFailed: 'problemRuleSampleFailed',
  ruleNameUnknown: 'problemRuleNameUnknown',
  ruleNameTaken: 'problemRuleNameTaken',
  ruleEnded: 'problemRuleEnded',
  deliveryEnded: 'problemDeliveryEnded',
  deliveryUnderway: 'problemDeliveryUnderway',
  deliveryHeld: 'problemDeliveryHeld',
  csvUnreadable: 'problemCsvUnreadable',
  csvColumns: 'problemCsvColumns',
  csvFieldCount: 'problemCsvFieldCount',
  csvSize: 'problemCsvSize',
  csvTwice: 'problemCsvTwice',
  passwordMissing: 'problemPasswordMissing',
  roleUnknown: 'problemRoleUnknown',
  setUpEnded: 'problemSetUpEnded',
  domainNameInvalid: 'problemDomainNameInvalid',
  messageTooLarge: 'problemMessageTooLarge',
  reasonMissing: 'problemReasonMissing',
};

/** Of a code of docs/refusals.md. */
export function codeText(code: string, words: ConsoleMessages): string {
  return String(words[wordsOf[code] ?? 'problemServerFailed']);
}

export function problemText(error: unknown, words: ConsoleMessages): string {
  return codeText(error instanceof ApiProblem ? error.code : 'serverFailed', words);
}

/** Names of the form's members that something is wrong with. */
export function wrongFields(error: unknown): readonly string[] {
  return error instanceof ApiProblem ? error.problems.map(({ field }) => field.split(' › ')[0]!) : [];
}
