/** `rule add|list|show|restore|withdraw`. */
import { readFileSync } from 'node:fs';
import type { RuleRow, RuleVersionRow } from '../../../projections/rules-queries.ts';
import { uuidPattern } from '../../domain/values.ts';
import { parseArguments } from '../arguments.ts';
import { unreadable } from '../file-fault.ts';
import type { House } from '../house.ts';
import { table } from '../table.ts';
import { asVerb, UsageError, VerbFailure } from '../verb.ts';

interface AddRequest extends Record<string, string | null> {
  text: string;
  of: string | null;
}

export const ruleAdd = asVerb<AddRequest, 'manageRules'>({
  name: 'rule add',
  act: 'manageRules',
  summary: 'Publishes a rule, or with --as a new version of one; its samples must come out as they should.',
  usage: 'FILE [--as ID]',
  details: 'What rules look like is in docs/rules.md.',
  examples: [
    'rule add no-contracts.json',
    'rule add no-contracts.json --as 1d9f7a52-9c11-4f6e-8a36-0d5b6f1c2e77',
  ],
  prepare: (args) => {
    const { positionals, options } = parseArguments(args, { positionals: ['FILE'], options: ['as'] });
    return {
      text: fileText(positionals[0]!),
      of: options['as'] === undefined ? null : ruleId(options['as']),
    };
  },
  async perform(house, { text, of }) {
    if (of === null) await refuseSameName(house, text);
    const { rule, version, isNew } = await house.rules.publish(text, of, null, 'operator');
    const said = isNew
      ? `is in force as its version ${version}`
      : `is in force already, as its version ${version}`;
    return { json: { rule, version, isNew }, text: `The rule ${rule} ${said}.` };
  },
});

/** Two rules of one name would be mistaken for each other. */
async function refuseSameName({ rules, ruleHistory, projections }: House, text: string): Promise<void> {
  const { name } = rules.read(text);
  await projections.settle();
  const same = ruleHistory.list(Date.now()).find((row) => row.name === name && row.phase !== 'withdrawn');
  if (same)
    throw new VerbFailure(`There is a rule ${name} already: --as ${same.rule} makes this its new version.`);
}

export const ruleList = asVerb({
  name: 'rule list',
  act: 'readRules',
  summary: 'Lists the rules with what each has done.',
  usage: '',
  examples: ['rule list', 'rule list --json'],
  prepare: (args) => {
    parseArguments(args, { positionals: [] });
    return {};
  },
  async perform({ ruleHistory, projections }) {
    await projections.settle();
    const rules = ruleHistory.list(Date.now());
    const rows = rules.map((row) => [
      row.rule,
      row.name,
      stateText(row),
      row.owner,
      String(row.accepted),
      String(row.refused),
    ]);
    const head = ['ID', 'NAME', 'STATE', 'OWNER', 'LET IN', 'REFUSED'];
    const text = rules.length === 0 ? 'There are no rules yet: muniment rule add FILE' : table(head, rows);
    return { json: rules.map((row) => ({ ...row })), text };
  },
});

function stateText({ phase, version, failedVersion }: RuleRow): string {
  const failed = failedVersion === version ? ', BROKE ON A MAIL' : '';
  return `${phase}, version ${version}${failed}`;
}

interface VersionRequest extends Record<string, string | number | null> {
  id: string;
  version: number | null;
}

export const ruleShow = asVerb<VersionRequest, 'readRules'>({
  name: 'rule show',
  act: 'readRules',
  summary: 'Shows a rule: its versions and the text of the last or another one.',
  usage: 'ID [--version N]',
  examples: ['rule show 1d9f7a52-9c11-4f6e-8a36-0d5b6f1c2e77 --version 2'],
  prepare: versionRequest,
  async perform(house, { id, version }) {
    const { row, versions } = await found(house, id);
    const shown = versionOf(versions, version ?? row.version);
    const rows = versions.map((each) => [
      String(each.version),
      new Date(each.publishedAtMs).toISOString(),
      each.actor,
      each.restores === null ? '' : `text of ${each.restores}`,
      String(each.accepted),
      String(each.refused),
    ]);
    const list = table(['VERSION', 'PUBLISHED (UTC)', 'BY', '', 'LET IN', 'REFUSED'], rows);
    const reason = row.phase === 'withdrawn' ? `\nWithdrawn: ${row.withdrawnReason}` : '';
    return {
      json: { ...row, versions: versions.map((each) => ({ ...each })) },
      text: `${row.name}: ${stateText(row)}${reason}\n\n${list}\n\nVersion ${shown.version}:\n${shown.text.trimEnd()}`,
    };
  },
});

export const ruleRestore = asVerb<VersionRequest, 'manageRules'>({
  name: 'rule restore',
  act: 'manageRules',
  summary: 'Publishes the text of an earlier version anew: of the one before, or of another one.',
  usage: 'ID [--version N]',
  examples: ['rule restore 1d9f7a52-9c11-4f6e-8a36-0d5b6f1c2e77'],
  prepare: versionRequest,
  async perform(house, { id, version }) {
    const { row, versions } = await found(house, id);
    const restored = versionOf(versions, version ?? row.version - 1);
    const published = await house.rules.publish(restored.text, id, restored.version, 'operator');
    const text = `The rule ${id} says again what its version ${restored.version} said; this is its version ${published.version}.`;
    return { json: { ...published, restores: restored.version }, text };
  },
});

export const ruleWithdraw = asVerb({
  name: 'rule withdraw',
  act: 'manageRules',
  summary: 'Takes a rule out of force.',
  usage: 'ID --reason TEXT',
  examples: ['rule withdraw 1d9f7a52-9c11-4f6e-8a36-0d5b6f1c2e77 --reason "the contract desk does this now"'],
  prepare: (args) => {
    const { positionals, options } = parseArguments(args, { positionals: ['ID'], options: ['reason'] });
    const reason = options['reason']?.trim() ?? '';
    if (reason === '') throw new UsageError('Say why: --reason TEXT.');
    return { id: ruleId(positionals[0]!), reason };
  },
  async perform({ rules }, { id, reason }: { id: string; reason: string }) {
    await rules.withdraw(id, reason, 'operator');
    return { json: { rule: id }, text: `The rule ${id} is no longer in force.` };
  },
});

function versionRequest(args: readonly string[]): VersionRequest {
  const { positionals, options } = parseArguments(args, { positionals: ['ID'], options: ['version'] });
  const version = options['version'] === undefined ? null : Number(options['version']);
  if (version !== null && !(Number.isInteger(version) && version > 0))
    throw new UsageError(`${options['version']} is not the number of a version.`);
  return { id: ruleId(positionals[0]!), version };
}

async function found(
  { ruleHistory, projections }: House,
  id: string,
): Promise<{ row: RuleRow; versions: RuleVersionRow[] }> {
  await projections.settle();
  const row = ruleHistory.find(id, Date.now());
  if (!row) throw new VerbFailure(`There is no rule ${id}.`);
  return { row, versions: ruleHistory.versions(id) };
}

function versionOf(versions: readonly RuleVersionRow[], version: number): RuleVersionRow {
  const wanted = versions.find((each) => each.version === version);
  if (!wanted)
    throw new VerbFailure(version === 0 ? 'There is no version before.' : `There is no version ${version}.`);
  return wanted;
}

function ruleId(text: string): string {
  const id = text.toLowerCase();
  if (!uuidPattern.test(id))
    throw new UsageError(`${text} is not the id of a rule; muniment rule list shows them.`);
  return id;
}

export function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(unreadable(path, error));
  }
}
