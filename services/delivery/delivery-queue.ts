/**
 * The queue at work: what is due is fetched from its projection, as much as runs soon, and handed over by the limits
 * of `lanes.ts`. Memory holds what runs and little more, however long the queue is. At start, attempts that a crash
 * cut off are marked first.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliveries } from '../../projections/deliveries-queries.ts';
import type { LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { type LaneLimits, Lanes } from './lanes.ts';
import type { Destination, Envelope, Transactions } from './transaction.ts';

export interface QueueParts {
  readonly deliveries: Pick<Deliveries, 'waitingDomains' | 'nextDueAtMs' | 'due' | 'attempting'>;
  /** Waits until the projection has what is at `position`; false after `maxWaitMs`. */
  readonly reached: (position: number, maxWaitMs: number) => Promise<boolean>;
  /** Position of the log's last event. */
  readonly head: () => Promise<number>;
  /** Calls for every event of a delivery from now on; the returned function ends it. */
  readonly onEvent: (listener: (event: LoggedEvent) => void) => () => void;
  readonly log: DeliveryLog;
  readonly transactions: Pick<Transactions, 'perform'>;
  /** Everything goes to the smart host. */
  readonly toRelay: boolean;
  readonly limits: LaneLimits;
  /** Told of what keeps a mail or the queue itself from going on. */
  readonly report: (error: unknown) => void;
}

/** Fetched for one destination at once. */
const rowsPerFetch = 200;
const domainsPerFetch = 50;
/** Transactions in memory that are enough for now. */
const enoughWaiting = 1000;
const longestPauseMs = 60_000;
/** A delivery that left no event (its mail is erased, the log is away) is left alone for so long. */
const parkMs = 30_000;
const patienceMs = 5000;
/** Attempts marked at once after a crash. */
const marksAtOnce = 100;
const relay: Destination = { key: 'relay', domain: null };

export class DeliveryQueue {
  readonly #parts: QueueParts;
  readonly #lanes: Lanes;
  readonly #stopping = new AbortController();
  /** By destination: fetched, running, or ended and not yet seen by the projection. */
  readonly #busy = new Map<Destination['key'], Set<Uuid>>();
  readonly #running = new Set<Promise<void>>();
  /** Position of the last event that may have made something due. */
  #changedAt = -1;
  #wake: () => void = () => {};
  #isWoken = false;
  #stopListening: () => void = () => {};
  #ended: Promise<void> = Promise.resolve();
  /** Domain behind which the next ones are looked for: they take turns. */
  #lastDomain = '';
  #pauseMs = 0;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#lanes = new Lanes(parts.limits);
  }

  /** Returns at once; the queue begins when its projection has everything that is in the log now. */
  start(): void {
    this.#stopListening = this.#parts.onEvent((event) => {
      this.#changedAt = Math.max(this.#changedAt, event.position);
      this.#wakeUp();
    });
    this.#ended = this.#run();
  }

  /** Begins nothing new and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopListening();
    this.#stopping.abort();
    this.#wakeUp();
    await this.#ended;
    await Promise.all(this.#running);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted && !(await this.#tried(() => this.#markInterrupted())))
      await this.#pause(patienceMs);
    while (!signal.aborted) {
      this.#isWoken = false;
      const fetched = await this.#tried(() => this.#fetch());
      this.#advance();
      await this.#pause(fetched ? this.#pauseMs : patienceMs);
    }
  }

  /** An attempt without an outcome belongs to a process that has ended: this one has begun none. */
  async #markInterrupted(): Promise<void> {
    const head = await this.#parts.head();
    if (!(await this.#parts.reached(head, patienceMs))) throw new Error('the queue waits for its projection');
    const interrupted = this.#parts.deliveries.attempting();
    for (let first = 0; first < interrupted.length; first += marksAtOnce) {
      const group = interrupted.slice(first, first + marksAtOnce);
      const unknown = { kind: 'noteUnknownOutcome', because: 'crash', nextAttemptAt: Date.now() } as const;
      const positions = await Promise.all(group.map((id) => this.#parts.log.record(id, unknown)));
      this.#changedAt = Math.max(this.#changedAt, ...positions.map((position) => position ?? -1));
    }
  }

  /** Brings what is due into the lanes that have nothing left. */
  async #fetch(): Promise<void> {
    await this.#parts.reached(this.#changedAt, patienceMs);
    if (this.#stopping.signal.aborted) return;
    const nowMs = Date.now();
    if (this.#lanes.waiting < enoughWaiting) {
      for (const destination of this.#destinations(nowMs)) this.#fill(destination, nowMs);
    }
    const dueAtMs = this.#parts.deliveries.nextDueAtMs(nowMs);
    this.#pauseMs = dueAtMs === null ? longestPauseMs : Math.min(longestPauseMs, dueAtMs - nowMs);
  }

  #fill(destination: Destination, nowMs: number): void {
    if (!this.#lanes.isEmpty(destination.key)) return;
    const busy = this.#busy.get(destination.key) ?? new Set();
    const limit = rowsPerFetch + busy.size;
    const rows = this.#parts.deliveries.due(destination.domain, nowMs, limit);
    // The last mail may have more recipients than were fetched: it comes whole with the next ones.
    const last = rows.at(-1)?.message;
    const cut = rows.length === limit && rows[0]!.message !== last ? last : null;
    const due = rows.filter(({ delivery, message }) => message !== cut && !busy.has(delivery));
    if (due.length === 0) return;
    for (const { delivery } of due) busy.add(delivery);
    this.#busy.set(destination.key, busy);
    this.#lanes.add(destination, due);
  }

  #destinations(nowMs: number): readonly Destination[] {
    if (this.#parts.toRelay) return [relay];
    const domains = this.#parts.deliveries.waitingDomains(this.#lastDomain, domainsPerFetch);
    const isLastPage = domains.length < domainsPerFetch;
    // There may be more of them: the next round goes on there.
    if (!isLastPage) this.#isWoken = true;
    this.#lastDomain = isLastPage ? '' : domains.at(-1)!.domain;
    return domains.filter(({ dueAtMs }) => dueAtMs <= nowMs).map(({ domain }) => ({ key: domain, domain }));
  }

  /** Starts what may run. */
  #advance(): void {
    for (let next = this.#lanes.next(); next && !this.#stopping.signal.aborted; next = this.#lanes.next()) {
      const work = this.#perform(next.destination, next.envelope);
      this.#running.add(work);
      void work.finally(() => this.#running.delete(work));
    }
  }

  async #perform(destination: Destination, envelope: Envelope): Promise<void> {
    const position = await this.#parts.transactions.perform(destination, envelope).catch((error) => {
      this.#parts.report(error);
      return -1;
    });
    this.#lanes.ended(destination);
    this.#advance();
    if (this.#lanes.isEmpty(destination.key)) this.#wakeUp();
    void this.#settle(destination, envelope, position);
  }

  /** Until the projection has its outcome, a delivery still looks due there. */
  async #settle({ key }: Destination, { recipients }: Envelope, position: number): Promise<void> {
    const { signal } = this.#stopping;
    if (position < 0) await sleep(parkMs, undefined, { signal, ref: false }).catch(() => {});
    while (!signal.aborted && !(await this.#parts.reached(position, patienceMs)));
    const busy = this.#busy.get(key)!;
    for (const { delivery } of recipients) busy.delete(delivery);
    if (busy.size === 0) this.#busy.delete(key);
    this.#wakeUp();
  }

  async #tried(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#parts.report(error);
      return false;
    }
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Ends early when something happens. */
  async #pause(durationMs: number): Promise<void> {
    if (this.#isWoken || this.#stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
