/** `account add|list|freeze|unfreeze|passwd|quota|grant-send-as`. */

import { type AccountRow, type Directory, maxPageRows } from '../../../projections/directory-queries.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { octetsText, parseOctets, quotaText } from '../octets-text.ts';
import { passwordArgument } from '../password-argument.ts';
import { table } from '../table.ts';
import { asVerb, UsageError, VerbFailure } from '../verb.ts';

const roleNames = ['supervisor', 'auditor', 'administrator'] as const;
type RoleName = (typeof roleNames)[number];

interface AddRequest extends Record<string, string | number | null | RoleName[]> {
  address: string;
  password: string;
  realName: string;
  quotaOctets: number;
  roles: RoleName[];
}

export const accountAdd = asVerb<AddRequest>({
  name: 'account add',
  act: 'manageAccounts',
  summary: 'Adds an account with its own mailbox.',
  usage: 'ADDRESS [--password P] [--name NAME] [--quota SIZE] [--role supervisor|auditor|administrator]',
  examples: [
    'account add wang@acme.example --password demo-Wang-1',
    'account add li@acme.example --password demo-Li-1 --name "Li Na" --quota 5GiB --role auditor',
  ],
  async prepare(args) {
    const { positionals, options } = parseArguments(args, {
      positionals: ['ADDRESS'],
      options: ['password', 'name', 'quota', 'role'],
    });
    return {
      address: positionals[0]!,
      password: await passwordArgument(options['password']),
      realName: options['name'] ?? '',
      quotaOctets: parseOctets(options['quota'] ?? 'unlimited'),
      roles: rolesOf(options['role']),
    };
  },
  async perform({ administration }, { address, password, realName, quotaOctets, roles }) {
    const account = await administration.addAccount(
      { address, password, realName, quotaOctets, roles },
      'operator',
    );
    return { json: { account, address }, text: `The account ${address} is added.` };
  },
});

function rolesOf(text: string | undefined): RoleName[] {
  const names = text === undefined || text === '' ? [] : text.split(',');
  for (const name of names) {
    if (!roleNames.includes(name as RoleName))
      throw new UsageError(`${name} is no role: ${roleNames.join(', ')}.`);
  }
  return names as RoleName[];
}

export const accountList = asVerb({
  name: 'account list',
  act: 'listAccounts',
  summary: 'Lists accounts with their state, room and roles.',
  usage: '[--domain NAME] [--search TEXT]',
  examples: ['account list', 'account list --domain acme.example --search wang --json'],
  prepare: (args) => {
    const { options } = parseArguments(args, { positionals: [], options: ['domain', 'search'] });
    return { domain: options['domain'] ?? null, search: options['search'] ?? null };
  },
  async perform(house, { domain, search }: { domain: string | null; search: string | null }) {
    await house.projections.settle();
    const accounts = matchingAccounts(house, domain, search);
    const rows = accounts.map((row) => [
      row.address,
      row.realName,
      row.state,
      octetsText(row.usedOctets),
      quotaText(row.quotaOctets),
      row.roles.join(' '),
    ]);
    const head = ['ADDRESS', 'NAME', 'STATE', 'USED', 'QUOTA', 'ROLES'];
    const text = rows.length === 0 ? 'No account matches.' : table(head, rows);
    return { json: accounts.map((row) => ({ ...row, roles: [...row.roles] })), text };
  },
});

/** All pages of the list, with the room that each account uses. */
function matchingAccounts({ directory, usedOctets }: House, domain: string | null, search: string | null) {
  const domainId = domain === null ? undefined : domainIdOf(directory, domain);
  const filter = { domain: domainId, search: search ?? undefined, limit: maxPageRows };
  const accounts: (AccountRow & { readonly usedOctets: number })[] = [];
  for (let after: string | undefined; ; ) {
    const { rows } = directory.accounts({ ...filter, after });
    accounts.push(...rows.map((row) => ({ ...row, usedOctets: usedOctets(row.account) })));
    if (rows.length < maxPageRows) return accounts;
    after = rows.at(-1)!.account;
  }
}

function domainIdOf(directory: Directory, name: string): string {
  const found = directory.domains().find((row) => row.name === name || row.boundNames.includes(name));
  if (!found) throw new VerbFailure(`There is no domain ${name} here.`);
  return found.domain;
}

export const accountFreeze = asVerb({
  name: 'account freeze',
  act: 'manageAccounts',
  summary:
    'Stops an account: no sign-in, no sending, no receiving; its sessions end at once, its mail stays.',
  usage: 'ADDRESS [--reason TEXT]',
  examples: ['account freeze wang@acme.example --reason "left the company"'],
  prepare: (args) => {
    const { positionals, options } = parseArguments(args, { positionals: ['ADDRESS'], options: ['reason'] });
    return { address: positionals[0]!, reason: options['reason'] ?? '' };
  },
  async perform({ administration }, { address, reason }: { address: string; reason: string }) {
    await administration.changeAccount(address, { kind: 'freeze', reason }, 'operator');
    return { json: { address, state: 'frozen' }, text: `${address} is frozen.` };
  },
});

export const accountUnfreeze = asVerb({
  name: 'account unfreeze',
  act: 'manageAccounts',
  summary: 'Lets a frozen account work again.',
  usage: 'ADDRESS',
  examples: ['account unfreeze wang@acme.example'],
  prepare: (args) => ({ address: parseArguments(args, { positionals: ['ADDRESS'] }).positionals[0]! }),
  async perform({ administration }, { address }: { address: string }) {
    await administration.changeAccount(address, { kind: 'unfreeze' }, 'operator');
    return { json: { address, state: 'active' }, text: `${address} works again.` };
  },
});

export const accountPasswd = asVerb({
  name: 'account passwd',
  act: 'changePassword',
  summary: 'Sets a new password; open sessions of the account end.',
  usage: 'ADDRESS [--password P]',
  examples: ['account passwd wang@acme.example --password demo-Wang-2'],
  prepare: async (args) => {
    const { positionals, options } = parseArguments(args, {
      positionals: ['ADDRESS'],
      options: ['password'],
    });
    return { address: positionals[0]!, password: await passwordArgument(options['password']) };
  },
  async perform({ administration }, { address, password }: { address: string; password: string }) {
    await administration.setPassword(address, password, 'operator');
    return { json: { address }, text: `The password of ${address} is changed.` };
  },
});

export const accountQuota = asVerb({
  name: 'account quota',
  act: 'manageAccounts',
  summary: 'Sets the room for mail.',
  usage: 'ADDRESS SIZE|unlimited',
  examples: ['account quota wang@acme.example 2GiB', 'account quota wang@acme.example unlimited'],
  prepare: (args) => {
    const [address, size] = parseArguments(args, { positionals: ['ADDRESS', 'SIZE'] }).positionals;
    return { address: address!, quotaOctets: parseOctets(size!) };
  },
  async perform({ administration }, { address, quotaOctets }: { address: string; quotaOctets: number }) {
    await administration.changeAccount(address, { kind: 'setQuota', quotaOctets }, 'operator');
    return { json: { address, quotaOctets }, text: `The quota of ${address} is ${quotaText(quotaOctets)}.` };
  },
});

export const accountName = asVerb({
  name: 'account name',
  act: 'manageAccounts',
  summary: 'Sets the name of the person behind an account.',
  usage: 'ADDRESS NAME',
  examples: ['account name wang@acme.example "Wang Wei"'],
  prepare: (args) => {
    const [address, realName] = parseArguments(args, { positionals: ['ADDRESS', 'NAME'] }).positionals;
    return { address: address!, realName: realName! };
  },
  async perform({ administration }, { address, realName }: { address: string; realName: string }) {
    await administration.changeAccount(address, { kind: 'setRealName', realName }, 'operator');
    return { json: { address, realName }, text: `${address} is ${realName}.` };
  },
});

export const accountGrantSendAs = asVerb({
  name: 'account grant-send-as',
  act: 'manageAccounts',
  summary: 'Lets an account send under one more address.',
  usage: 'ADDRESS OTHER-ADDRESS',
  examples: ['account grant-send-as wang@acme.example sales@acme.example'],
  prepare: (args) => {
    const [address, other] = parseArguments(args, { positionals: ['ADDRESS', 'OTHER-ADDRESS'] }).positionals;
    return { address: address!, other: other! };
  },
  async perform({ administration }, { address, other }: { address: string; other: string }) {
    await administration.grantSendAs(address, other, 'operator');
    return { json: { address, other }, text: `${address} may send as ${other}.` };
  },
});
