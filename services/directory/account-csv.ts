/**
 * Accounts from a CSV file as spreadsheets write it: UTF-8 with or without BOM, UTF-16 with BOM, GBK (all of
 * GB18030); comma, semicolon or tab; quoted fields with newlines. Errors name the line. Pure.
 */
import { CsvError, parse } from 'csv-parse/sync';
import type { RefusalCode } from '../domain/refusals.ts';
import { notSize, readSize } from './size-text.ts';

export interface CsvAccount extends Record<string, string | number | string[]> {
  /** In the file, from 1. */
  readonly line: number;
  readonly address: string;
  readonly password: string;
  readonly realName: string;
  readonly quotaOctets: number;
  readonly roles: string[];
}

/** What can be wrong with a line; besides, why the account is refused (`RefusalCode`). */
export type CsvProblemCode =
  | 'csvUnreadable'
  | 'csvColumns'
  | 'csvFieldCount'
  | 'csvSize'
  | 'csvTwice'
  | 'addressInvalid'
  | 'passwordMissing'
  | 'roleUnknown';

export interface CsvProblem {
  readonly line: number;
  readonly code: CsvProblemCode | RefusalCode;
  /** What of the line it is about. */
  readonly about: string;
  readonly text: string;
}

export interface CsvAccounts {
  readonly accounts: readonly CsvAccount[];
  readonly problems: readonly CsvProblem[];
}

type Column = 'address' | 'password' | 'realName' | 'quota' | 'roles';

/** Names of columns, in lower case without spaces, as administrators write them. */
const columnNames: Readonly<Record<string, Column>> = {
  address: 'address',
  email: 'address',
  mailbox: 'address',
  账号: 'address',
  邮箱: 'address',
  邮箱地址: 'address',
  帳號: 'address',
  郵箱: 'address',
  password: 'password',
  密码: 'password',
  密碼: 'password',
  name: 'realName',
  realname: 'realName',
  姓名: 'realName',
  quota: 'quota',
  容量: 'quota',
  role: 'roles',
  roles: 'roles',
  角色: 'roles',
};

const maxProblems = 1000;

export function readAccountCsv(octets: Uint8Array): CsvAccounts {
  const text = decodeCsv(octets);
  const parsed = parseRows(text);
  if (!Array.isArray(parsed)) return { accounts: [], problems: [parsed] };
  const [head, ...rows] = parsed;
  if (!head)
    return {
      accounts: [],
      problems: [{ line: 1, code: 'csvUnreadable', about: '', text: 'the file is empty' }],
    };
  const columns = head.cells.map((cell) => columnNames[cell.toLowerCase().replaceAll(' ', '')]);
  if (!columns.includes('address') || !columns.includes('password')) {
    const text = `the first line must name the columns address and password; it names ${head.cells.join(', ')}`;
    return { accounts: [], problems: [{ line: 1, code: 'csvColumns', about: head.cells.join(', '), text }] };
  }
  return collect(rows, columns);
}

/** UTF-16 by its BOM, UTF-8 where it is valid, else the GB family. */
export function decodeCsv(octets: Uint8Array): string {
  if (octets[0] === 0xff && octets[1] === 0xfe) return new TextDecoder('utf-16le').decode(octets);
  if (octets[0] === 0xfe && octets[1] === 0xff) return new TextDecoder('utf-16be').decode(octets);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return new TextDecoder('gb18030').decode(octets);
  }
}

interface CsvRow {
  readonly line: number;
  readonly cells: string[];
}

function parseRows(text: string): CsvRow[] | CsvProblem {
  try {
    const options = {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    };
    const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines - newlinesIn(record) }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as CsvError & { lines?: number }).lines ?? 1;
    return { line, code: 'csvUnreadable', about: '', text: error.message };
  }
}

/** The parser counts the line on which a row ends. */
function newlinesIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

/** Whichever of the three is most frequent in the first line. */
function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  const counts = [',', ';', '\t'].map((delimiter) => [first.split(delimiter).length, delimiter] as const);
  return counts.reduce((best, next) => (next[0] > best[0] ? next : best))[1];
}

function collect(rows: readonly CsvRow[], columns: readonly (Column | undefined)[]): CsvAccounts {
  const accounts: CsvAccount[] = [];
  const problems: CsvProblem[] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const account = accountOf(row, columns);
    const before = 'code' in account ? undefined : seen.get(account.address.toLowerCase());
    if ('code' in account) problems.push(account as CsvProblem);
    else if (before !== undefined) {
      const { address: about } = account;
      problems.push({
        line: row.line,
        code: 'csvTwice',
        about,
        text: `${about} stands on line ${before} already`,
      });
    } else {
      seen.set(account.address.toLowerCase(), row.line);
      accounts.push(account);
    }
    if (problems.length >= maxProblems) break;
  }
  return { accounts, problems };
}

/** The account, or what is wrong with the row. */
function accountOf(
  { line, cells }: CsvRow,
  columns: readonly (Column | undefined)[],
): CsvAccount | CsvProblem {
  const wrong = (code: CsvProblemCode, about: string, text: string): CsvProblem => ({
    line,
    code,
    about,
    text,
  });
  if (cells.length > columns.length)
    return wrong('csvFieldCount', cells.join(', '), `${cells.length} fields under ${columns.length} columns`);
  const cell = (column: Column): string => cells[columns.indexOf(column)] ?? '';
  const address = cell('address');
  if (!address.includes('@'))
    return wrong(
      'addressInvalid',
      address,
      address === '' ? 'the address is missing' : `${address} is no address`,
    );
  if (cell('password') === '')
    return wrong('passwordMissing', address, `the password of ${address} is missing`);
  const quotaOctets = readSize(cell('quota') || 'unlimited');
  if (quotaOctets === null) return wrong('csvSize', cell('quota'), notSize(cell('quota')));
  const roles = cell('roles')
    .split(/[ ,;]+/)
    .filter((role) => role !== '' && role !== 'staff');
  return { line, address, password: cell('password'), realName: cell('realName'), quotaOctets, roles };
}
