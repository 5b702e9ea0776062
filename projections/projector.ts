/**
 * Runs the projections: each reads what it lacks by itself (backfill), then the last piece while the live events
 * wait (cutover), then all of them take the live events from one subscription, so that an event is read and opened
 * once for all. One that fails stops, shows it, and does not hold up the others.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedEvent } from '../services/domain/event.ts';
import type { Subscription } from '../services/event-store/event-store.ts';
import { type LogReader, standsOnLog } from './log-reader.ts';
import type { DatabaseSource, Projection } from './projection.ts';
import type { Poison } from './projection-file.ts';
import type { ProjectionHealth } from './projection-health.ts';
import { ProjectionMember } from './projection-member.ts';
import {
  backfill,
  besidePath,
  type Feed,
  type RebuildMode,
  type RebuildProgress,
  type RebuildReport,
  rebuildBeside,
} from './projection-rebuild.ts';
import { isStorageFault } from './sqlite-faults.ts';
import { Turns } from './turns.ts';

export interface ProjectorSettings {
  /**
   * Pause after a small live batch, so that the next one is larger: a commit costs more than an event. It ends as soon
   * as somebody waits for a position.
   */
  readonly lingerMs: number;
  /** Pause before a stopped projection or a broken subscription is tried again. */
  readonly retryMs: number;
  /** Told of faults: for the log of the process. */
  readonly onFault: (projection: string, error: unknown) => void;
}

export const defaultProjectorSettings: ProjectorSettings = {
  lingerMs: 200,
  retryMs: 5000,
  onFault: () => {},
};

/** A live batch of so many events is followed by the next one at once. */
const fullBatchEvents = 100;

export class Projector {
  readonly #log: LogReader;
  readonly #settings: ProjectorSettings;
  readonly #members: ReadonlyMap<string, ProjectionMember>;
  readonly #turns = new Turns();
  readonly #stopping = new AbortController();
  readonly #feed: Feed;
  /** Everything up to here has been given to the live projections. */
  #position = -1;
  #subscription: Subscription | null = null;
  #endLinger: () => void = () => {};
  readonly #running = new Set<Promise<unknown>>();

  /** `folder` holds a file per projection. */
  constructor(
    log: LogReader,
    folder: string,
    projections: readonly Projection[],
    settings: Partial<ProjectorSettings> = {},
  ) {
    mkdirSync(folder, { recursive: true });
    this.#log = log;
    this.#settings = { ...defaultProjectorSettings, ...settings };
    const file = ({ name }: Projection) => join(folder, `${name}.sqlite`);
    this.#members = new Map(projections.map((each) => [each.name, new ProjectionMember(each, file(each))]));
    this.#feed = { log, turns: this.#turns, position: () => this.#position, signal: this.#stopping.signal };
  }

  /** Resolves when the files are open and the reading has begun; `reached` says when it has come far enough. */
  async start(): Promise<void> {
    this.#position = await this.#log.head();
    for (const member of this.#members.values()) {
      await this.#open(member).catch((error) => this.#stop(member, error));
    }
    this.#run(this.#follow());
    for (const member of this.#members.values()) {
      if (member.phase !== 'stopped') member.settled = this.#run(this.#bringLive(member));
      if (existsSync(besidePath(member.path))) this.#run(this.#resumeRebuild(member));
    }
  }

  /** The database of a projection, for its queries. */
  source(name: string): DatabaseSource {
    const member = this.#member(name);
    return () => member.database;
  }

  /** Waits until a projection has what is at `position`; false after `maxWaitMs`. */
  reached(name: string, position: number, maxWaitMs: number): Promise<boolean> {
    const member = this.#member(name);
    const reached = member.reached(position, maxWaitMs);
    if (member.isAwaited) this.#endLinger();
    return reached;
  }

  /** Calls `listener` after each batch with something for that projection; the returned function ends it. */
  watch(name: string, listener: () => void): () => void {
    const { listeners } = this.#member(name);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Streams that a projection leaves out, with the errors that they caused. */
  poison(name: string): Poison[] {
    return this.#member(name).run.file.poison();
  }

  async health(nowMs = Date.now()): Promise<ProjectionHealth[]> {
    const head = await this.#log.head();
    return [...this.#members.values()].map((member) => member.health(head, nowMs));
  }

  /** Makes a projection anew beside the one that serves, compares, and puts it in its place. */
  rebuild(
    name: string,
    progress: RebuildProgress = () => {},
    mode: RebuildMode = 'replace',
  ): Promise<RebuildReport> {
    const member = this.#member(name);
    if (member.rebuiltTo !== null) return Promise.reject(new Error(`${name} is being rebuilt already`));
    member.rebuiltTo = -1;
    return this.#run(this.#rebuild(member, mode, progress));
  }

  /** Stores how far everything has come. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#subscription?.close();
    await Promise.allSettled(this.#running);
    for (const member of this.#members.values()) member.close();
  }

  #member(name: string): ProjectionMember {
    const member = this.#members.get(name);
    if (!member) throw new Error(`there is no projection ${name}`);
    return member;
  }

  /** Keeps track of work that `close` must wait for. */
  #run<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Opens its file; one that is ahead of this log, or belongs to another, is dropped. */
  async #open(member: ProjectionMember): Promise<void> {
    if (member.isOpen) return;
    member.open();
    if (await standsOnLog(this.#log, member.run.reached)) return;
    member.drop();
    member.open();
  }

  async #bringLive(member: ProjectionMember): Promise<void> {
    try {
      member.phase = 'backfill';
      await this.#open(member);
      member.run.checkPoison();
      await backfill(member.run, this.#feed, () => member.advanced());
      member.phase = 'cutover';
      await this.#turns.take(async () => {
        await member.run.catchUp(this.#log, this.#position, this.#stopping.signal);
        if (!this.#stopping.signal.aborted) member.goLive();
      });
    } catch (error) {
      this.#stop(member, error);
    }
  }

  async #rebuild(
    member: ProjectionMember,
    mode: RebuildMode,
    progress: RebuildProgress,
  ): Promise<RebuildReport> {
    try {
      await member.settled;
      return await rebuildBeside(member, this.#feed, mode, progress);
    } finally {
      member.rebuiltTo = null;
      if (member.phase === 'stopped') this.#tryAgain(member);
    }
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#subscription = this.#log.subscribe(this.#position, (events) => this.#take(events));
      await this.#subscription.ended.catch((error) => this.#settings.onFault('subscription', error));
      await this.#pause(this.#settings.retryMs);
    }
  }

  async #take(events: readonly LoggedEvent[]): Promise<void> {
    await this.#turns.take(async () => {
      const live = [...this.#members.values()].filter(({ phase }) => phase === 'live');
      const opened = (type: string) => live.some(({ projection }) => projection.opens.has(type));
      await this.#log.prepare(events.filter(({ type }) => opened(type)));
      for (const member of live) await this.#takeOne(member, events);
      this.#position = events.at(-1)!.position;
    });
    if (events.length < fullBatchEvents) await this.#linger();
  }

  async #takeOne(member: ProjectionMember, events: readonly LoggedEvent[]): Promise<void> {
    try {
      await member.run.take(events);
      member.advanced();
    } catch (error) {
      return this.#stop(member, error);
    }
    if (events.some((event) => member.projection.interested(event)))
      for (const tell of member.listeners) tell();
  }

  #stop(member: ProjectionMember, error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    member.stop(error);
    this.#settings.onFault(member.projection.name, error);
    if (isStorageFault(error)) this.#tryAgain(member);
  }

  #tryAgain(member: ProjectionMember): void {
    member.settled = this.#run(this.#retry(member));
  }

  async #retry(member: ProjectionMember): Promise<void> {
    await this.#pause(this.#settings.retryMs);
    // A rebuild that runs meanwhile puts a new file in its place, or tries again when it has failed.
    if (this.#stopping.signal.aborted || member.rebuiltTo !== null) return;
    await this.#bringLive(member);
  }

  async #resumeRebuild(member: ProjectionMember): Promise<void> {
    await this.rebuild(member.projection.name).catch((error) =>
      this.#settings.onFault(member.projection.name, error),
    );
  }

  async #linger(): Promise<void> {
    if ([...this.#members.values()].some(({ isAwaited }) => isAwaited)) return;
    await Promise.race([
      this.#pause(this.#settings.lingerMs),
      new Promise<void>((resolve) => {
        this.#endLinger = resolve;
      }),
    ]);
  }

  /** Ends at once when the projector closes. */
  async #pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
