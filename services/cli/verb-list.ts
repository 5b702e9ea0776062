/** Every verb that works on the data, by name. `serve`, `doctor` and `help` stand in `command-line.ts`. */
import type { Verb } from './verb.ts';
import { accountAway, accountBack, accountLanguage } from './verbs/absence.ts';
import {
  accountAdd,
  accountFreeze,
  accountGrantSendAs,
  accountList,
  accountName,
  accountPasswd,
  accountQuota,
  accountUnfreeze,
} from './verbs/account.ts';
import { accountImport } from './verbs/account-import.ts';
import { aliasAdd, aliasList, aliasRemove } from './verbs/alias.ts';
import { approvalList, approvalLog, approvalShow } from './verbs/approval.ts';
import { approvalDecisions } from './verbs/approval-decide.ts';
import { calendarHours, calendarImport, calendarShow } from './verbs/calendar.ts';
import {
  departmentAdd,
  departmentAssign,
  departmentLeader,
  departmentList,
  departmentMove,
  departmentRemove,
  departmentRename,
  departmentUnassign,
} from './verbs/department.ts';
import {
  domainAdd,
  domainBind,
  domainCatchAll,
  domainList,
  domainPostmaster,
  domainUnbind,
} from './verbs/domain.ts';
import { dkimAdd, dkimCheck, dkimList, dkimRemove, dkimRotate, dkimSwitch } from './verbs/domain-dkim.ts';
import { groupAdd, groupAddMembers, groupList, groupRemove, groupRemoveMembers } from './verbs/group.ts';
import { messageTrace } from './verbs/message-trace.ts';
import { prove } from './verbs/prove.ts';
import { queueChanges, queueList } from './verbs/queue.ts';
import { rebuild } from './verbs/rebuild.ts';
import { restore } from './verbs/restore.ts';
import { ruleAdd, ruleList, ruleRestore, ruleShow, ruleWithdraw } from './verbs/rule.ts';
import { ruleTest } from './verbs/rule-test.ts';
import { accountSecondFactorReset } from './verbs/second-factor.ts';
import { supervisionList, supervisionShow } from './verbs/supervision.ts';
import { supervisionReview } from './verbs/supervision-review.ts';
import { verify } from './verbs/verify.ts';

export const verbs: readonly Verb[] = [
  domainAdd,
  domainList,
  domainBind,
  domainUnbind,
  domainCatchAll,
  domainPostmaster,
  dkimAdd,
  dkimRotate,
  dkimList,
  dkimCheck,
  dkimSwitch,
  dkimRemove,
  accountAdd,
  accountImport,
  accountList,
  accountFreeze,
  accountUnfreeze,
  accountPasswd,
  accountName,
  accountQuota,
  accountGrantSendAs,
  accountAway,
  accountBack,
  accountLanguage,
  accountSecondFactorReset,
  calendarImport,
  calendarHours,
  calendarShow,
  aliasAdd,
  aliasRemove,
  aliasList,
  groupAdd,
  groupAddMembers,
  groupRemoveMembers,
  groupRemove,
  groupList,
  departmentAdd,
  departmentList,
  departmentRename,
  departmentMove,
  departmentLeader,
  departmentAssign,
  departmentUnassign,
  departmentRemove,
  ruleAdd,
  ruleList,
  ruleShow,
  ruleTest,
  ruleRestore,
  ruleWithdraw,
  approvalList,
  approvalShow,
  ...approvalDecisions,
  approvalLog,
  supervisionList,
  supervisionShow,
  supervisionReview,
  messageTrace,
  queueList,
  ...queueChanges,
  verify,
  prove,
  rebuild,
  restore,
];

export function findVerb(name: string): Verb | undefined {
  return verbs.find((verb) => verb.name === name);
}

/** The verb whose words begin these arguments, and the rest of them. */
export function matchVerb(args: readonly string[]): { verb: Verb; rest: readonly string[] } | null {
  for (const words of [3, 2, 1]) {
    const verb = findVerb(args.slice(0, words).join(' '));
    if (verb) return { verb, rest: args.slice(words) };
  }
  return null;
}

/** Of a word with verbs behind it, such as `account`, it lists these. */
export function unknownVerb(args: readonly string[]): string {
  const [word] = args;
  const known = verbs.map(({ name }) => name).filter((name) => name.startsWith(`${word} `));
  const list = known.length === 0 ? 'muniment help lists them' : `there is ${known.join(', ')}`;
  return `There is no verb ${args.slice(0, 2).join(' ')}: ${list}.`;
}
