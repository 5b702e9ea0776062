/** `account import FILE`: many accounts from a CSV file. */
import { readFile } from 'node:fs/promises';
import type { GrantedRole } from '../../domain/account.ts';
import { roles } from '../../domain/account.ts';
import { Refused, refusals } from '../../domain/refusals.ts';
import { type CsvAccount, type CsvProblem, readAccountCsv } from '../account-csv.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { type Answer, asVerb, exitCodes, type Progress, UsageError, VerbFailure } from '../verb.ts';

interface ImportRequest extends Record<string, string | boolean> {
  base64: string;
  check: boolean;
}

/** Password hashing bounds the speed, so a few at once are enough. */
const parallelAccounts = 4;

export const accountImport = asVerb<ImportRequest>({
  name: 'account import',
  summary:
    'Adds the accounts of a CSV file (columns address, password, name, quota, role); --check only looks at it.',
  usage: 'FILE [--check]',
  async prepare(args) {
    const { positionals, switches } = parseArguments(args, { positionals: ['FILE'], switches: ['check'] });
    try {
      return { base64: (await readFile(positionals[0]!)).toString('base64'), check: switches['check']! };
    } catch (error) {
      throw new UsageError(`${positionals[0]} cannot be read: ${(error as Error).message}`);
    }
  },
  async perform(house, { base64, check }, progress) {
    const { accounts, problems } = readAccountCsv(Buffer.from(base64, 'base64'));
    if (problems.length > 0) throw new VerbFailure(`Nothing was imported:\n${linesOf(problems)}`);
    if (check)
      return {
        json: { accounts: accounts.length, problems: [] },
        text: `${accounts.length} accounts, nothing wrong in form.`,
      };
    return importAll(house, accounts, progress);
  },
});

async function importAll(house: House, accounts: readonly CsvAccount[], progress: Progress): Promise<Answer> {
  const problems: CsvProblem[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let account = accounts[next++]; account; account = accounts[next++]) {
      const problem = await importOne(house, account);
      if (problem !== null) problems.push({ line: account.line, text: problem });
      progress(++done, accounts.length, 'accounts');
    }
  };
  await Promise.all(Array.from({ length: parallelAccounts }, work));
  problems.sort((a, b) => a.line - b.line);
  const imported = accounts.length - problems.length;
  const text =
    problems.length === 0
      ? `${imported} accounts added.`
      : `${imported} accounts added; not added:\n${linesOf(problems)}`;
  const exitCode = problems.length === 0 ? exitCodes.done : exitCodes.failed;
  return { json: { added: imported, problems: problems.map((problem) => ({ ...problem })) }, text, exitCode };
}

async function importOne({ administration }: House, account: CsvAccount): Promise<string | null> {
  const { address, password, realName, quotaOctets } = account;
  const unknown = account.roles.find((role) => !roles.includes(role as GrantedRole));
  if (unknown !== undefined) return `${unknown} is no role`;
  try {
    await administration.addAccount(
      { address, password, realName, quotaOctets, roles: account.roles as GrantedRole[] },
      'operator',
    );
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return `${address}: ${refusals[error.refusal.refused]}`;
  }
}

function linesOf(problems: readonly CsvProblem[]): string {
  return problems.map(({ line, text }) => `  line ${line}: ${text}`).join('\n');
}
