/** Every route of `/api/`. Add a table of a new room here; the compiler then asks for its handlers. */
import { accessRoutes } from './access-log.ts';
import { accountRoutes } from './accounts.ts';
import { approvalRoutes } from './approvals.ts';
import { aliasRoutes, departmentRoutes, domainRoutes, groupRoutes } from './directory.ts';
import { healthRoutes } from './health.ts';
import { heldMailRoutes } from './held-mail.ts';
import { ledgerRoutes } from './ledger.ts';
import { messageRoutes } from './messages.ts';
import { openedMailRoutes } from './opened-mail.ts';
import { peopleFinderRoutes } from './people-finder.ts';
import { queueRoutes } from './queue.ts';
import { ruleRoutes } from './rules.ts';
import { secondFactorRoutes } from './second-factor.ts';
import { sessionRoutes } from './session.ts';
import { setUpRoutes } from './set-up.ts';
import { supervisionRoutes } from './supervision.ts';

export const apiContract = {
  ...sessionRoutes,
  ...secondFactorRoutes,
  ...accountRoutes,
  ...domainRoutes,
  ...aliasRoutes,
  ...groupRoutes,
  ...departmentRoutes,
  ...peopleFinderRoutes,
  ...approvalRoutes,
  ...heldMailRoutes,
  ...supervisionRoutes,
  ...queueRoutes,
  ...ruleRoutes,
  ...messageRoutes,
  ...openedMailRoutes,
  ...accessRoutes,
  ...ledgerRoutes,
  ...healthRoutes,
  ...setUpRoutes,
} as const;

export type ApiContract = typeof apiContract;
