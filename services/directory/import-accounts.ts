/** Many accounts at once. Everything that is wrong is told at once, before anything is added. */
import { type GrantedRole, roles } from '../domain/account.ts';
import type { Actor } from '../domain/event.ts';
import { Refused, refusals } from '../domain/refusals.ts';
import { type CsvAccount, type CsvProblem, readAccountCsv } from './account-csv.ts';
import type { Administration, NewAccount } from './administration.ts';

/** `look` adds nothing; `addAll` nothing where a line is wrong; `addFine` leaves wrong lines out. */
export type ImportMode = 'look' | 'addAll' | 'addFine';

export interface Imported {
  readonly added: number;
  /** Lines with nothing wrong: those that were added, or would be. */
  readonly fine: readonly CsvAccount[];
  /** In the order of the lines. */
  readonly problems: readonly CsvProblem[];
}

type Progress = (done: number, total: number, what: string) => void;
type Accounts = Pick<Administration, 'addAccount' | 'refusalToAdd'>;

/** Password hashing bounds the speed, so a few at once are enough. */
const parallelAccounts = 4;

export async function importAccounts(
  administration: Accounts,
  octets: Uint8Array,
  mode: ImportMode,
  actor: Actor,
  progress: Progress = () => {},
): Promise<Imported> {
  const { accounts, problems: wrongForm } = readAccountCsv(octets);
  const { fine, problems } = await examine(administration, accounts, progress);
  const wrong = inOrder([...wrongForm, ...problems]);
  if (mode === 'look' || (wrong.length > 0 && mode === 'addAll')) return { added: 0, fine, problems: wrong };
  const failed = await addEach(administration, fine, actor, progress);
  return { added: fine.length - failed.length, fine, problems: inOrder([...wrong, ...failed]) };
}

async function examine(
  administration: Accounts,
  accounts: readonly CsvAccount[],
  progress: Progress,
): Promise<Pick<Imported, 'fine' | 'problems'>> {
  const fine: CsvAccount[] = [];
  const problems: CsvProblem[] = [];
  for (const [i, account] of accounts.entries()) {
    const unknown = account.roles.find((role) => !roles.includes(role as GrantedRole));
    const refusal = await administration.refusalToAdd(wantedOf(account));
    if (unknown !== undefined)
      problems.push({
        line: account.line,
        code: 'roleUnknown',
        about: unknown,
        text: `${unknown} is no role`,
      });
    else if (refusal !== null) problems.push(problemOf(account, refusal.refused));
    else fine.push(account);
    progress(i + 1, accounts.length, 'lines');
  }
  return { fine, problems };
}

/** Adds them a few at a time; what was refused all the same, because things have changed meanwhile. */
async function addEach(
  administration: Accounts,
  accounts: readonly CsvAccount[],
  actor: Actor,
  progress: Progress,
): Promise<CsvProblem[]> {
  const problems: CsvProblem[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let account = accounts[next++]; account; account = accounts[next++]) {
      try {
        await administration.addAccount(wantedOf(account), actor);
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
  return { line, code, about: address, text: `${address}: ${refusals[code]}` };
}

function inOrder(problems: readonly CsvProblem[]): CsvProblem[] {
  return problems.toSorted((a, b) => a.line - b.line);
}
