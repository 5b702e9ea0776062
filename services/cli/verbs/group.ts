/** `group add|remove|add-members|remove-members|list`. */
import { counted } from '../../counted.ts';
import { parseArguments } from '../arguments.ts';
import { table } from '../table.ts';
import { asVerb } from '../verb.ts';

interface Members extends Record<string, string | string[]> {
  group: string;
  members: string[];
}

function prepareMembers(args: readonly string[]): Members {
  const { positionals } = parseArguments(args, { positionals: ['GROUP', 'MEMBER'], more: true });
  return { group: positionals[0]!, members: positionals.slice(1) };
}

export const groupAdd = asVerb<Members>({
  name: 'group add',
  act: 'manageAccounts',
  summary: 'Makes an address whose mail goes to every member.',
  usage: 'GROUP MEMBER…',
  examples: ['group add sales@acme.example wang@acme.example li@acme.example'],
  prepare: prepareMembers,
  async perform({ administration }, { group, members }) {
    await administration.addGroup(group, members, 'operator');
    return { json: { group, members }, text: `${group} has ${counted(members.length, 'member')}.` };
  },
});

export const groupAddMembers = asVerb<Members>({
  name: 'group add-members',
  act: 'manageAccounts',
  summary: 'Adds members to a group.',
  usage: 'GROUP MEMBER…',
  examples: ['group add-members sales@acme.example zhao@acme.example'],
  prepare: prepareMembers,
  async perform({ administration }, { group, members }) {
    await administration.changeMembers('addMembers', group, members, 'operator');
    return { json: { group, members }, text: `Added to ${group}.` };
  },
});

export const groupRemoveMembers = asVerb<Members>({
  name: 'group remove-members',
  act: 'manageAccounts',
  summary: 'Takes members out of a group.',
  usage: 'GROUP MEMBER…',
  examples: ['group remove-members sales@acme.example li@acme.example'],
  prepare: prepareMembers,
  async perform({ administration }, { group, members }) {
    await administration.changeMembers('removeMembers', group, members, 'operator');
    return { json: { group, members }, text: `Taken out of ${group}.` };
  },
});

export const groupRemove = asVerb({
  name: 'group remove',
  act: 'manageAccounts',
  summary: 'Takes a group away.',
  usage: 'GROUP',
  examples: ['group remove sales@acme.example'],
  prepare: (args) => ({ group: parseArguments(args, { positionals: ['GROUP'] }).positionals[0]! }),
  async perform({ administration }, { group }: { group: string }) {
    await administration.removeGroup(group, 'operator');
    return { json: { group }, text: `${group} is gone.` };
  },
});

export const groupList = asVerb({
  name: 'group list',
  act: 'listAccounts',
  summary: 'Lists the groups and their members.',
  usage: '',
  examples: ['group list'],
  prepare: (args) => {
    parseArguments(args, { positionals: [] });
    return {};
  },
  async perform({ directory, projections }) {
    await projections.settle();
    const groups = directory.groups().map(({ group, domain, tag }) => ({
      group,
      members: directory.members(domain, tag).map(({ address }) => address),
    }));
    const rows = groups.map(({ group, members }) => [group, members.join(' ')]);
    const text = rows.length === 0 ? 'There are no groups.' : table(['GROUP', 'MEMBERS'], rows);
    return { json: groups, text };
  },
});
