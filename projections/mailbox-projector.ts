/**
 * Keeps the stored mailstores close behind those in memory. Every event of a mailstore is brought to the state in
 * memory (own ones are there already), and what changed is stored at short intervals: a crash costs nothing but
 * reading some events again.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import type { MailstoreState } from '../services/domain/mailstore-state.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { Subscription } from '../services/event-store/event-store.ts';
import { type Checkpoint, checkpointAt, type LogReader } from './log-reader.ts';
import { cannotBeReplayed } from './mailbox-comparison.ts';
import {
  type MailboxRebuildReport,
  rebuildBesideMailboxes,
  type ServingMailboxes,
} from './mailbox-switch.ts';
import { type MailboxModel, openedByMailboxes } from './mailboxes.ts';
import type { Poison } from './projection-file.ts';
import { judgeProjection, type Phase, type ProjectionHealth } from './projection-health.ts';
import { besidePath, type RebuildMode, type RebuildProgress } from './projection-rebuild.ts';
import { maxPoisonedStreams, TooManyPoisonedStreams } from './projection-run.ts';
import { TouchedMailstores } from './touched-mailstores.ts';
import { Turns } from './turns.ts';

/** The mailstores in memory: `services/mailstores/mailstores.ts`. */
export interface LiveMailstores {
  /** The account's state, loaded and caught up with the log where it is not in memory. */
  open(account: Uuid): Promise<MailstoreState>;
  /** Brings an event to the account's state; one that is in it already changes nothing. */
  apply(event: LoggedEvent): Promise<void>;
  /** All states in memory. */
  loaded(): Promise<MailstoreState[]>;
}

export interface MailboxProjectorSettings {
  readonly flushIntervalMs: number;
  /** Events behind which it is stored without waiting for the interval. */
  readonly eventsPerFlush: number;
  /** Pause before a broken subscription or a failed first rebuild is tried again. */
  readonly retryMs: number;
  readonly onFault: (projection: string, error: unknown) => void;
}

const defaults: MailboxProjectorSettings = {
  flushIntervalMs: 250,
  eventsPerFlush: 20_000,
  retryMs: 5000,
  onFault: () => {},
};

/** A log of up to so many events is read live at the first start; a longer one beside, so that nobody waits. */
const maxEventsWithoutRebuild = 5000;

export class MailboxProjector {
  readonly #log: LogReader;
  readonly #model: MailboxModel;
  readonly #mailstores: LiveMailstores;
  readonly #settings: MailboxProjectorSettings;
  readonly #turns = new Turns();
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #touched: TouchedMailstores;
  #reached: Checkpoint;
  #headAtStart = -1;
  #phase: Phase = 'backfill';
  /** Until the first rebuild has taken over, accounts that nobody touches are missing in the file. */
  #isComplete = true;
  #rebuiltTo: number | null = null;
  /** Name of the error that keeps it from storing; null while it can. */
  #fault: string | null = null;
  /** A rebuild said something else than the file that serves. */
  #differs = false;
  #currentAtMs = Date.now();
  #subscription: Subscription | null = null;

  constructor(
    log: LogReader,
    model: MailboxModel,
    mailstores: LiveMailstores,
    settings: Partial<MailboxProjectorSettings> = {},
  ) {
    this.#log = log;
    this.#model = model;
    this.#mailstores = mailstores;
    this.#settings = { ...defaults, ...settings };
    this.#touched = new TouchedMailstores(model);
    this.#reached = model.checkpoint;
  }

  /** Resolves when it follows the log. */
  async start(): Promise<void> {
    if (this.#model.file.poisonedStreams >= maxPoisonedStreams) this.#phase = 'stopped';
    else if (this.#model.checkpoint.position < 0 && (await this.#isLongLog())) {
      this.#isComplete = false;
      this.#reached = await this.#headOfLog();
      this.#run(this.#rebuildFirst());
    } else if (existsSync(besidePath(this.#model.path))) {
      this.#run(this.rebuild().catch((error) => this.#settings.onFault('mailboxes', error)));
    }
    this.#headAtStart = await this.#log.head();
    this.#noteProgress();
    this.#run(this.#follow());
    this.#run(this.#storeAgainAndAgain());
  }

  /** Brings events to the states in memory, in order; `start` calls it for what the subscription delivers. */
  handle(events: readonly LoggedEvent[]): Promise<void> {
    return this.#turns.take(async () => {
      const concerned = events.filter(({ stream }) => stream.startsWith('mailstore-'));
      await this.#log.prepare(concerned.filter(({ type }) => openedByMailboxes.has(type)));
      for (const event of concerned) await this.#takeOne(event);
      this.#reached = checkpointAt(events.at(-1)!);
      this.#touched.passed(events.length);
      this.#noteProgress();
      if (this.#touched.eventsPassed >= this.#settings.eventsPerFlush) await this.#store();
    });
  }

  /** Stores what has changed. */
  flush(): Promise<void> {
    return this.#turns.take(() => this.#store());
  }

  /** Streams left out, with the errors that they caused. */
  poison(): Poison[] {
    return this.#model.file.poison();
  }

  /** Replays the mailstores beside those that serve, compares, and switches over where nothing differs. */
  async rebuild(
    progress: RebuildProgress = () => {},
    mode: RebuildMode = 'replace',
  ): Promise<MailboxRebuildReport> {
    if (this.#rebuiltTo !== null) throw new Error('the mailboxes are being rebuilt already');
    this.#rebuiltTo = -1;
    const tell: RebuildProgress = (position, head) => {
      this.#rebuiltTo = position;
      progress(position, head);
    };
    try {
      const report = await this.#run(rebuildBesideMailboxes(this.#serving(), mode, tell));
      if (report.differing !== null && report.differing.length > 0) this.#differs = true;
      return report;
    } finally {
      this.#rebuiltTo = null;
    }
  }

  async health(nowMs = Date.now()): Promise<ProjectionHealth> {
    const lagPositions = Math.max(0, (await this.#log.head()) - this.#reached.position);
    if (lagPositions === 0) this.#currentAtMs = nowMs;
    return judgeProjection({
      name: 'mailboxes',
      phase: this.#phase,
      position: this.#reached.position,
      lagPositions,
      lagMs: nowMs - this.#currentAtMs,
      poisonedStreams: this.#model.file.poisonedStreams,
      rebuiltTo: this.#rebuiltTo,
      stoppedBy: this.#fault ?? (this.#differs ? 'MailboxesDiffer' : null),
    });
  }

  /** Stores what has changed and stops. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#subscription?.close();
    await Promise.allSettled(this.#running);
    await this.flush();
  }

  #run<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }

  async #isLongLog(): Promise<boolean> {
    const read = await this.#log.readAll(-1, maxEventsWithoutRebuild + 1);
    return read.length > maxEventsWithoutRebuild;
  }

  async #headOfLog(): Promise<Checkpoint> {
    const [event] = await this.#log.readBack(await this.#log.head(), 1);
    return checkpointAt(event!);
  }

  #noteProgress(): void {
    this.#currentAtMs = Date.now();
    if (this.#phase === 'backfill' && this.#isComplete && this.#reached.position >= this.#headAtStart) {
      this.#phase = 'live';
    }
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted && this.#phase !== 'stopped') {
      this.#subscription = this.#log.subscribe(this.#reached.position, (events) => this.handle(events));
      await this.#subscription.ended.catch((error) => this.#settings.onFault('mailboxes', error));
      await this.#pause(this.#settings.retryMs);
    }
  }

  async #storeAgainAndAgain(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#pause(this.#settings.flushIntervalMs);
      await this.flush();
    }
  }

  async #takeOne(event: LoggedEvent): Promise<void> {
    if (this.#model.file.leavesOut(event)) return;
    const account = idOf(event.stream);
    try {
      const state = await this.#mailstores.open(account);
      await this.#mailstores.apply(event);
      this.#touched.touch(state);
    } catch (error) {
      // The log may be away for a moment: only what the events themselves cause is poison.
      if (!(await cannotBeReplayed(this.#model, account, event.revision, this.#log))) throw error;
      this.#leaveOut(event, error);
    }
  }

  #leaveOut(event: LoggedEvent, error: unknown): void {
    this.#touched.forget(idOf(event.stream));
    this.#model.file.recordPoison(event, error);
    this.#settings.onFault('mailboxes', error);
    if (this.#model.file.poisonedStreams < maxPoisonedStreams) return;
    this.#phase = 'stopped';
    throw new TooManyPoisonedStreams(`${maxPoisonedStreams} mailstores cannot be read`);
  }

  /** Has the turn. Until the first rebuild has taken over, no checkpoint holds. */
  async #store(): Promise<void> {
    try {
      await this.#touched.store(this.#isComplete ? this.#reached : null);
      this.#fault = null;
    } catch (error) {
      this.#fault = error instanceof Error ? error.name : 'Error';
      this.#settings.onFault('mailboxes', error);
    }
  }

  /** Everything but what is in memory already: protocols are not kept waiting for it. */
  async #rebuildFirst(): Promise<void> {
    while (!this.#isComplete && !this.#stopping.signal.aborted) {
      try {
        await this.rebuild();
        this.#isComplete = true;
        for (const state of await this.#mailstores.loaded()) this.#touched.touch(state);
        this.#noteProgress();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#settings.onFault('mailboxes', error);
        await this.#pause(this.#settings.retryMs);
      }
    }
  }

  #serving(): ServingMailboxes {
    return {
      log: this.#log,
      model: this.#model,
      turns: this.#turns,
      signal: this.#stopping.signal,
      reached: () => this.#reached,
      isFollowing: () => this.#phase !== 'stopped',
      withoutStoring: async (work) => {
        this.#touched.isHeld = true;
        try {
          return await work();
        } finally {
          this.#touched.isHeld = false;
        }
      },
    };
  }

  /** Ends at once when the projector closes. */
  async #pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
