/**
 * A busy server's system calls are recorded; then its data folder is made as a disk would have it when the power is
 * cut at one place of the record after the other. On each a server must start and verify, and show all that was
 * acknowledged before the cut.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealServer } from '../support/real-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { readSystemCalls, type SystemCall, straceInto, writtenOctets } from '../support/system-calls.ts';
import { accountNames, type BusyPeople, makeBusy, makeMailboxes, newRecords } from './busy-server.ts';
import type { AccountRecord } from './mail-record.ts';
import { PromiseBroken } from './mailbox-record.ts';
import { reconcile } from './reconcile.ts';
import { lateWrites, RecordedDisk } from './recorded-disk.ts';

export interface PowerCutOptions {
  readonly cuts: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}

/** Acknowledgements in the recorded run. */
const enough = 80;
/** A whole mail of some MiB, as strace writes it, and more than any other call. */
const maxStringOctets = 16 * 1024 * 1024;
const settings = { MUNIMENT_SEAL_INTERVAL_MS: '300' };

/** Rejects with what went wrong; the folder of that cut then stays for whoever looks into it. */
export async function runPowerCuts({ cuts, seed, report }: PowerCutOptions): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'muniment-power-'));
  const random = seededRandom(seed);
  const run = await recordRun(join(scratch, 'calls'), random);
  report(`recorded: ${run.places.length} places, ${run.answers.length} answers`);
  for (let cut = 1; cut <= cuts; cut++) {
    const cutSeed = seed + cut;
    try {
      report(
        `cut ${cut} seed ${cutSeed}: ${await tryCut(run, join(scratch, `cut-${cut}`), seededRandom(cutSeed))}`,
      );
    } catch (error) {
      throw new Error(`cut ${cut} seed ${cutSeed}: ${(error as Error).message}; see ${scratch}`, {
        cause: error,
      });
    }
  }
  await rm(scratch, { recursive: true });
}

interface RecordedRun {
  readonly disk: RecordedDisk;
  readonly places: readonly number[];
  /** What went out to peers, and where in the record. */
  readonly answers: readonly { readonly begun: number; readonly text: string }[];
  /** Acknowledgement behind which all accounts and mailboxes are there. */
  readonly ready: string;
  readonly people: BusyPeople;
}

async function recordRun(traceFile: string, random: () => number): Promise<RecordedRun> {
  const server = await RealServer.prepare(settings);
  server.under = straceInto(traceFile, maxStringOctets);
  try {
    await server.start();
    await server.addAccounts(accountNames);
    const ready = await makeMailboxes(server);
    let tokens = 0;
    const newToken = (): string => `token-${++tokens}`;
    const people = makeBusy(server, newRecords(), random, { newToken, enough });
    await people.acknowledged;
    await server.kill();
    await people.ended;
    const calls = readSystemCalls(traceFile);
    const disk = new RecordedDisk(server.data, calls);
    return { disk, places: disk.places, answers: answersIn(calls), ready: `${ready} `, people };
  } finally {
    await server.dispose();
  }
}

function answersIn(calls: readonly SystemCall[]): RecordedRun['answers'] {
  return calls
    .filter(({ name, target }) => name.startsWith('write') && target.startsWith('TCP:'))
    .map((call) => ({ begun: call.begun, text: writtenOctets(call).toString('latin1') }));
}

/** One cut; what it was, for the record. */
async function tryCut(run: RecordedRun, folder: string, random: () => number): Promise<string> {
  const place = placeOfCut(run, random);
  const late = lateWrites[Math.floor(random() * lateWrites.length)]!;
  run.disk.restore(folder, place, late, random);
  const server = await RealServer.prepare(settings, folder);
  try {
    await server.start();
    const heard = run.answers
      .filter(({ begun }) => begun < place)
      .map(({ text }) => text)
      .join('');
    const records = heard.includes(run.ready) ? recordsAt(run, heard) : [];
    for (const record of records) await reconcile(server, record);
    const { code, stdout } = await server.verb('verify');
    if (code !== 0) throw new PromiseBroken(`verify ended with ${code}: ${stdout}`);
    const messages = records.flatMap(({ tokens }) => tokens).length;
    await server.dispose();
    return `at ${place}, late writes ${late}: ${messages} messages`;
  } catch (error) {
    await server.kill();
    throw new Error(`at ${place}, late writes ${late}: ${(error as Error).message}`, { cause: error });
  }
}

/** Half of the cuts come right behind an answer, where most is to be lost; the others anywhere. */
function placeOfCut({ places, answers }: RecordedRun, random: () => number): number {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return random() < 0.5 ? pick(answers).begun + 1 : pick(places) + 1;
}

/** What everybody knew when all this had been heard. */
function recordsAt({ people }: RecordedRun, heard: string): AccountRecord[] {
  const records = newRecords();
  const recordOf = (name: string): AccountRecord => records.find((record) => record.name === name)!;
  const sent = people.senders.flatMap((sender) => sender.sent);
  for (const { token, recipients } of sent) for (const name of recipients) recordOf(name).possible.add(token);
  for (const { account, actor } of people.sessions) {
    const record = recordOf(account);
    const unheard = actor.journal.findIndex(({ acknowledgement }) => !heard.includes(acknowledgement));
    const known = unheard < 0 ? actor.journal : actor.journal.slice(0, unheard);
    for (const { apply } of known) apply(record);
    const next = unheard < 0 ? actor.unanswered : actor.journal[unheard]!.command;
    if (next) record.inFlight.add(next);
  }
  for (const { acknowledgement, token, recipients } of sent) {
    if (acknowledgement === null || !heard.includes(acknowledgement)) continue;
    for (const name of recipients) recordOf(name).acknowledged(token);
  }
  return records;
}
