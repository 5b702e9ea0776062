/** `restore`: begins a new epoch of the log that lies in the data folder, and says so in it. */

import { userInfo } from 'node:os';
import type { Permit } from '../../../policies/access.ts';
import { counted, isOrAre } from '../../counted.ts';
import { type Checkpoint, CheckpointMalformed, parseCheckpoint } from '../../ledger/checkpoint.ts';
import type { RestorePlan } from '../../ledger/restore-plan.ts';
import { parseArguments } from '../arguments.ts';
import { checkpointArgument } from '../checkpoint-argument.ts';
import type { RestorableHouse } from '../house.ts';
import { type Answer, asVerb, exitCodes, type Progress, UsageError, VerbFailure } from '../verb.ts';

export interface RestoreRequest extends Record<string, string | boolean | null> {
  reason: string;
  /** Name of the person at this machine. */
  by: string;
  yes: boolean;
  checkpoint: string | null;
}

export const restore = asVerb<RestoreRequest, 'operate'>({
  name: 'restore',
  act: 'operate',
  summary:
    'Goes on from a backup of the log, or from what is left of it, in a new epoch that everybody can see.',
  usage: '--reason TEXT [--yes] [--checkpoint FILE]',
  details: `Runs while no server does. Put the backup of log/ and volumes/ in place first, if there is one; keys/ must be the newest
there is. Without --yes it says what it would do and changes nothing. With it, the log gets LogRestored with the newest
head known before, its heads are signed under a new epoch, and every mailbox gets a new UIDVALIDITY, so that mail
programs fetch their mail again. --checkpoint counts what is lost against a head that was kept elsewhere.`,
  examples: [
    'restore --reason "disk failed on 3 May, log from the backup of 2 May"',
    'restore --reason "disk failed on 3 May, log from the backup of 2 May" --yes',
  ],
  async prepare(args) {
    const { options, switches } = parseArguments(args, {
      positionals: [],
      options: ['reason', 'checkpoint'],
      switches: ['yes'],
    });
    const reason = options['reason']?.trim() ?? '';
    if (reason === '') throw new UsageError('--reason TEXT is missing: it stays in the log for good.');
    const checkpoint = await checkpointArgument(options['checkpoint']);
    return { reason, by: userInfo().username, yes: switches['yes']!, checkpoint };
  },
  perform: async () => {
    throw new VerbFailure(
      'A server runs on this data folder: end it first. Restoring is for a log that nobody writes.',
    );
  },
});

/** Where no server runs. */
export async function restoreHouse(
  house: RestorableHouse,
  { reason, by, yes, checkpoint }: RestoreRequest,
  progress: Progress,
  _permit: Permit<'operate'>,
): Promise<Answer> {
  const plan = await house.plan(checkpoint === null ? null : outsideHead(checkpoint), progress);
  const found = { ...plan, newest: plan.newest && { ...plan.newest }, reason, by };
  const json = JSON.parse(JSON.stringify(found));
  if (!yes) {
    const text = [...findings(plan), ...intentions(plan, by, reason)].join('\n');
    return { json: { ...json, done: false }, text, exitCode: exitCodes.failed };
  }
  const head = await house.carryOut(plan, by, reason);
  const done = `Epoch ${head.epoch} has begun with ${counted(head.size, 'record')}: start the server, and keep ledger/HEAD elsewhere.`;
  return { json: { ...json, done: true, size: head.size }, text: [...findings(plan), done].join('\n') };
}

function outsideHead(text: string): Checkpoint {
  try {
    return parseCheckpoint(text);
  } catch (error) {
    if (!(error instanceof CheckpointMalformed)) throw error;
    throw new VerbFailure(`The file given with --checkpoint is not a checkpoint: ${error.message}.`);
  }
}

function findings(plan: RestorePlan): string[] {
  const { records, newest, lostRecords, differsFrom, position, keysPosition } = plan;
  const known =
    newest === null
      ? 'No head of it is known.'
      : `The newest head known, ${newest.place}, signs ${counted(newest.size, 'record')} of epoch ${newest.epoch}: ${lostRecords} of them ${isOrAre(lostRecords)} lost.`;
  const beyond = Math.max(0, keysPosition - position);
  return [
    `The log (log/events.sqlite) has ${counted(records, 'record')}. ${known}`,
    ...(differsFrom === null ? [] : [`From record ${differsFrom} on it is not the log that was signed.`]),
    beyond > 0
      ? `The key store (keys/keys.sqlite) has seen ${counted(beyond, 'record')} more than it has.`
      : 'The key store (keys/keys.sqlite) has every key that its records name.',
  ];
}

function intentions({ newEpoch, unknownCheckpoints }: RestorePlan, by: string, reason: string): string[] {
  return [
    '',
    'With --yes:',
    `  Epoch ${newEpoch} begins with LogRestored, by ${by}: ${reason}`,
    '  ledger/HEAD and what the key store knows of the log are lowered to what there is; hash tiles are made anew.',
    `  The old HEAD and ${counted(unknownCheckpoints.length, 'checkpoint')} unknown to the log go to ledger/lost/${newEpoch}.`,
    '  projections/ is emptied; the next start makes it anew.',
    '  Every mailbox gets a new UIDVALIDITY: mail programs fetch their mail again.',
    '  What lies in volumes/ and keys/ of mails whose records are lost stays where it is.',
    '',
    'Nothing has been changed. Keep a copy of the whole data folder, then say the same with --yes.',
  ];
}
