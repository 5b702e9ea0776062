/**
 * What peers without a login were refused. Mail for people here is recorded one by one up to a rate per network,
 * everything else is counted per network and minute: a flood costs the log a fact a minute.
 */
import type { DraftEvent } from '../domain/event.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import { mailRefused, type SessionProtocol, sessionDraft } from '../domain/session.ts';
import { newEventId } from '../identifiers.ts';
import { networkOf } from '../networks.ts';
import { RateLimit } from '../rate-limit.ts';
import type { RefusedMail } from '../record.ts';
import type { RecordQueue, Windowed } from './record-queue.ts';
import { StreamWriter } from './record-stream.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Facts of refused mail that one network gets per minute. */
const maxMailFactsPerMinute = 30;
/** Recipients that one fact names; a record holds no more than 64 KiB. */
const maxAccountsPerFact = 500;
/** Different counts of one minute; what goes beyond is counted under one network name. */
const maxCounts = 5000;
const otherNetworks = 'others';

interface Count {
  readonly minute: number;
  readonly protocol: SessionProtocol;
  readonly reason: RefusalCode;
  readonly network: string;
  count: number;
}

export class PeerRecorder implements Windowed {
  readonly #queue: RecordQueue;
  readonly #mailFacts = new RateLimit({ max: maxMailFactsPerMinute, windowMs: minuteMs, maxKeys: 10_000 });
  readonly #counts = new Map<string, Count>();
  #timer: NodeJS.Timeout | null = null;
  #writer: StreamWriter | null = null;
  #writerDay = -1;

  constructor(queue: RecordQueue) {
    this.#queue = queue;
  }

  get since(): number | null {
    return this.#writer?.since ?? null;
  }

  mailRefused({ accounts, reason, sender, peer }: RefusedMail): void {
    if (!this.#mailFacts.spend(networkOf(peer), this.#queue.now())) {
      this.peerRefused('smtp', peer, reason);
      return;
    }
    const facts: DraftEvent[] = [];
    for (let first = 0; first < accounts.length; first += maxAccountsPerFact) {
      facts.push(mailRefused(accounts.slice(first, first + maxAccountsPerFact), reason, sender, peer));
    }
    this.#push(facts);
  }

  peerRefused(protocol: SessionProtocol, peer: string, reason: RefusalCode): void {
    const minute = Math.floor(this.#queue.now() / minuteMs) * minuteMs;
    const full = this.#counts.size >= maxCounts;
    const network = networkOf(peer);
    const key = `${minute} ${protocol} ${reason} `;
    const count =
      this.#counts.get(key + network) ??
      this.#newCount(key, { minute, protocol, reason, network: full ? otherNetworks : network, count: 0 });
    count.count++;
    this.#timer ??= setTimeout(() => this.endMinute(), minuteMs).unref();
  }

  /** Hands over what has been counted. */
  endMinute(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    this.#push(
      counts.map(({ protocol, reason, minute, count, network }) =>
        sessionDraft('PeersRefused', { protocol, reason, minute, count }, { network }),
      ),
    );
  }

  endWindow(): void {
    this.#writer?.write();
  }

  async durable(): Promise<void> {
    await this.#writer?.settled();
  }

  #newCount(key: string, count: Count): Count {
    const known = this.#counts.get(key + count.network);
    if (!known) this.#counts.set(key + count.network, count);
    return known ?? count;
  }

  #push(facts: readonly DraftEvent[]): void {
    if (facts.length === 0) return;
    const now = this.#queue.now();
    this.#writerOfToday(now).push(facts, now);
    this.#queue.beginWindow();
  }

  /** A stream a day and process, so that none grows for ever and its key can be destroyed in time. */
  #writerOfToday(now: number): StreamWriter {
    const day = Math.floor(now / dayMs);
    if (this.#writer && !this.#writer.broken && this.#writerDay === day) return this.#writer;
    this.#writer?.write();
    this.#writer = new StreamWriter(`session-${newEventId()}`, 'peer', this.#queue, this);
    this.#writerDay = day;
    return this.#writer;
  }
}
