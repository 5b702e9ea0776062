/** `approval list|show|log`: what rules hold, and what was decided. */
import type { ApprovalRow, ApprovalStep } from '../../../projections/approvals-queries.ts';
import { uuidPattern } from '../../domain/values.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { table } from '../table.ts';
import { asVerb, UsageError, VerbFailure } from '../verb.ts';

interface ListRequest extends Record<string, string | boolean | null> {
  person: string | null;
  all: boolean;
}

const maxListed = 1000;

export const approvalList = asVerb<ListRequest, 'readApprovals'>({
  name: 'approval list',
  act: 'readApprovals',
  summary: 'Lists the mail that rules hold, with who decides and until when.',
  usage: '[--person ADDRESS] [--all]',
  details: '--person: sent by them, or theirs to decide; --all lists what has been decided as well.',
  examples: ['approval list', 'approval list --person li@acme.example --all'],
  prepare: (args) => {
    const { options, switches } = parseArguments(args, {
      positionals: [],
      options: ['person'],
      switches: ['all'],
    });
    return { person: options['person'] ?? null, all: switches['all']! };
  },
  looksAt: ({ person, all }) => ({
    message: null,
    query: `approvals${all ? ', all' : ''}${person === null ? '' : `, person: ${person}`}`,
  }),
  async perform(house, { person, all }) {
    await house.projections.settle();
    const account = person === null ? undefined : await house.administration.accountOf(person);
    const found = house.approvals.list({
      state: all ? undefined : 'waiting',
      person: account,
      limit: maxListed,
    });
    const rows = found.map((row) => told(house, row));
    return { json: JSON.parse(JSON.stringify(rows)), text: listText(rows) };
  },
});

export const approvalShow = asVerb<{ id: string }, 'readApprovals'>({
  name: 'approval show',
  act: 'readApprovals',
  summary: 'Shows one held mail: why it is held, who decides, and everything that was done.',
  usage: 'ID',
  details: 'ID is that of approval list, or that of the mail.',
  examples: ['approval show 01a2b3c4-d5e6-8f80-9a1b-2c3d4e5f6071'],
  prepare: (args) => ({ id: idOf(parseArguments(args, { positionals: ['ID'] }).positionals[0]!) }),
  looksAt: ({ id }) => ({ message: null, query: `approval ${id}` }),
  async perform(house, { id }) {
    await house.projections.settle();
    const row = told(house, approvalOf(house, id));
    const steps = house.approvals.steps(row.approval).map((step) => ({ ...step, who: whoOf(house, step) }));
    return { json: JSON.parse(JSON.stringify({ ...row, steps })), text: showText(row, steps) };
  },
});

export const approvalLog = asVerb<{ person: string | null }, 'readApprovals'>({
  name: 'approval log',
  act: 'readApprovals',
  summary: 'Lists what was decided, by whom and with what comment, newest first.',
  usage: '[--person ADDRESS]',
  examples: ['approval log --person li@acme.example'],
  prepare: (args) => ({
    person: parseArguments(args, { positionals: [], options: ['person'] }).options['person'] ?? null,
  }),
  looksAt: ({ person }) => ({
    message: null,
    query: `approval log${person === null ? '' : `, person: ${person}`}`,
  }),
  async perform(house, { person }) {
    await house.projections.settle();
    const account = person === null ? undefined : await house.administration.accountOf(person);
    const rows = house.approvals
      .list({ state: 'ended', person: account, limit: maxListed })
      .map((row) => told(house, row));
    const cells = rows.map((row) => [
      timeText(row.endedAtMs!),
      row.approval,
      row.sender,
      row.subject,
      endText(row),
      row.decider,
      row.comment,
    ]);
    const head = ['TIME (UTC)', 'ID', 'SENDER', 'SUBJECT', 'OUTCOME', 'BY', 'COMMENT'];
    const text = cells.length === 0 ? 'Nothing has been decided yet.' : table(head, cells);
    return { json: JSON.parse(JSON.stringify(rows)), text };
  },
});

/** The approval of that id, or of the mail of that id. */
export function approvalOf({ approvals }: Pick<House, 'approvals'>, id: string): ApprovalRow {
  const row = approvals.one(id) ?? approvals.ofMessage(id);
  if (!row) throw new VerbFailure(`No mail ${id} is or was held here.`);
  return row;
}

export function idOf(text: string): string {
  const id = text.toLowerCase();
  if (!uuidPattern.test(id)) throw new UsageError(`${text} is not the id of an approval.`);
  return id;
}

interface Told extends ApprovalRow {
  readonly sender: string;
  readonly subject: string;
  /** Whoever decides, or has decided. */
  readonly decider: string;
}

function told(house: House, row: ApprovalRow): Told {
  const trace = house.traces.trace(row.message);
  const decider =
    row.decidedBy ??
    (row.state === 'waiting' ? row.reviewer : row.endedBy === 'sender' ? row.submitter : null);
  const role = row.state === 'waiting' && row.reviewerRole !== null ? `any ${row.reviewerRole}` : '';
  return {
    ...row,
    sender: trace?.returnPath ?? '',
    subject: trace?.subject ?? '',
    decider: decider === null ? role : (house.directory.account(decider)?.address ?? ''),
  };
}

function whoOf({ directory }: House, { person, actor }: ApprovalStep): string {
  return person === null ? actor : (directory.account(person)?.address ?? person);
}

function listText(rows: readonly Told[]): string {
  if (rows.length === 0) return 'No mail is held.';
  const cells = rows.map((row) => [
    row.approval,
    row.kind === 'quarantine' && row.state === 'waiting' ? 'quarantined' : endText(row),
    row.sender,
    row.subject,
    row.decider,
    row.deadlineMs === null ? '' : `${timeText(row.deadlineMs)} ${row.onDeadline}`,
    row.reasons.join('; '),
  ]);
  return table(['ID', 'STATE', 'SENDER', 'SUBJECT', 'DECIDES', 'DEADLINE (UTC)', 'RULES'], cells);
}

function endText({ state, endedBy }: ApprovalRow): string {
  return endedBy === 'deadline' ? `${state} at the deadline` : state;
}

function showText(row: Told, steps: readonly (ApprovalStep & { who: string })[]): string {
  const head = [
    ['Approval', row.approval],
    ['Mail', row.message],
    ['Sender', row.sender],
    ['Subject', row.subject],
    ['State', endText(row)],
    ['Decides', row.decider],
    ['Rules', row.reasons.join('; ')],
    ['Octets', row.octets],
  ];
  const cells = steps.map(({ atMs, type, who, comment }) => [timeText(atMs), type, who, comment]);
  return [
    head.map(([name, value]) => `${name!.padEnd(10)} ${value}`).join('\n'),
    table(['TIME (UTC)', 'EVENT', 'WHO', 'COMMENT'], cells),
  ].join('\n\n');
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
