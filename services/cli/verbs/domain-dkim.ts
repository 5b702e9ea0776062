/** `domain dkim add|rotate|list|check|switch|remove`: the keys under which a domain signs its mail. */
import type { PublishedRecord } from '../../authentication/dkim-keys.ts';
import { type DkimRecord, recordsOf, zoneLine } from '../../authentication/dkim-records.ts';
import type { DkimKeySet } from '../../domain/domain-signing.ts';
import type { JsonValue } from '../../domain/event.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { table } from '../table.ts';
import { type Answer, asVerb, type Verb, VerbFailure } from '../verb.ts';

interface DomainRequest extends Record<string, string> {
  readonly name: string;
}

const prepareDomain = (args: readonly string[]): DomainRequest => ({
  name: parseArguments(args, { positionals: ['DOMAIN'] }).positionals[0]!,
});

function makingVerb(word: 'add' | 'rotate', summary: string, details: string): Verb {
  return asVerb<DomainRequest>({
    name: `domain dkim ${word}`,
    act: 'manageDomains',
    summary,
    details,
    usage: 'DOMAIN',
    examples: [`domain dkim ${word} acme.example`],
    prepare: prepareDomain,
    async perform(house, { name }) {
      const set = await house.dkim.make(name, word === 'rotate', 'operator', Date.now());
      const records = await recordsToPublish(house, set, name);
      const text = [
        `New keys for ${name}. They wait until these records are published; nothing is signed under them before.`,
        ...records.map(recordText),
        `Then: muniment domain dkim check ${name}`,
        'The server looks by itself every few minutes, and takes them into use when it sees them.',
      ].join('\n\n');
      return { json: { selector: set.selector, records: records as unknown as JsonValue }, text };
    },
  });
}

export const dkimAdd = makingVerb(
  'add',
  'Makes the keys under which a domain signs its outgoing mail (DKIM), and shows their DNS records.',
  'Two keys: RSA of 2048 bits, which everybody can check, and Ed25519. Each mail gets both signatures.',
);

export const dkimRotate = makingVerb(
  'rotate',
  'Makes the next keys of a domain and shows their DNS records; the present ones sign until those are published.',
  'Keep the records of the old keys published as long as `domain dkim list` says.',
);

export const dkimList = asVerb<DomainRequest>({
  name: 'domain dkim list',
  act: 'listAccounts',
  summary: 'Lists the signing keys of a domain, with their state and their DNS records.',
  usage: 'DOMAIN',
  examples: ['domain dkim list acme.example', 'domain dkim list acme.example --json'],
  prepare: prepareDomain,
  async perform(house, { name }) {
    const sets = await house.dkim.list(name);
    if (sets.length === 0)
      return { json: [], text: `${name} does not sign its mail yet: muniment domain dkim add ${name}` };
    const rows = sets.map((set) => [set.selector ?? 'erased', stateText(set)]);
    const living = sets.filter(({ status }) => status !== 'ended');
    const records = (await Promise.all(living.map((set) => recordsToPublish(house, set, name)))).flat();
    const json = sets.map((set) => ({
      selector: set.selector,
      status: set.status,
      keepUntilMs: set.status === 'retired' ? set.keepUntil : null,
      records: recordsOf(set, name).map((record) => ({ ...record })),
    }));
    return { json, text: [table(['SELECTOR', 'STATE'], rows), ...records.map(recordText)].join('\n\n') };
  },
});

export const dkimCheck = asVerb<DomainRequest>({
  name: 'domain dkim check',
  act: 'manageDomains',
  summary: 'Asks the DNS for the records of a domain’s keys; new keys that it shows are taken into use.',
  usage: 'DOMAIN',
  examples: ['domain dkim check acme.example'],
  prepare: prepareDomain,
  async perform(house, { name }): Promise<Answer> {
    house.dkim.forgetAnswers();
    const own = (await namesOf(house, name))[0]!;
    await house.dkim.tend([own], Date.now());
    const sets = (await house.dkim.list(name)).filter(({ status }) =>
      ['waiting', 'signing'].includes(status),
    );
    if (sets.length === 0)
      throw new VerbFailure(`${name} has no keys to sign with: muniment domain dkim add ${name}`);
    const found = await Promise.all(
      sets.map(async (set) => ({ set, records: await publishedOf(house, set, name) })),
    );
    const rows = found.flatMap(({ set, records }) =>
      records.map((record) => [record.name, publishedText(record), stateText(set)]),
    );
    const isWhole = found.every(({ records }) => records.every(({ isPublished }) => isPublished === true));
    const json = found.map(({ set, records }) => ({
      selector: set.selector,
      status: set.status,
      records: records.map((record) => ({ ...record })),
    }));
    return { json, text: table(['RECORD', 'IN THE DNS', 'KEYS'], rows), exitCode: isWhole ? 0 : 1 };
  },
});

export const dkimSwitch = asVerb<DomainRequest>({
  name: 'domain dkim switch',
  act: 'manageDomains',
  summary: 'Takes the waiting keys of a domain into use at once, whatever the DNS shows from here.',
  details:
    'For a DNS that shows other records inside than outside. Mail whose records nobody finds fails its check.',
  usage: 'DOMAIN',
  examples: ['domain dkim switch acme.example'],
  prepare: prepareDomain,
  async perform({ dkim }, { name }) {
    const { selector } = await dkim.switch(name, 'request', 'operator', Date.now());
    return { json: { selector }, text: `Mail of ${name} is signed under ${selector} from now on.` };
  },
});

export const dkimRemove = asVerb<DomainRequest>({
  name: 'domain dkim remove',
  act: 'manageDomains',
  summary: 'Ends keys of a domain and destroys their private parts; without any the domain signs no more.',
  usage: 'DOMAIN SELECTOR',
  examples: ['domain dkim remove acme.example m20261121'],
  prepare(args) {
    const [name, selector] = parseArguments(args, { positionals: ['DOMAIN', 'SELECTOR'] }).positionals;
    return { name: name!, selector: selector! };
  },
  async perform({ dkim }, { name, selector }) {
    await dkim.end(name, selector!, 'operator', Date.now());
    return { json: { selector: selector! }, text: `The keys ${selector} of ${name} are gone.` };
  },
});

/** The domain's own name, then its bound ones: mail is signed by the name in its From. */
async function namesOf({ directory, projections }: House, name: string): Promise<readonly string[]> {
  await projections.settle();
  const wanted = name.toLowerCase();
  const found = directory.domains().find((each) => each.name === wanted || each.boundNames.includes(wanted));
  return found ? [found.name, ...found.boundNames] : [name];
}

async function recordsToPublish(house: House, set: DkimKeySet, name: string): Promise<DkimRecord[]> {
  return (await namesOf(house, name)).flatMap((each) => recordsOf(set, each));
}

async function publishedOf(house: House, set: DkimKeySet, name: string): Promise<PublishedRecord[]> {
  const names = await namesOf(house, name);
  return (await Promise.all(names.map((each) => house.dkim.published(set, each)))).flat();
}

function recordText(record: DkimRecord): string {
  return [
    `Name   ${record.name}`,
    'Type   TXT',
    `Value  ${record.text}`,
    `As a line of a zone file: ${zoneLine(record)}`,
  ].join('\n');
}

function publishedText({ isPublished }: PublishedRecord): string {
  if (isPublished === null) return 'no answer';
  return isPublished ? 'published' : 'not there, or another key';
}

function stateText({ status, keepUntil }: DkimKeySet): string {
  if (status === 'retired')
    return `signs no more; leave its records published until ${new Date(keepUntil).toISOString().slice(0, 10)}`;
  return { waiting: 'waits for its records', signing: 'signs', ended: 'ended' }[status];
}
