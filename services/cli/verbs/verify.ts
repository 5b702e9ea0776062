/** `verify`: holds everything against the log, and the log against a checkpoint kept outside. */

import type { Permit } from '../../../policies/access.ts';
import { counted } from '../../counted.ts';
import { verifyExit } from '../../ledger/findings.ts';
import { Unverifiable, type VerifyReport, verifyLog } from '../../ledger/verify.ts';
import { parseArguments } from '../arguments.ts';
import { checkpointArgument } from '../checkpoint-argument.ts';
import type { VerifiableHouse } from '../house.ts';
import { octetsText } from '../octets-text.ts';
import { type Answer, asVerb, type Progress, UsageError } from '../verb.ts';

export interface VerifyRequest extends Record<string, string | number | boolean | null> {
  since: number | null;
  checkpoint: string | null;
  place: string | null;
  quick: boolean;
}

const verdicts = {
  [verifyExit.sound]: 'Sound: nothing was changed and nothing is missing.',
  [verifyExit.broken]: 'BROKEN: something was changed, is missing or does not open.',
  [verifyExit.unverifiable]: 'Not verifiable.',
  [verifyExit.recordsLost]: 'RECORDS LOST: the log had more records than it has now.',
  [verifyExit.rebuildable]:
    'The log is sound; what is derived from it is not, and can be made anew: muniment rebuild all.',
} as const;

export const verify = asVerb<VerifyRequest, 'verifyLog'>({
  name: 'verify',
  act: 'verifyLog',
  summary: 'Proves that nothing was changed and nothing is missing, or names what is.',
  usage: '[--since SIZE] [--checkpoint FILE] [--log-only]',
  details: `Exit codes: 0 sound; 1 something was changed, is missing or does not open; 2 nothing can be said; 3 the log had more
records than it has now; 4 the log is sound, and what follows from it can be rebuilt. --checkpoint holds it against a
signed head that was kept elsewhere, --since reads from a checkpoint on, --log-only leaves mails and projections out.`,
  examples: ['verify', 'verify --checkpoint kept/checkpoint', 'verify --since 65536 --log-only'],
  async prepare(args) {
    const { options, switches } = parseArguments(args, {
      positionals: [],
      options: ['since', 'checkpoint'],
      switches: ['log-only'],
    });
    const since = options['since'];
    if (since !== undefined && !/^\d{1,15}$/.test(since))
      throw new UsageError('--since wants the size of a checkpoint.');
    return {
      since: since === undefined ? null : Number(since),
      checkpoint: await checkpointArgument(options['checkpoint']),
      place: options['checkpoint'] ?? null,
      quick: switches['log-only']!,
    };
  },
  perform: verifyHouse,
});

/** Also where the server refuses to start: then nothing is sealed first and no projection is compared. */
export async function verifyHouse(
  { ledger, projections, sealer, files, openingNotes = [] }: VerifiableHouse,
  { since, checkpoint, place, quick }: VerifyRequest,
  onProgress: Progress,
  _permit: Permit<'verifyLog'>,
): Promise<Answer> {
  await sealer?.sealNow();
  try {
    const report = await verifyLog(quick ? { ...ledger, blobs: null } : ledger, {
      onProgress,
      ...(quick ? {} : { files }),
      projections: quick ? [] : (projections?.checks() ?? []),
      ...(since === null ? {} : { since }),
      ...(checkpoint === null ? {} : { outside: { text: checkpoint, place: place! } }),
    });
    return answerOf(report, openingNotes);
  } catch (error) {
    if (!(error instanceof Unverifiable)) throw error;
    const text = `${verdicts[verifyExit.unverifiable]} ${error.message}`;
    return {
      json: { exit: verifyExit.unverifiable, problem: error.message },
      text,
      exitCode: verifyExit.unverifiable,
    };
  }
}

/** A store that cannot be opened without losing something: reading on would hide what lies behind the damage. */
export function damagedStore(error: Error): Answer {
  const findings = [{ kind: 'store', text: error.message }];
  const text = `${verdicts[verifyExit.broken]}\n  store: ${error.message}\nNothing else was read.`;
  return { json: { exit: verifyExit.broken, findings }, text, exitCode: verifyExit.broken };
}

function answerOf(report: VerifyReport, openingNotes: readonly string[]): Answer {
  const { findings, untold, exit } = report;
  const counts = [
    counted(report.records, 'record'),
    counted(report.heads, 'checkpoint'),
    `${counted(report.opened, 'sealed part')} (${report.erased} erased)`,
    `${counted(report.mails, 'mail')} (${octetsText(report.mailOctets)})`,
  ];
  const lines = [
    verdicts[exit],
    `Read: ${counts.join(', ')}.`,
    `Tree: ${counted(report.size, 'leaf', 'leaves')}, root ${report.root}.`,
    ...findings.map(({ kind, place, text }) => `  ${kind}: ${place}: ${text}`),
    ...(untold > 0 ? [`  and ${untold} more`] : []),
    ...openingNotes.map((note) => `When the data were opened: ${note}.`),
  ];
  return {
    json: JSON.parse(JSON.stringify({ ...report, openingNotes })),
    text: lines.join('\n'),
    exitCode: exit,
  };
}
