/**
 * Rounds of one server on one data folder: peers send, sessions file, flag, move and expunge, and at a seeded moment
 * the process is killed. It starts again, must verify, and must show everything that it has acknowledged.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RealServer } from '../support/real-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { ServerLog } from '../support/server-log.ts';
import { accountNames, makeBusy, makeMailboxes, newRecords } from './busy-server.ts';
import { PromiseBroken } from './mailbox-record.ts';
import { reconcile } from './reconcile.ts';

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Everything is verified each so many rounds, and in the last; else what came since the last checkpoint. */
  readonly fullVerifyEvery: number;
  readonly report: (line: string) => void;
  /** SQLite in the data folder where absent. */
  readonly log?: ServerLog;
}

/** Rejects with what went wrong; the data folder then stays for whoever looks into it. */
export async function runKillRounds(options: KillOptions): Promise<void> {
  const { rounds, seed, fullVerifyEvery, report, log } = options;
  const server = await RealServer.start(accountNames, { MUNIMENT_SEAL_INTERVAL_MS: '500' }, log);
  try {
    await makeMailboxes(server);
    const house = new KillRounds(server);
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

class KillRounds {
  readonly #server: RealServer;
  readonly #accounts = newRecords();
  #tokens = 0;
  /** Size of the last checkpoint that was found good. */
  #knownSize: number | null = null;

  constructor(server: RealServer) {
    this.#server = server;
  }

  /** One round; what it did, for the record. */
  async round(seed: number, isFull: boolean): Promise<string> {
    const random = seededRandom(seed);
    const acknowledged = await this.#untilKilled(random);
    const starts = await this.#startAgain(random);
    const incoming = readdirSync(join(this.#server.data, 'volumes', 'incoming'));
    if (incoming.length > 0) throw new PromiseBroken(`volumes/incoming was not emptied: ${incoming}`);
    for (const account of this.#accounts) await reconcile(this.#server, account);
    const verified = await this.#verify(isFull);
    const kept = this.#accounts.flatMap(({ tokens }) => tokens).length;
    return `${acknowledged} acknowledged, ${starts} start${starts > 1 ? 's' : ''}, ${kept} messages, ${verified}`;
  }

  /** Everybody at once, until the seeded moment comes; how many acknowledgements there were. */
  async #untilKilled(random: () => number): Promise<number> {
    const [enough, delayMs] = [1 + Math.floor(random() * 60), random() * 20];
    const newToken = (): string => `token-${++this.#tokens}`;
    const people = makeBusy(this.#server, this.#accounts, random, { newToken, enough });
    await people.acknowledged;
    await sleep(delayMs);
    await this.#server.kill();
    return people.ended;
  }

  /** Now and then the start is killed as well. */
  async #startAgain(random: () => number): Promise<number> {
    const [isKilled, killAfterMs] = [random() < 0.2, 200 + random() * 1500];
    if (isKilled) {
      const starting = this.#server.start().catch(() => {});
      await sleep(killAfterMs);
      await this.#server.kill();
      await starting;
    }
    await this.#server.start();
    return isKilled ? 2 : 1;
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
