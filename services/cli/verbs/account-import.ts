/** `account import FILE`: many accounts from a CSV file. Everything that is wrong is told at once, before anything is added. */
import { readFile } from 'node:fs/promises';
import type { NewAccount } from '../../directory/administration.ts';
import { type GrantedRole, roles } from '../../domain/account.ts';
import { Refused, refusals } from '../../domain/refusals.ts';
import { type CsvAccount, type CsvProblem, readAccountCsv } from '../account-csv.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { type Answer, asVerb, exitCodes, type Progress, UsageError } from '../verb.ts';

interface ImportRequest extends Record<string, string | boolean> {
  base64: string;
  check: boolean;
  skipWrong: boolean;
}

/** Password hashing bounds the speed, so a few at once are enough. */
const parallelAccounts = 4;

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
  async perform(house, { base64, check, skipWrong }, progress) {
    const { accounts, problems: wrongForm } = readAccountCsv(Buffer.from(base64, 'base64'));
    const { fine, problems } = await examine(house, accounts, progress);
    const wrong = inOrder([...wrongForm, ...problems]);
    if (check || (wrong.length > 0 && !skipWrong)) return answerOf(0, wrong, fine.length);
    const failed = await addAll(house, fine, progress);
    return answerOf(fine.length - failed.length, inOrder([...wrong, ...failed]), 0);
  },
});

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

interface Examined {
  readonly fine: readonly CsvAccount[];
  readonly problems: readonly CsvProblem[];
}

async function examine(
  { administration }: House,
  accounts: readonly CsvAccount[],
  progress: Progress,
): Promise<Examined> {
  const fine: CsvAccount[] = [];
  const problems: CsvProblem[] = [];
  for (const [i, account] of accounts.entries()) {
    const unknown = account.roles.find((role) => !roles.includes(role as GrantedRole));
    const refusal = await administration.refusalToAdd(wantedOf(account));
    if (unknown !== undefined) problems.push({ line: account.line, text: `${unknown} is no role` });
    else if (refusal !== null) problems.push(problemOf(account, refusal.refused));
    else fine.push(account);
    progress(i + 1, accounts.length, 'lines');
  }
  return { fine, problems };
}

/** Adds them a few at a time; what was refused all the same, because things have changed meanwhile. */
async function addAll(
  { administration }: House,
  accounts: readonly CsvAccount[],
  progress: Progress,
): Promise<CsvProblem[]> {
  const problems: CsvProblem[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let account = accounts[next++]; account; account = accounts[next++]) {
      try {
        await administration.addAccount(wantedOf(account), 'operator');
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        problems.push(problemOf(account, error.refusal.refused));
      }
      progress(++done, accounts.length, 'accounts');
    }
  };
  await Promise.all(Array.from({ length: parallelAccounts }, work));
  return problems;
}

function wantedOf({ address, password, realName, quotaOctets, roles }: CsvAccount): NewAccount {
  return { address, password, realName, quotaOctets, roles: roles as GrantedRole[] };
}

function problemOf({ line, address }: CsvAccount, code: keyof typeof refusals): CsvProblem {
  return { line, text: `${address}: ${refusals[code]}` };
}

function inOrder(problems: readonly CsvProblem[]): CsvProblem[] {
  return problems.toSorted((a, b) => a.line - b.line);
}

/** `waiting`: accounts that have nothing wrong and were not added. */
function answerOf(added: number, problems: readonly CsvProblem[], waiting: number): Answer {
  const lines = problems.map(({ line, text }) => `  line ${line}: ${text}`);
  const said = waiting === 0 ? `${added} accounts added.` : 'Nothing was added.';
  const counts = [said, ...(waiting === 0 ? [] : [`${waiting} lines have nothing wrong.`])];
  const wrong = lines.length === 0 ? [] : [`${lines.length} lines are wrong:`, ...lines];
  const hint = lines.length > 0 && waiting > 0 ? ['--skip-wrong adds the others.'] : [];
  return {
    json: { added, waiting, problems: problems.map((problem) => ({ ...problem })) },
    text: [counts.join(' '), ...wrong, ...hint].join('\n'),
    exitCode: lines.length === 0 ? exitCodes.done : exitCodes.failed,
  };
}
