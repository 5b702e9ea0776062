/**
 * Runs a reaction on the log in its order, from where it stood. It never leaves an event out: one that fails is
 * tried again, from the last event that went through, and health shows it meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedEvent } from '../domain/event.ts';
import type { Subscription } from '../event-store/event-store.ts';

export interface Reaction {
  readonly name: string;
  /** Event types that it reacts to; the others pass by. */
  readonly types: ReadonlySet<string>;
  /** Types whose personal part it reads. */
  readonly opens: boolean;
  /** Resolves when everything that these events ask for is done and durable. */
  handle(events: readonly LoggedEvent[]): Promise<void>;
}

/** How far reactions have come. Losing it costs time, never a second effect. */
export interface ReactionCheckpoints {
  /** Position of the last event that went through; -1 for none. */
  get(reaction: string): number;
  set(reaction: string, position: number): void;
}

export interface ReactionLog {
  subscribe(afterPosition: number, handler: (events: readonly LoggedEvent[]) => Promise<void>): Subscription;
  prepare(events: readonly LoggedEvent[]): Promise<void>;
}

export interface ReactionHealth {
  readonly name: string;
  readonly state: 'running' | 'failing';
  readonly position: number;
}

const retryMs = 2000;
/** Checkpoints are written so often at most: they only shorten the next start. */
const checkpointIntervalMs = 1000;

export class ReactionRunner {
  readonly #reaction: Reaction;
  readonly #log: ReactionLog;
  readonly #checkpoints: ReactionCheckpoints;
  readonly #onFault: (reaction: string, error: unknown) => void;
  readonly #stopping = new AbortController();
  #subscription: Subscription | null = null;
  #position: number;
  #savedAtMs = 0;
  #failing = false;
  #waiters: { readonly position: number; readonly resolve: () => void }[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(
    reaction: Reaction,
    log: ReactionLog,
    checkpoints: ReactionCheckpoints,
    onFault: (reaction: string, error: unknown) => void,
  ) {
    this.#reaction = reaction;
    this.#log = log;
    this.#checkpoints = checkpoints;
    this.#onFault = onFault;
    this.#position = checkpoints.get(reaction.name);
  }

  /** `head`: position of the log's last event. A checkpoint beyond it belongs to another log and counts for nothing. */
  start(head: number): void {
    if (this.#position > head) this.#position = -1;
    this.#running = this.#run();
  }

  /** Resolves when everything up to a position has gone through. */
  passed(position: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ position, resolve });
      this.#tellWaiters();
    });
  }

  health(): ReactionHealth {
    return {
      name: this.#reaction.name,
      state: this.#failing ? 'failing' : 'running',
      position: this.#position,
    };
  }

  /** Finishes what it has in hand and keeps how far it came. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#subscription?.close();
    await this.#running;
    this.#checkpoints.set(this.#reaction.name, this.#position);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#subscription = this.#log.subscribe(this.#position, (events) => this.#take(events));
      try {
        await this.#subscription.ended;
      } catch (error) {
        this.#failing = true;
        this.#onFault(this.#reaction.name, error);
        await sleep(retryMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      }
    }
  }

  #tellWaiters(): void {
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(({ position }) => position > this.#position);
    for (const { position, resolve } of waiting) if (position <= this.#position) resolve();
  }

  async #take(events: readonly LoggedEvent[]): Promise<void> {
    const wanted = events.filter(({ type }) => this.#reaction.types.has(type));
    if (wanted.length > 0) {
      if (this.#reaction.opens) await this.#log.prepare(wanted);
      await this.#reaction.handle(wanted);
    }
    this.#failing = false;
    this.#position = events.at(-1)!.position;
    this.#tellWaiters();
    if (Date.now() - this.#savedAtMs < checkpointIntervalMs) return;
    this.#savedAtMs = Date.now();
    this.#checkpoints.set(this.#reaction.name, this.#position);
  }
}
