/** The projections, and the mailstores in memory that one of them stores. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { accessLog } from '../../projections/access-log.ts';
import { AccessLog } from '../../projections/access-log-queries.ts';
import { approvals } from '../../projections/approvals.ts';
import { ApprovalList } from '../../projections/approvals-queries.ts';
import { deliveries } from '../../projections/deliveries.ts';
import { Deliveries } from '../../projections/deliveries-queries.ts';
import { departments } from '../../projections/departments.ts';
import { DepartmentTree } from '../../projections/departments-queries.ts';
import { directory } from '../../projections/directory.ts';
import { Directory } from '../../projections/directory-queries.ts';
import { MailboxProjector } from '../../projections/mailbox-projector.ts';
import { MailboxModel } from '../../projections/mailboxes.ts';
import { messageCounters } from '../../projections/message-counters.ts';
import { MessageCounters } from '../../projections/message-counters-queries.ts';
import { messageTrace } from '../../projections/message-trace.ts';
import { MessageTraces } from '../../projections/message-trace-queries.ts';
import { Projector } from '../../projections/projector.ts';
import { rules } from '../../projections/rules.ts';
import { RuleHistory } from '../../projections/rules-queries.ts';
import { submissions } from '../../projections/submissions.ts';
import { Submissions } from '../../projections/submissions-queries.ts';
import { supervisionList } from '../../projections/supervision.ts';
import { SupervisionList } from '../../projections/supervision-queries.ts';
import type { SealedEventStore } from '../event-store/sealed-event-store.ts';
import type { Log } from '../log.ts';
import { type MailstoreLog, Mailstores } from '../mailstores/mailstores.ts';
import { ProjectionSet } from './projection-set.ts';

export interface ReadModels {
  readonly mailstores: Mailstores;
  readonly model: MailboxModel;
  readonly projections: ProjectionSet;
  readonly directory: Directory;
  readonly departmentTree: DepartmentTree;
  readonly traces: MessageTraces;
  readonly counters: MessageCounters;
  readonly accessLog: AccessLog;
  readonly approvals: ApprovalList;
  readonly deliveries: Deliveries;
  readonly submissions: Submissions;
  readonly ruleHistory: RuleHistory;
  readonly supervision: SupervisionList;
  close(): Promise<void>;
}

const tables = [
  directory,
  departments,
  messageTrace,
  messageCounters,
  accessLog,
  approvals,
  deliveries,
  rules,
  submissions,
  supervisionList,
];
/** Row pages in memory; what lies beyond comes back from the file. */
const maxRowOctets = 48 * 1024 * 1024;
const shrinkIntervalMs = 5000;

export function projectionFolder(data: string): string {
  const folder = join(data, 'projections');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export async function openReadModels(
  data: string,
  sealed: SealedEventStore,
  mailstoreLog: MailstoreLog,
  epoch: number,
  log: Log,
): Promise<ReadModels> {
  const folder = projectionFolder(data);
  const onFault = (name: string, error: unknown): void => log.fault(`projection ${name}`, error);
  const model = await MailboxModel.open(join(folder, 'mailboxes.sqlite'), sealed);
  const mailstores = new Mailstores(mailstoreLog, model, epoch);
  const mailboxes = new MailboxProjector(sealed, model, mailstores, { onFault });
  const projector = new Projector(sealed, folder, tables, { onFault });
  await mailboxes.start();
  await projector.start();
  const shrinking = setInterval(
    () => void mailstores.shrink(maxRowOctets).catch((error) => onFault('mailboxes', error)),
    shrinkIntervalMs,
  );
  return {
    mailstores,
    model,
    projections: new ProjectionSet({
      log: sealed,
      projector,
      mailboxes,
      tables: tables.map(({ name }) => name),
    }),
    directory: new Directory(projector.source(directory.name)),
    departmentTree: new DepartmentTree(projector.source(departments.name)),
    traces: new MessageTraces(projector.source(messageTrace.name)),
    counters: new MessageCounters(projector.source(messageCounters.name)),
    accessLog: new AccessLog(projector.source(accessLog.name)),
    approvals: new ApprovalList(projector.source(approvals.name)),
    deliveries: new Deliveries(projector.source(deliveries.name)),
    submissions: new Submissions(projector.source(submissions.name)),
    ruleHistory: new RuleHistory(projector.source(rules.name)),
    supervision: new SupervisionList(projector.source(supervisionList.name)),
    close: async () => {
      clearInterval(shrinking);
      await projector.close();
      await mailboxes.close();
      model.close();
    },
  };
}
