/** The reactions of this process, each from where it stood. */
import { join } from 'node:path';
import type { Dispatcher } from '../dispatch.ts';
import type { SealedEventStore } from '../event-store/sealed-event-store.ts';
import type { Log } from '../log.ts';
import type { FilingAhead } from '../mailstores/filing-ahead.ts';
import type { Mailstores } from '../mailstores/mailstores.ts';
import { CarryOutApproval } from '../workflows/carry-out-approval.ts';
import { CopyToSupervisors } from '../workflows/copy-to-supervisors.ts';
import { FileLocally } from '../workflows/file-locally.ts';
import { QueueRemotely } from '../workflows/queue-remotely.ts';
import { type Reaction, ReactionRunner } from '../workflows/reaction-runner.ts';
import { RequestApproval } from '../workflows/request-approval.ts';
import type { PreparedLog } from './prepared-log.ts';
import { FileReactionCheckpoints } from './reaction-checkpoints.ts';

export interface RunningReactions {
  readonly runners: readonly ReactionRunner[];
  /** One more, of which its starter says when it ends. */
  start(reaction: Reaction): Promise<ReactionRunner>;
  close(): Promise<void>;
}

export async function startReactions(
  folder: string,
  sealed: SealedEventStore,
  prepared: PreparedLog,
  mailstores: Mailstores,
  filing: FilingAhead,
  dispatcher: Dispatcher,
  deliveryMaxAgeMs: number,
  log: Log,
): Promise<RunningReactions> {
  const checkpoints = new FileReactionCheckpoints(join(folder, 'reactions.sqlite'));
  const onFault = (name: string, error: unknown): void => log.fault(`reaction ${name}`, error);
  const runners: ReactionRunner[] = [];
  const start = async (reaction: Reaction): Promise<ReactionRunner> => {
    const runner = new ReactionRunner(reaction, sealed, checkpoints, onFault);
    runner.start(await sealed.head());
    runners.push(runner);
    return runner;
  };
  const head = await sealed.head();
  const files = await start(new FileLocally(mailstores, filing));
  void files.passed(head).then(() => filing.open());
  await start(new QueueRemotely(dispatcher, deliveryMaxAgeMs));
  await start(new RequestApproval(dispatcher));
  await start(new CopyToSupervisors(dispatcher));
  await start(new CarryOutApproval({ dispatcher, filing, first: (stream) => prepared.first(stream) }));
  return {
    runners,
    start,
    close: async () => {
      for (const runner of runners) await runner.close();
      checkpoints.close();
    },
  };
}
