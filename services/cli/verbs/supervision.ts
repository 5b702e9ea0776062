/** `supervision list|show`: what supervisors are to review, and what came of it. */
import type { SupervisedRow, SupervisionFilter } from '../../../projections/supervision-queries.ts';
import { uuidPattern } from '../../domain/values.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { table } from '../table.ts';
import { asVerb, UsageError, VerbFailure } from '../verb.ts';

interface ListRequest extends Record<string, string | null> {
  supervisor: string | null;
  person: string | null;
  state: string | null;
}

const maxListed = 1000;

export const supervisionList = asVerb<ListRequest, 'readSupervision'>({
  name: 'supervision list',
  act: 'readSupervision',
  summary: 'Lists the mail that supervisors are to review, newest first.',
  usage: '[--supervisor ADDRESS] [--person ADDRESS] [--overdue | --reviewed | --all]',
  details: '--person: whose mail it is. Without a switch whatever waits for its review is listed.',
  examples: ['supervision list', 'supervision list --supervisor li@acme.example --overdue'],
  prepare: (args) => {
    const { options, switches } = parseArguments(args, {
      positionals: [],
      options: ['supervisor', 'person'],
      switches: ['overdue', 'reviewed', 'all'],
    });
    const chosen = ['overdue', 'reviewed', 'all'].filter((name) => switches[name]);
    if (chosen.length > 1) throw new UsageError(`--${chosen.join(' and --')} exclude one another.`);
    const [state = 'waiting'] = chosen;
    return {
      supervisor: options['supervisor'] ?? null,
      person: options['person'] ?? null,
      state: state === 'all' ? null : state,
    };
  },
  looksAt: ({ supervisor, person, state }) => ({
    message: null,
    query: `supervision: ${state ?? 'all'}, supervisor: ${supervisor ?? 'anybody'}, person: ${person ?? 'anybody'}`,
  }),
  async perform(house, { supervisor, person, state }) {
    await house.projections.settle();
    const accountOf = async (address: string | null) =>
      address === null ? undefined : house.administration.accountOf(address);
    const found = house.supervision.list({
      supervisor: await accountOf(supervisor),
      person: await accountOf(person),
      state: (state ?? undefined) as SupervisionFilter['state'],
      limit: maxListed,
    });
    const rows = found.map((row) => told(house, row));
    return { json: JSON.parse(JSON.stringify(rows)), text: listText(rows) };
  },
});

export const supervisionShow = asVerb<{ id: string }, 'readSupervision'>({
  name: 'supervision show',
  act: 'readSupervision',
  summary: 'Shows one mail under supervision: who supervises it, why, and what the review said.',
  usage: 'ID',
  details: 'ID is that of supervision list, or that of the mail.',
  examples: ['supervision show 01a2b3c4-d5e6-8f80-9a1b-2c3d4e5f6071'],
  prepare: (args) => ({ id: idOf(parseArguments(args, { positionals: ['ID'] }).positionals[0]!) }),
  looksAt: ({ id }) => ({ message: null, query: `supervision ${id}` }),
  async perform(house, { id }) {
    await house.projections.settle();
    const rows = copiesOf(house, id).map((row) => told(house, row));
    return { json: JSON.parse(JSON.stringify(rows)), text: rows.map(showText).join('\n\n') };
  },
});

/** The copy of that id, or those of the mail of that id. */
export function copiesOf({ supervision }: Pick<House, 'supervision'>, id: string): SupervisedRow[] {
  const one = supervision.one(id);
  const rows = one ? [one] : supervision.ofMessage(id);
  if (rows.length === 0) throw new VerbFailure(`Nobody supervises a mail ${id} here.`);
  return rows;
}

export function idOf(text: string): string {
  const id = text.toLowerCase();
  if (!uuidPattern.test(id)) throw new UsageError(`${text} is not the id of a mail under supervision.`);
  return id;
}

interface Told extends Omit<SupervisedRow, 'people'> {
  readonly supervisorAddress: string;
  readonly people: readonly string[];
  readonly sender: string;
  readonly subject: string;
}

function told({ directory, traces }: House, row: SupervisedRow): Told {
  const { returnPath: sender = '', subject = '' } = traces.head(row.message) ?? {};
  const address = (account: string): string => directory.account(account)?.address ?? '';
  return {
    ...row,
    people: row.people.map(address),
    supervisorAddress: address(row.supervisor),
    sender,
    subject,
  };
}

function listText(rows: readonly Told[]): string {
  if (rows.length === 0) return 'No such mail is under supervision.';
  const cells = rows.map((row) => [
    row.supervision,
    row.outcome ?? row.state,
    row.supervisorAddress,
    row.people.join(', '),
    row.sender,
    row.subject,
    row.dueAtMs === null ? '' : timeText(row.dueAtMs),
  ]);
  return table(['ID', 'STATE', 'SUPERVISOR', 'WHOSE MAIL', 'SENDER', 'SUBJECT', 'DUE (UTC)'], cells);
}

function showText(row: Told): string {
  const lines = [
    ['Copy', row.supervision],
    ['Mail', row.message],
    ['Supervisor', row.supervisorAddress],
    ['Whose mail', row.people.join(', ')],
    ['Sender', row.sender],
    ['Subject', row.subject],
    ['Rules', row.reasons.join('; ')],
    ['Since', timeText(row.copiedAtMs)],
    ['Due', row.dueAtMs === null ? 'no term' : timeText(row.dueAtMs)],
    ['State', row.state],
    ['Sealed', row.sealed ? row.sealedBecause : 'no'],
  ];
  if (row.reviewedAtMs !== null)
    lines.push(['Reviewed', timeText(row.reviewedAtMs)], ['Outcome', row.outcome!], ['Note', row.note]);
  return lines.map(([name, value]) => `${name!.padEnd(11)} ${value}`).join('\n');
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
