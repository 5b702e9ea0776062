/** `domain add|bind|unbind|catch-all|postmaster|list`. */
import { parseArguments } from '../arguments.ts';
import { table } from '../table.ts';
import { asVerb } from '../verb.ts';

export const domainAdd = asVerb({
  name: 'domain add',
  act: 'manageDomains',
  summary: 'Takes a domain in: its mail is received here from now on.',
  usage: 'NAME',
  examples: ['domain add acme.example'],
  prepare: (args) => ({ name: parseArguments(args, { positionals: ['NAME'] }).positionals[0]! }),
  async perform({ administration }, { name }: { name: string }) {
    const { domain, administrator } = await administration.addDomain(name, 'operator');
    const hint = `\nIts administrator, who reads mail to postmaster, is ${administrator}: muniment account passwd ${administrator}`;
    const text = `The domain ${name} is added.${administrator === null ? '' : hint}`;
    return { json: { domain, name, administrator }, text };
  },
});

export const domainBind = asVerb({
  name: 'domain bind',
  act: 'manageDomains',
  summary: 'Gives a domain one more name: the same local part is the same mailbox under both.',
  usage: 'NAME DOMAIN',
  examples: ['domain bind acme.test acme.example'],
  prepare: (args) => {
    const [name, to] = parseArguments(args, { positionals: ['NAME', 'DOMAIN'] }).positionals;
    return { name: name!, to: to! };
  },
  async perform({ administration }, { name, to }: { name: string; to: string }) {
    await administration.bindDomain(name, to, 'operator');
    return { json: { name, to }, text: `Mail to ${name} now goes where mail to ${to} goes.` };
  },
});

export const domainUnbind = asVerb({
  name: 'domain unbind',
  act: 'manageDomains',
  summary: 'Takes a bound name off again.',
  usage: 'NAME',
  examples: ['domain unbind acme.test'],
  prepare: (args) => ({ name: parseArguments(args, { positionals: ['NAME'] }).positionals[0]! }),
  async perform({ administration }, { name }: { name: string }) {
    await administration.unbindDomain(name, 'operator');
    return { json: { name }, text: `${name} is no longer received here.` };
  },
});

export const domainCatchAll = asVerb({
  name: 'domain catch-all',
  act: 'manageDomains',
  summary: 'Sends mail for unknown addresses of a domain to one account, or refuses it again.',
  usage: 'DOMAIN ADDRESS|none',
  examples: ['domain catch-all acme.example wang@acme.example', 'domain catch-all acme.example none'],
  prepare: (args) => {
    const [domain, to] = parseArguments(args, { positionals: ['DOMAIN', 'ADDRESS'] }).positionals;
    return { domain: domain!, to: to === 'none' ? null : to! };
  },
  async perform({ administration }, { domain, to }: { domain: string; to: string | null }) {
    await administration.setCatchAll(domain, to, 'operator');
    const text =
      to === null
        ? `Unknown addresses of ${domain} are refused.`
        : `Mail to unknown addresses of ${domain} goes to ${to}.`;
    return { json: { domain, to }, text };
  },
});

export const domainPostmaster = asVerb({
  name: 'domain postmaster',
  act: 'manageDomains',
  summary: 'Says who reads mail to the postmaster of a domain; none: the administrator.',
  usage: 'DOMAIN ADDRESS|none',
  examples: ['domain postmaster acme.example wang@acme.example'],
  prepare: (args) => {
    const [domain, to] = parseArguments(args, { positionals: ['DOMAIN', 'ADDRESS'] }).positionals;
    return { domain: domain!, to: to === 'none' ? null : to! };
  },
  async perform({ administration }, { domain, to }: { domain: string; to: string | null }) {
    await administration.setPostmaster(domain, to, 'operator');
    return { json: { domain, to }, text: `postmaster@${domain} is read by ${to ?? 'the administrator'}.` };
  },
});

export const domainList = asVerb({
  name: 'domain list',
  act: 'listAccounts',
  summary: 'Lists the domains with their bound names and the number of accounts.',
  usage: '',
  examples: ['domain list', 'domain list --json'],
  prepare: (args) => {
    parseArguments(args, { positionals: [] });
    return {};
  },
  async perform({ directory, projections }) {
    await projections.settle();
    const domains = directory.domains();
    const rows = domains.map(({ name, boundNames, accounts }) => [
      name,
      boundNames.join(' '),
      String(accounts),
    ]);
    const text =
      rows.length === 0
        ? 'There are no domains yet: muniment domain add NAME'
        : table(['DOMAIN', 'BOUND NAMES', 'ACCOUNTS'], rows);
    return { json: domains.map((domain) => ({ ...domain, boundNames: [...domain.boundNames] })), text };
  },
});
