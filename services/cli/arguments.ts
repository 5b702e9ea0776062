/** Command lines of verbs: positionals by count, options by name, errors that say what to do. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './verb.ts';

export interface Parsed {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly switches: Readonly<Record<string, boolean>>;
}

export interface Expected {
  /** Names of the positionals, for errors. */
  readonly positionals: readonly string[];
  /** Take any number of further positionals. */
  readonly more?: boolean;
  readonly options?: readonly string[];
  readonly switches?: readonly string[];
}

export function parseArguments(args: readonly string[], expected: Expected): Parsed {
  const { options = [], switches = [] } = expected;
  const described: NonNullable<ParseArgsConfig['options']> = {};
  for (const name of options)
    described[name] = name.length === 1 ? { type: 'string', short: name } : { type: 'string' };
  for (const name of switches) described[name] = { type: 'boolean' };
  const { values, positionals } = parse(args, described);
  checkCount(positionals, expected);
  return {
    positionals,
    options: Object.fromEntries(options.map((name) => [name, values[name] as string | undefined])),
    switches: Object.fromEntries(switches.map((name) => [name, values[name] === true])),
  };
}

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function checkCount(positionals: readonly string[], { positionals: names, more }: Expected): void {
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  if (!more && positionals.length > names.length)
    throw new UsageError(`${positionals[names.length]} is one argument too many.`);
}
