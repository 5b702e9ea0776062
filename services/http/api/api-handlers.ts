/** Who answers each route of the contract. */
import { accessHandlers } from './access-handlers.ts';
import { accountHandlers } from './account-handlers.ts';
import type { Handlers } from './api-call.ts';
import { approvalHandlers } from './approval-handlers.ts';
import type { ApiContract } from './contract/api-contract.ts';
import { aliasHandlers, departmentHandlers, domainHandlers, groupHandlers } from './directory-handlers.ts';
import { healthHandlers } from './health-handlers.ts';
import { heldMailHandlers } from './held-mail-handlers.ts';
import { ledgerHandlers } from './ledger-handlers.ts';
import { messageHandlers } from './message-handlers.ts';
import { openedMailHandlers } from './opened-mail-handlers.ts';
import { peopleFinderHandlers } from './people-finder-handlers.ts';
import { queueHandlers } from './queue-handlers.ts';
import { ruleHandlers } from './rule-handlers.ts';
import { secondFactorHandlers } from './second-factor-handlers.ts';
import { sessionHandlers } from './session-handlers.ts';
import { setUpHandlers } from './set-up-handlers.ts';
import { supervisionHandlers } from './supervision-handlers.ts';

export const apiHandlers: Handlers<ApiContract> = {
  ...sessionHandlers,
  ...secondFactorHandlers,
  ...accountHandlers,
  ...domainHandlers,
  ...aliasHandlers,
  ...groupHandlers,
  ...departmentHandlers,
  ...peopleFinderHandlers,
  ...approvalHandlers,
  ...heldMailHandlers,
  ...supervisionHandlers,
  ...queueHandlers,
  ...ruleHandlers,
  ...messageHandlers,
  ...openedMailHandlers,
  ...accessHandlers,
  ...ledgerHandlers,
  ...healthHandlers,
  ...setUpHandlers,
};
