/** Memory, disk, rebuilding, and a mailbox of a million messages. */
import { setTimeout as sleep } from 'node:timers/promises';
import { userOf } from '../bench-server.ts';
import { type Bench, type Figures, fillInbox, login, type Measure, scaled, users } from '../measure.ts';
import { cpuSeconds, diskOctets, pssMb } from '../process-figures.ts';
import { fileRows } from '../synthetic-mailbox.ts';

const idleMs = 60_000;
const diskMessages = 2000;
/** A mailbox that no other measure fills. */
const diskUser = 197;
const manyRows = 1_000_000;

export const keepMeasures: readonly Measure[] = [
  { name: 'disk_ratio', take: diskRatio },
  { name: 'rebuild', take: rebuild },
  { name: 'memory_idle', take: idleMemory },
  { name: 'select_million', take: selectMillion },
];

/** Everything that the data folder grows by, write-ahead logs and read models with it. */
async function diskRatio(bench: Bench): Promise<Figures> {
  const before = diskOctets(bench.server.data);
  const received = await fillInbox(bench, diskUser, scaled(bench, diskMessages));
  const kept = diskOctets(bench.server.data) - before;
  return { receivedOctets: received, keptOctets: kept, ratio: kept / received };
}

async function rebuild(bench: Bench): Promise<Figures> {
  const text = bench.server.run('rebuild', 'mailboxes');
  const [, events, perSecond] = /(\d+) events in [\d.]+ s \((\d+)\/s\)/.exec(text)!;
  return { events: Number(events), perSecond: Number(perSecond) };
}

async function idleMemory({ server }: Bench): Promise<Figures> {
  await sleep(idleMs);
  const afterLoad = pssMb(server.pid);
  await server.stop();
  await server.start();
  await sleep(idleMs);
  const cpuBefore = cpuSeconds(server.pid);
  await sleep(1000);
  const idleCpu = cpuBefore === null ? null : cpuSeconds(server.pid)! - cpuBefore;
  return { afterLoadPssMb: afterLoad, afterStartPssMb: pssMb(server.pid), idleCpuPerSecond: idleCpu };
}

async function selectMillion(bench: Bench): Promise<Figures> {
  const { server } = bench;
  const rows = scaled(bench, manyRows);
  await server.stop();
  await fileRows(server.data, userOf(users.rows), rows);
  await server.start();
  const imap = await login(bench, users.rows);
  const before = pssMb(server.pid);
  const startedAt = performance.now();
  const messages = await imap.select('INBOX');
  const coldMs = performance.now() - startedAt;
  const after = pssMb(server.pid);
  imap.close();
  return { messages, coldMs, morePssMb: before === null || after === null ? null : after - before };
}
