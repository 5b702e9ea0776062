/** What a measure is, and the few things that all of them need. */
import type { BenchServer } from './bench-server.ts';
import { password, userOf } from './bench-server.ts';
import { mailOf, realisticOctets } from './corpus.ts';
import { ImapDriver } from './imap-driver.ts';

/** Figures of one measure; the unit is in each name. */
export type Figures = Readonly<Record<string, number | null>>;

export interface Bench {
  readonly server: BenchServer;
  /** Multiplies the numbers of messages. */
  readonly scale: number;
  /** Tells mails of one measure from those of another. */
  readonly run: () => number;
}

export interface Measure {
  readonly name: string;
  readonly take: (bench: Bench) => Promise<Figures>;
}

/** Users of the workload by their numbers. */
export const users = {
  targets: 98,
  idle: 99,
  firstMixed: 100,
  mixed: 50,
  rows: 198,
  big: 199,
  pop3: 200,
} as const;

export function scaled({ scale }: Bench, count: number): number {
  return Math.max(10, Math.round(count * scale));
}

export function realisticMails(count: number, run: number): Buffer[] {
  return Array.from({ length: count }, (_, n) => mailOf(n, realisticOctets(n), run));
}

export function login({ server }: Bench, user: number): Promise<ImapDriver> {
  return ImapDriver.open(server.ports.imap, userOf(user), password);
}

/** One after the other: many at once would be taken for a guesser. */
export async function loginAll(bench: Bench, numbers: readonly number[]): Promise<ImapDriver[]> {
  const clients: ImapDriver[] = [];
  for (const user of numbers) clients.push(await login(bench, user));
  return clients;
}

/** Connections that fill one mailbox. */
const fillConnections = 8;

/** Appends the realistic mix until the user's INBOX holds so many messages; octets that were appended. */
export async function fillInbox(bench: Bench, user: number, count: number): Promise<number> {
  const watcher = await login(bench, user);
  let next = await watcher.messages('INBOX');
  let octets = 0;
  const work = async (): Promise<void> => {
    const imap = await login(bench, user);
    for (let n = next++; n < count; n = next++) {
      const mail = mailOf(n, realisticOctets(n), user);
      await imap.append('INBOX', mail);
      octets += mail.length;
    }
    imap.close();
  };
  await Promise.all(Array.from({ length: fillConnections }, work));
  watcher.close();
  return octets;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
