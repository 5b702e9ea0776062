/** `alias add|remove|list`. */
import { parseArguments } from '../arguments.ts';
import { table } from '../table.ts';
import { asVerb } from '../verb.ts';

export const aliasAdd = asVerb({
  name: 'alias add',
  act: 'manageAccounts',
  summary: 'Gives an account one more address; nobody can sign in with it.',
  usage: 'ALIAS ADDRESS',
  examples: ['alias add w@acme.example wang@acme.example'],
  prepare: (args) => {
    const [alias, address] = parseArguments(args, { positionals: ['ALIAS', 'ADDRESS'] }).positionals;
    return { alias: alias!, address: address! };
  },
  async perform({ administration }, { alias, address }: { alias: string; address: string }) {
    await administration.addAlias(alias, address, 'operator');
    return { json: { alias, address }, text: `${alias} leads to ${address}.` };
  },
});

export const aliasRemove = asVerb({
  name: 'alias remove',
  act: 'manageAccounts',
  summary: 'Takes an alias away.',
  usage: 'ALIAS',
  examples: ['alias remove w@acme.example'],
  prepare: (args) => ({ alias: parseArguments(args, { positionals: ['ALIAS'] }).positionals[0]! }),
  async perform({ administration }, { alias }: { alias: string }) {
    await administration.removeAlias(alias, 'operator');
    return { json: { alias }, text: `${alias} is gone.` };
  },
});

export const aliasList = asVerb({
  name: 'alias list',
  act: 'listAccounts',
  summary: 'Lists the aliases.',
  usage: '',
  examples: ['alias list'],
  prepare: (args) => {
    parseArguments(args, { positionals: [] });
    return {};
  },
  async perform({ directory, projections }) {
    await projections.settle();
    const aliases = directory.aliases();
    const rows = aliases.map(({ alias, address }) => [alias, address]);
    return {
      json: aliases.map((row) => ({ ...row })),
      text: rows.length === 0 ? 'There are no aliases.' : table(['ALIAS', 'ADDRESS'], rows),
    };
  },
});
