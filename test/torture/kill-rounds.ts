/**
 * Rounds of one server on one data folder: peers send, sessions file, flag, move and expunge, and at a seeded moment
 * the process is killed. It starts again, must verify, and must show everything that it has acknowledged.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapClient } from '../support/imap-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { WireEnded } from '../support/wire.ts';
import { type ActorParts, ImapActor } from './imap-actor.ts';
import { AccountRecord, PromiseBroken } from './mail-record.ts';
import { reconcile } from './reconcile.ts';
import { sendMails } from './smtp-actor.ts';

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Everything is verified each so many rounds, and in the last; else what came since the last checkpoint. */
  readonly fullVerifyEvery: number;
  readonly report: (line: string) => void;
}

const senders = 3;
const pairs = [
  ['INBOX', 'Kept'],
  ['Drafts', 'Sent'],
] as const;

/** Rejects with `PromiseBroken`; the data folder then stays for whoever looks into it. */
export async function runKillRounds({ rounds, seed, fullVerifyEvery, report }: KillOptions): Promise<void> {
  const accounts = ['wang', 'li'].map((name) => new AccountRecord(name, pairs.flat()));
  for (const account of accounts) account.fellows.push(...accounts.filter((other) => other !== account));
  const server = await RealServer.start(
    accounts.map(({ name }) => name),
    { MUNIMENT_SEAL_INTERVAL_MS: '500' },
  );
  try {
    for (const account of accounts) await makeMailboxes(server, account);
    const house = new KillHouse(server, accounts);
    for (let round = 1; round <= rounds; round++) {
      const isFull = round === rounds || round % fullVerifyEvery === 0;
      report(`round ${round} seed ${seed + round}: ${await house.round(seed + round, isFull)}`);
    }
  } catch (error) {
    await server.kill();
    throw new Error(`${(error as Error).message}; see ${server.data}`, { cause: error });
  }
  await server.dispose();
}

async function makeMailboxes({ ports }: RealServer, { name, mailboxes }: AccountRecord): Promise<void> {
  const client = await ImapClient.login(ports.imap, addressOf(name), passwordOf(name));
  for (const mailbox of mailboxes.keys()) await client.command(`CREATE "${mailbox}"`);
  await client.logout();
}

class KillHouse {
  readonly #server: RealServer;
  readonly #accounts: readonly AccountRecord[];
  #tokens = 0;
  /** Size of the last checkpoint that was found good. */
  #knownSize: number | null = null;

  constructor(server: RealServer, accounts: readonly AccountRecord[]) {
    this.#server = server;
    this.#accounts = accounts;
  }

  /** One round; what it did, for the record. */
  async round(seed: number, isFull: boolean): Promise<string> {
    const random = seededRandom(seed);
    const acknowledged = await this.#untilKilled(random);
    const starts = await this.#startAgain(random);
    const incoming = readdirSync(join(this.#server.data, 'volumes', 'incoming'));
    if (incoming.length > 0) throw new PromiseBroken(`volumes/incoming was not emptied: ${incoming}`);
    for (const account of this.#accounts) await this.#reconcile(account);
    const verified = await this.#verify(isFull);
    const kept = this.#accounts.flatMap(({ tokens }) => tokens).length;
    return `${acknowledged} acknowledged, ${starts} start${starts > 1 ? 's' : ''}, ${kept} messages, ${verified}`;
  }

  /** Everybody at once, until the seeded moment comes; how many acknowledgements there were. */
  async #untilKilled(random: () => number): Promise<number> {
    const [killAfter, delayMs] = [1 + Math.floor(random() * 60), random() * 20];
    const { ports } = this.#server;
    let acknowledged = 0;
    const due = Promise.withResolvers<void>();
    const onAck = (): void => {
      if (++acknowledged === killAfter) due.resolve();
    };
    const parts = (): ActorParts => ({
      random: seededRandom(Math.floor(random() * 2 ** 32)),
      newToken: () => `token-${++this.#tokens}`,
      onAck,
    });
    const actors = [
      ...Array.from({ length: senders }, () => sendMails(ports.smtp, this.#accounts, parts())),
      ...this.#accounts.flatMap((account) =>
        pairs.map((pair) => new ImapActor(account, pair, parts()).run(ports.imap)),
      ),
    ].map((actor) => actor.catch(endedOrThrow));
    await Promise.race([due.promise, Promise.all(actors)]);
    await sleep(delayMs);
    await this.#server.kill();
    await Promise.all(actors);
    return acknowledged;
  }

  /** Now and then the start is killed as well. */
  async #startAgain(random: () => number): Promise<number> {
    const [isKilled, killAfterMs] = [random() < 0.2, 200 + random() * 1500];
    if (!isKilled) {
      await this.#server.start();
      return 1;
    }
    const starting = this.#server.start().catch(() => {});
    await sleep(killAfterMs);
    await this.#server.kill();
    await starting;
    await this.#server.start();
    return 2;
  }

  async #reconcile(account: AccountRecord): Promise<void> {
    const { name } = account;
    const client = await ImapClient.login(this.#server.ports.imap, addressOf(name), passwordOf(name));
    await client.ok('ENABLE CONDSTORE');
    await reconcile(account, client);
    await client.logout();
  }

  async #verify(isFull: boolean): Promise<string> {
    const since = isFull ? null : this.#knownSize;
    const args = since === null ? [] : ['--since', String(since)];
    const { code, stdout, stderr } = await this.#server.verb('verify', '--json', ...args);
    if (code !== 0)
      throw new PromiseBroken(`verify ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    this.#knownSize = headSize(this.#server.data);
    const { records, size, mails } = JSON.parse(stdout) as Record<string, number>;
    return `verified ${since === null ? 'all' : `since ${since}`}: ${records} of ${size} records, ${mails} mails`;
  }
}

/** Leaves that `ledger/HEAD` signs. */
function headSize(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'ledger', 'HEAD'), 'utf8').split('\n')[1]);
}

function endedOrThrow(error: unknown): void {
  if (error instanceof WireEnded) return;
  throw error;
}
