/** Entry of the `muniment` command and of the server: the composition root. */

import { type Openers, type Print, runCommand } from './cli/command-line.ts';
import { ServerSilent } from './cli/silent-server.ts';
import { exitCodes, UsageError } from './cli/verb.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { RootKeyRefused } from './key-store/root-key.ts';
import { HeadRefused } from './ledger/head-check.ts';
import { LogUnreachable } from './log-unreachable.ts';
import { DataFolderBusy } from './start/data-folder.ts';
import { StoreDamaged } from './store-damaged.ts';

/** Refusals that are meant for the administrator: told in one line, without a stack. */
const expected = [
  ConfigError,
  UsageError,
  DataFolderBusy,
  HeadRefused,
  LogUnreachable,
  RootKeyRefused,
  ServerSilent,
  StoreDamaged,
];

async function main(given: readonly string[]): Promise<number> {
  const { args, file } = withoutConfigOption(given);
  const config = (): Config => readConfig(process.env, file);
  if (args[0] === 'serve') {
    return serve(args.slice(1), config, file);
  }
  return runCommand({ args, config, print, ...openers });
}

async function serve(options: readonly string[], config: () => Config, file: string | null): Promise<number> {
  const isDemo = options[0] === '--demo';
  const [unknown] = isDemo ? options.slice(1) : options;
  if (unknown !== undefined)
    throw new UsageError(
      `serve knows no ${unknown}: it starts everything, and with --demo what is invented.`,
    );
  const start = await import('./start/serve.ts');
  if (!isDemo) return start.serve(config());
  const { demoConfig, demonstration } = await import('./demo/demonstration.ts');
  return start.serve(demoConfig(process.env, file), demonstration);
}

const print: Print = {
  out: (text) => void process.stdout.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
};

/** Loaded where they are needed: most verbs ask the serving process, and should not load a server for that. */
const openers: Openers = {
  openHouse: async (config) => (await import('./start/local-house.ts')).openLocalHouse(config),
  openStores: async (config) => (await import('./start/local-house.ts')).openLocalStores(config),
  openRestorable: async (config, mayCut) =>
    (await import('./start/restorable-house.ts')).openRestorableHouse(config, mayCut),
};

function withoutConfigOption(given: readonly string[]): { args: string[]; file: string | null } {
  const args = [...given];
  const at = args.indexOf('--config');
  if (at < 0) return { args, file: null };
  const [, file] = args.splice(at, 2);
  if (file === undefined) throw new UsageError('--config wants a file.');
  return { args, file };
}

function failed(error: unknown): number {
  const text = isExpected(error)
    ? (error as Error).message
    : String(error instanceof Error ? error.stack : error);
  const forPeople = error instanceof UsageError ? text : `muniment: ${text}`;
  process.stderr.write(`${process.argv.includes('--json') ? JSON.stringify({ error: text }) : forPeople}\n`);
  return error instanceof UsageError ? exitCodes.usage : exitCodes.unavailable;
}

/** Errors that crossed a thread keep their name but not their class. */
function isExpected(error: unknown): boolean {
  return expected.some((type) => error instanceof type || (error as Error)?.name === type.name);
}

// What is written here is its owner's alone, whatever the folder's rights were before.
process.umask(0o077);
// A worker that still holds the event loop must not keep a finished command from ending.
process.exit(await main(process.argv.slice(2)).catch(failed));
