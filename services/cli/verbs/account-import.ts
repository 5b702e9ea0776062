/** `account import FILE`: many accounts from a CSV file. */

import { readFile } from 'node:fs/promises';
import { counted, isOrAre } from '../../counted.ts';
import { type Imported, importAccounts } from '../../directory/import-accounts.ts';
import { parseArguments } from '../arguments.ts';
import { unreadable } from '../file-fault.ts';
import { type Answer, asVerb, exitCodes, UsageError } from '../verb.ts';

interface ImportRequest extends Record<string, string | boolean> {
  base64: string;
  check: boolean;
  skipWrong: boolean;
}

export const accountImport = asVerb<ImportRequest>({
  name: 'account import',
  act: 'manageAccounts',
  summary: 'Adds the accounts of a CSV file (columns address, password, name, quota, role).',
  usage: 'FILE [--check] [--skip-wrong]',
  details: `Every line is looked at first. Where one is wrong nothing is added, and all that is wrong is told by line; with
--skip-wrong the other lines are added. --check only looks.`,
  examples: ['account import accounts.csv --check', 'account import accounts.csv'],
  async prepare(args) {
    const { positionals, switches } = parseArguments(args, {
      positionals: ['FILE'],
      switches: ['check', 'skip-wrong'],
    });
    const base64 = (await read(positionals[0]!)).toString('base64');
    return { base64, check: switches['check']!, skipWrong: switches['skip-wrong']! };
  },
  async perform({ administration }, { base64, check, skipWrong }, progress) {
    const octets = Buffer.from(base64, 'base64');
    const mode = check ? 'look' : skipWrong ? 'addFine' : 'addAll';
    return answerOf(await importAccounts(administration, octets, mode, 'operator', progress));
  },
});

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(unreadable(file, error));
  }
}

function answerOf({ added, fine, problems }: Imported): Answer {
  const waiting = added === 0 ? fine.length : 0;
  const lines = problems.map(({ line, text }) => `  line ${line}: ${text}`);
  const said = waiting === 0 ? `${counted(added, 'account')} added.` : 'Nothing was added.';
  const counts = [
    said,
    ...(waiting === 0
      ? []
      : [`${counted(waiting, 'line')} ${waiting === 1 ? 'has' : 'have'} nothing wrong.`]),
  ];
  const wrong =
    lines.length === 0 ? [] : [`${counted(lines.length, 'line')} ${isOrAre(lines.length)} wrong:`, ...lines];
  const hint = lines.length > 0 && waiting > 0 ? ['--skip-wrong adds the others.'] : [];
  return {
    json: { added, waiting, problems: problems.map((problem) => ({ ...problem })) },
    text: [counts.join(' '), ...wrong, ...hint].join('\n'),
    exitCode: lines.length === 0 ? exitCodes.done : exitCodes.failed,
  };
}
