/** One projection on one file: takes events in, in slices, and keeps rows and checkpoint together. */
import type { LoggedEvent } from '../services/domain/event.ts';
import { type Checkpoint, checkpointAt, type LogReader } from './log-reader.ts';
import type { Applier, Projection } from './projection.ts';
import { ProjectionFile } from './projection-file.ts';
import { isPoison } from './sqlite-faults.ts';
import { TimeSlice } from './time-slice.ts';

/** So many streams left out, and the projection stops: it no longer says what happened. */
export const maxPoisonedStreams = 100;
/** Events without anything for this projection, behind which the checkpoint is stored all the same. */
const checkpointEvery = 10_000;
/** With the largest records there are, 100 MB; with usual ones, 100 KB. */
const eventsPerRead = 200;

export class TooManyPoisonedStreams extends Error {
  override readonly name = 'TooManyPoisonedStreams';
}

/** An event that the projection cannot take in, on its way to the end of the slice. */
class PoisonMet extends Error {
  override readonly name = 'PoisonMet';
  readonly event: LoggedEvent;
  constructor(event: LoggedEvent, cause: unknown) {
    super(`${event.stream}: ${event.type}`, { cause });
    this.event = event;
  }
}

export class ProjectionRun {
  readonly projection: Projection;
  readonly #file: ProjectionFile;
  readonly #apply: Applier;
  #reached: Checkpoint;
  /** Events taken in or passed over since the checkpoint was stored. */
  #unsaved = 0;

  constructor(projection: Projection, path: string) {
    this.projection = projection;
    this.#file = ProjectionFile.open(path, projection.version, projection.schema);
    this.#apply = projection.applierOn(this.#file.database);
    this.#reached = this.#file.checkpoint;
  }

  /** Reads and writes; valid until `close`. */
  get file(): ProjectionFile {
    return this.#file;
  }

  /** The last event taken in or passed over; the stored checkpoint may be some events behind. */
  get reached(): Checkpoint {
    return this.#reached;
  }

  /** Takes events in; those that it has already are passed over. Throws where the file fails. */
  async take(events: readonly LoggedEvent[]): Promise<void> {
    const slice = new TimeSlice();
    for (let next = 0; next < events.length; ) {
      next = this.#takeSlice(events, next, slice);
      if (next < events.length) await slice.next();
    }
  }

  /** Reads the log up to `position`; ends early where the log does, or when the signal says so. */
  async catchUp(log: LogReader, position: number, signal: AbortSignal, progress = () => {}): Promise<void> {
    while (this.#reached.position < position && !signal.aborted) {
      const read = await log.readAll(this.#reached.position, eventsPerRead);
      const events = read.filter((event) => event.position <= position);
      if (events.length === 0) return;
      await log.prepare(events.filter(({ type }) => this.projection.opens.has(type)));
      await this.take(events);
      progress();
    }
  }

  /** Stores how far it has come, also where nothing concerned it. */
  saveReached(): void {
    if (this.#reached.position > this.#file.checkpoint.position) this.#file.commit(this.#reached);
  }

  close(): void {
    this.saveReached();
    this.#file.close();
  }

  /** For runs that are given up: what could not be stored is read again. */
  closeQuietly(): void {
    try {
      this.close();
    } catch {
      // The file has its last checkpoint.
    }
  }

  /** One transaction; returns the index of the first event that is still to do. */
  #takeSlice(events: readonly LoggedEvent[], from: number, slice: TimeSlice): number {
    const before = this.#reached;
    let at = from;
    try {
      do this.#takeOne(events[at]!);
      while (++at < events.length && !slice.isOver());
      this.#store();
      return at;
    } catch (error) {
      this.#file.rollback();
      this.#reached = before;
      if (!(error instanceof PoisonMet)) throw error;
      this.#leaveOut(error);
      return from;
    }
  }

  #takeOne(event: LoggedEvent): void {
    if (event.position <= this.#reached.position) return;
    if (this.projection.interested(event) && !this.#file.leavesOut(event)) this.#applyOne(event);
    this.#reached = checkpointAt(event);
    this.#unsaved++;
  }

  /** Opens a transaction only where there is something to write: most events concern few projections. */
  #applyOne(event: LoggedEvent): void {
    this.#file.begin();
    try {
      this.#apply(event);
    } catch (error) {
      throw isPoison(error) ? new PoisonMet(event, error) : error;
    }
  }

  #store(): void {
    if (this.#unsaved < checkpointEvery && !this.#file.database.isTransaction) return;
    this.#file.commit(this.#reached);
    this.#unsaved = 0;
  }

  #leaveOut({ event, cause }: PoisonMet): void {
    this.#file.recordPoison(event, cause);
    this.checkPoison();
  }

  /** Throws where too many streams are left out. */
  checkPoison(): void {
    if (this.#file.poisonedStreams < maxPoisonedStreams) return;
    throw new TooManyPoisonedStreams(`${maxPoisonedStreams} streams cannot be read`);
  }
}
