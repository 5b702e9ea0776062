/** One projection of a projector: its current run, its phase, and those who wait for it. */
import type { DatabaseSync } from 'node:sqlite';
import type { Projection } from './projection.ts';
import { removeProjectionFile, replaceProjectionFile } from './projection-file.ts';
import { judgeProjection, type Phase, type ProjectionHealth } from './projection-health.ts';
import { ProjectionRun } from './projection-run.ts';
import { isDamagedFile } from './sqlite-faults.ts';

interface Waiter {
  readonly position: number;
  readonly resolve: (reached: boolean) => void;
}

export class ProjectionUnavailable extends Error {
  override readonly name = 'ProjectionUnavailable';
  constructor(projection: string) {
    super(`the projection ${projection} cannot be opened`);
  }
}

export class ProjectionMember {
  readonly projection: Projection;
  readonly path: string;
  phase: Phase = 'backfill';
  /** Place up to which a rebuild has come; null where none runs. */
  rebuiltTo: number | null = null;
  /** Resolves when the way to live has ended, there or stopped. */
  settled: Promise<void> = Promise.resolve();
  /** Told of each batch that had something for it. */
  readonly listeners = new Set<() => void>();
  #stoppedBy: string | null = null;
  #run: ProjectionRun | null = null;
  /** When it last took something in or was seen to have everything. */
  #currentAtMs = Date.now();
  readonly #waiters = new Set<Waiter>();

  constructor(projection: Projection, path: string) {
    this.projection = projection;
    this.path = path;
  }

  get isOpen(): boolean {
    return this.#run !== null;
  }

  open(): void {
    this.#run ??= new ProjectionRun(this.projection, this.path);
  }

  /** Throws `ProjectionUnavailable` where its file cannot be opened. */
  get run(): ProjectionRun {
    if (this.#run === null) throw new ProjectionUnavailable(this.projection.name);
    return this.#run;
  }

  get database(): DatabaseSync {
    return this.run.file.database;
  }

  /** Something was taken in: tells those who wait for it. */
  advanced(): void {
    this.#currentAtMs = Date.now();
    const { position } = this.run.reached;
    for (const waiter of this.#waiters) {
      if (waiter.position <= position) waiter.resolve(true);
    }
  }

  /** Somebody waits for a position. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  /** Resolves with true once it has that position, with false after `maxWaitMs`. */
  async reached(position: number, maxWaitMs: number): Promise<boolean> {
    if (this.run.reached.position >= position) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.resolve(false), maxWaitMs);
      const waiter: Waiter = {
        position,
        resolve: (reached) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(reached);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  goLive(): void {
    this.phase = 'live';
    this.#stoppedBy = null;
    this.advanced();
  }

  stop(error: unknown): void {
    this.phase = 'stopped';
    this.#stoppedBy = error instanceof Error ? error.name : 'Error';
    if (isDamagedFile(error)) this.drop();
  }

  /** Throws the rows away; the next run begins at the beginning. */
  drop(): void {
    this.#discardRun();
    removeProjectionFile(this.path);
  }

  /** Puts a rebuilt run in the place of this one: in one go, so that every query sees the one or the other. */
  replaceBy(fresh: ProjectionRun): void {
    try {
      this.close();
      fresh.close();
      replaceProjectionFile(this.path, fresh.file.path);
    } finally {
      this.open();
    }
    this.goLive();
  }

  close(): void {
    const run = this.#run;
    this.#run = null;
    run?.close();
  }

  /** Its database may not answer any more: nothing is expected of it. */
  #discardRun(): void {
    try {
      this.close();
    } catch {
      // The file goes away with whatever could not be stored.
    }
  }

  health(head: number, nowMs: number): ProjectionHealth {
    const position = this.#run?.reached.position ?? -1;
    const lagPositions = Math.max(0, head - position);
    if (lagPositions === 0) this.#currentAtMs = nowMs;
    return judgeProjection({
      name: this.projection.name,
      phase: this.phase,
      position,
      lagPositions,
      lagMs: nowMs - this.#currentAtMs,
      poisonedStreams: this.#run?.file.poisonedStreams ?? 0,
      rebuiltTo: this.rebuiltTo,
      stoppedBy: this.#stoppedBy,
    });
  }
}
