/** The `muniment` command: finds the verb, carries it out in the serving process or here, prints. */
import { writeFileSync } from 'node:fs';
import { ask } from '../../policies/access.ts';
import type { Config } from '../config.ts';
import { isRefusal } from '../domain/refusals.ts';
import { HeadRefused } from '../ledger/head-check.ts';
import { RestoreRefused } from '../ledger/restore-plan.ts';
import { isStoreDamaged } from '../store-damaged.ts';
import { askServer, NoServer } from './control-client.ts';
import type { ControlReply } from './control-protocol.ts';
import { diagnose } from './diagnosis.ts';
import { helpText } from './help.ts';
import type { House, RestorableHouse, VerifiableHouse } from './house.ts';
import { operator, performVerb, refusedReply, replyOf } from './perform.ts';
import { progressLine } from './progress-line.ts';
import { table } from './table.ts';
import { exitCodes, type Progress, UsageError, type Verb, VerbFailure } from './verb.ts';
import { matchVerb, unknownVerb } from './verb-list.ts';
import { type RestoreRequest, restore, restoreHouse } from './verbs/restore.ts';
import { damagedStore, type VerifyRequest, verify, verifyHouse } from './verbs/verify.ts';

export interface Openers {
  /** Opens the data here, under their exclusive lock, for one verb. Throws `DataFolderBusy` and what a start throws. */
  readonly openHouse: (config: Config) => Promise<{ house: House; close(): Promise<void> }>;
  /** The stores alone, unchecked. */
  readonly openStores: (config: Config) => Promise<{ house: VerifiableHouse; close(): Promise<void> }>;
  /** For `restore`, unchecked as well. */
  readonly openRestorable: (
    config: Config,
    mayCut: boolean,
  ) => Promise<{ house: RestorableHouse; close(): Promise<void> }>;
}

/** Where the command's words go: standard output and standard error of the one who asks. */
export interface Print {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

export interface CommandLine extends Openers {
  readonly args: readonly string[];
  /** Reads the configuration; throws `ConfigError`. */
  readonly config: () => Config;
  readonly print: Print;
}

/** Carries out any verb but `serve`; the exit code. */
export async function runCommand({ args: given, config, print, ...openers }: CommandLine): Promise<number> {
  const json = given.includes('--json');
  const args = given.filter((arg) => arg !== '--json');
  if (args.length === 0 || ['help', '--help', '-h'].includes(args[0]!))
    return printed(helpText(args.slice(1)), print);
  if (args[0] === 'doctor') return doctor(args.slice(1), config, json, print);
  const match = matchVerb(args);
  if (!match) throw new UsageError(unknownVerb(args));
  if (match.rest.includes('--help')) return printed(helpText(match.verb.name.split(' ')), print);
  const request = await match.verb.prepare(match.rest);
  const progress = progressLine();
  const reply = await carryOut(match.verb, request, config(), openers, progress.show);
  progress.clear();
  return conclude(reply, json, print);
}

function printed(text: string, print: Print): number {
  print.out(text);
  return exitCodes.done;
}

async function carryOut(
  verb: Verb,
  request: Awaited<ReturnType<Verb['prepare']>>,
  config: Config,
  openers: Openers,
  progress: Progress,
): Promise<ControlReply> {
  try {
    return await askServer(config.data, { verb: verb.name, request }, progress);
  } catch (error) {
    if (!(error instanceof NoServer)) throw error;
  }
  return carryOutHere(verb, request, config, openers, progress);
}

/** Under the exclusive lock. `verify` goes on where the log is refused: saying what is wrong is what it is for. */
async function carryOutHere(
  verb: Verb,
  request: Awaited<ReturnType<Verb['prepare']>>,
  config: Config,
  openers: Openers,
  progress: Progress,
): Promise<ControlReply> {
  const { openHouse, openStores } = openers;
  if (verb === restore) return restoreHere(request as RestoreRequest, config, openers, progress);
  try {
    const { house, close } = await openHouse(config);
    return await performVerb(house, verb.name, request, progress).finally(close);
  } catch (error) {
    if (verb === verify && isStoreDamaged(error)) return replyOf(damagedStore(error));
    if (verb !== verify || !(error instanceof HeadRefused)) throw error;
    const permit = ask(operator, 'verifyLog', { owner: null });
    if (isRefusal(permit)) return refusedReply(permit);
    const { house, close } = await openStores(config);
    const answer = await verifyHouse(house, request as VerifyRequest, progress, permit).finally(close);
    return replyOf({ ...answer, text: `The server refuses to start: ${error.message}\n${answer.text}` });
  }
}

async function restoreHere(
  request: RestoreRequest,
  config: Config,
  { openRestorable }: Openers,
  progress: Progress,
): Promise<ControlReply> {
  const permit = ask(operator, 'operate', { owner: null });
  if (isRefusal(permit)) return refusedReply(permit);
  const { house, close } = await openRestorable(config, request.yes);
  try {
    return replyOf(await restoreHouse(house, request, progress, permit));
  } catch (error) {
    if (!isForThePerson(error)) throw error;
    return { kind: 'failure', text: error.message, expected: true };
  } finally {
    await close();
  }
}

function isForThePerson(error: unknown): error is Error {
  return [VerbFailure, RestoreRefused, HeadRefused].some((type) => error instanceof type);
}

function conclude(reply: ControlReply, json: boolean, print: Print): number {
  if (reply.kind === 'answer') {
    if (reply.file) writeFileSync(reply.file.path, Buffer.from(reply.file.base64, 'base64'));
    print.out(json ? JSON.stringify(reply.json) : reply.text);
    return reply.exitCode;
  }
  const text = reply.kind === 'failure' ? reply.text : 'The server did not answer.';
  print.error(json ? JSON.stringify({ error: text }) : text);
  return exitCodes.failed;
}

async function doctor(
  args: readonly string[],
  config: () => Config,
  json: boolean,
  print: Print,
): Promise<number> {
  if (args.includes('--help')) return printed(helpText([]), print);
  if (args.length > 0) throw new UsageError(`doctor knows no ${args[0]}: it looks at everything.`);
  const permit = ask(operator, 'operate', { owner: null });
  if (isRefusal(permit)) return conclude(refusedReply(permit), json, print);
  const found = await diagnose(config());
  const rows = found.map(({ state, what, text }) => [state, what, text]);
  print.out(json ? JSON.stringify(found) : table(['STATE', 'WHAT', 'FINDING'], rows));
  return found.some(({ state }) => state === 'problem') ? exitCodes.failed : exitCodes.done;
}
