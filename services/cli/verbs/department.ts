/** `department add|list|rename|move|leader|assign|unassign|remove`. */
import type { DepartmentRow } from '../../../projections/departments-queries.ts';
import type { DepartmentPlace } from '../../directory/department-administration.ts';
import { parseArguments } from '../arguments.ts';
import { table } from '../table.ts';
import { asVerb, UsageError } from '../verb.ts';

interface Added extends Record<string, string | number | null> {
  name: string;
  under: string | null;
  order: number | null;
  leader: string | null;
}

interface Assigned extends Record<string, string | string[] | null> {
  department: string | null;
  addresses: string[];
}

/** A department is named by its name: each name is there once. */
export const departmentAdd = asVerb<Added>({
  name: 'department add',
  act: 'manageAccounts',
  summary: 'Adds a department, at the top or under another.',
  usage: 'NAME [--under NAME] [--order N] [--leader ADDRESS]',
  details: '--order 1 is the first of its neighbours; without it the new one is the last.',
  examples: ['department add Sales --leader li@acme.example', 'department add "Sales North" --under Sales'],
  prepare: (args) => {
    const { positionals, options } = parseArguments(args, {
      positionals: ['NAME'],
      options: ['under', 'order', 'leader'],
    });
    const { under = null, leader = null } = options;
    return { name: positionals[0]!, under, order: orderOf(options['order']), leader };
  },
  async perform({ departments }, { name, under, order, leader }) {
    const department = await departments.add(name, { under, order }, leader, 'operator');
    return { json: { department, name }, text: `${name} is a department.` };
  },
});

export const departmentRename = asVerb({
  name: 'department rename',
  act: 'manageAccounts',
  summary: 'Gives a department another name.',
  usage: 'NAME NEW',
  examples: ['department rename Sales "Sales and Service"'],
  prepare: (args) => {
    const [name, to] = parseArguments(args, { positionals: ['NAME', 'NEW'] }).positionals;
    return { name: name!, to: to! };
  },
  async perform({ departments }, { name, to }: { name: string; to: string }) {
    await departments.rename(name, to, 'operator');
    return { json: { name: to }, text: `${name} is called ${to}.` };
  },
});

export const departmentMove = asVerb<Added>({
  name: 'department move',
  act: 'manageAccounts',
  summary: 'Puts a department under another, or at the top, with everything below it.',
  usage: 'NAME --under NAME|--top [--order N]',
  examples: ['department move "Sales North" --top --order 1'],
  prepare: (args) => {
    const { positionals, options, switches } = parseArguments(args, {
      positionals: ['NAME'],
      options: ['under', 'order'],
      switches: ['top'],
    });
    const { under = null } = options;
    if ((under === null) !== switches['top']) throw new UsageError('Say where: --under NAME, or --top.');
    return { name: positionals[0]!, under, order: orderOf(options['order']), leader: null };
  },
  async perform({ departments }, { name, under, order }) {
    const place: DepartmentPlace = { under, order };
    await departments.move(name, place, 'operator');
    return { json: { name, under }, text: `${name} is ${under === null ? 'at the top' : `under ${under}`}.` };
  },
});

export const departmentLeader = asVerb({
  name: 'department leader',
  act: 'manageAccounts',
  summary: 'Names who leads a department.',
  usage: 'NAME ADDRESS|--none',
  examples: ['department leader Sales li@acme.example'],
  prepare: (args) => {
    const { positionals, switches } = parseArguments(args, {
      positionals: ['NAME'],
      more: true,
      switches: ['none'],
    });
    const [name, leader = null, ...rest] = positionals;
    if (rest.length > 0 || (leader === null) !== switches['none'])
      throw new UsageError('Say who: one address, or --none.');
    return { name: name!, leader };
  },
  async perform({ departments }, { name, leader }: { name: string; leader: string | null }) {
    await departments.lead(name, leader, 'operator');
    return { json: { name, leader }, text: `${name} is led by ${leader ?? 'nobody'}.` };
  },
});

export const departmentAssign = asVerb<Assigned>({
  name: 'department assign',
  act: 'manageAccounts',
  summary: 'Puts people into a department; each is in one at most.',
  usage: 'NAME ADDRESS…',
  examples: ['department assign Sales wang@acme.example zhao@acme.example'],
  prepare: (args) => {
    const { positionals } = parseArguments(args, { positionals: ['NAME', 'ADDRESS'], more: true });
    return { department: positionals[0]!, addresses: positionals.slice(1) };
  },
  async perform({ departments }, { department, addresses }) {
    await departments.assign(department, addresses, 'operator');
    return { json: { department, addresses }, text: `In ${department}: ${addresses.join(' ')}` };
  },
});

export const departmentUnassign = asVerb<Assigned>({
  name: 'department unassign',
  act: 'manageAccounts',
  summary: 'Takes people out of their departments.',
  usage: 'ADDRESS…',
  examples: ['department unassign zhao@acme.example'],
  prepare: (args) => ({
    department: null,
    addresses: [...parseArguments(args, { positionals: ['ADDRESS'], more: true }).positionals],
  }),
  async perform({ departments }, { addresses }) {
    await departments.assign(null, addresses, 'operator');
    return { json: { addresses }, text: `In no department: ${addresses.join(' ')}` };
  },
});

export const departmentRemove = asVerb({
  name: 'department remove',
  act: 'manageAccounts',
  summary: 'Takes a department away; its people stay, in no department.',
  usage: 'NAME',
  examples: ['department remove "Sales North"'],
  prepare: (args) => ({ name: parseArguments(args, { positionals: ['NAME'] }).positionals[0]! }),
  async perform({ departments }, { name }: { name: string }) {
    await departments.remove(name, 'operator');
    return { json: { name }, text: `${name} is gone.` };
  },
});

export const departmentList = asVerb({
  name: 'department list',
  act: 'listAccounts',
  summary: 'Lists the departments as a tree, with their leaders and people.',
  usage: '',
  examples: ['department list'],
  prepare: (args) => {
    parseArguments(args, { positionals: [] });
    return {};
  },
  async perform({ departmentTree, projections }) {
    await projections.settle();
    const rows = departmentTree.list();
    const text = rows.length === 0 ? 'There are no departments.' : treeText(rows);
    return { json: JSON.parse(JSON.stringify(rows)), text };
  },
});

function treeText(rows: readonly DepartmentRow[]): string {
  return table(
    ['DEPARTMENT', 'LEADER', 'PEOPLE'],
    rows.map(({ name, level, leaderAddress, members }) => [
      `${'  '.repeat(level)}${name}`,
      leaderAddress ?? '',
      members.map(({ address }) => address).join(' '),
    ]),
  );
}

function orderOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError('--order is a number from 1 on.');
  return Number(text);
}
