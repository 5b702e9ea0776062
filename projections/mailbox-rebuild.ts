/**
 * Replays the mailstores out of the log into a file of their own, with a bounded number of states in memory. Its
 * checkpoint is stored with the states, so that a rebuild that was killed goes on where it was.
 */
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import { evolveMailstore, type MailstoreState } from '../services/domain/mailstore-state.ts';
import type { Uuid } from '../services/domain/values.ts';
import { type Checkpoint, checkpointAt, type LogReader } from './log-reader.ts';
import { storeInSlices } from './mailbox-storing.ts';
import { MailboxModel, openedByMailboxes } from './mailboxes.ts';
import { maxPoisonedStreams, TooManyPoisonedStreams } from './projection-run.ts';
import { isPoison } from './sqlite-faults.ts';
import { TimeSlice } from './time-slice.ts';

/** Row pages in memory before everything is stored and they are let go. */
const maxLoadedOctets = 64 * 1024 * 1024;
const maxStates = 4000;
/** Events between two looks at how much is in memory. */
const eventsPerLook = 5000;
/** Events behind which everything is stored: what a kill costs. */
const eventsPerStore = 250_000;
/** With the largest records there are, 100 MB; with usual ones, 100 KB. */
const eventsPerRead = 200;

const mailstorePrefix = 'mailstore-';

export class MailboxRebuild {
  readonly #log: LogReader;
  readonly #model: MailboxModel;
  /** In the order of the last use. */
  readonly #states = new Map<Uuid, MailstoreState>();
  #reached: Checkpoint;
  #sinceLook = 0;
  #sinceStore = 0;

  private constructor(log: LogReader, model: MailboxModel) {
    this.#log = log;
    this.#model = model;
    this.#reached = model.checkpoint;
  }

  /** Begins in an empty file, or goes on in one that stands on this log. */
  static async open(log: LogReader, path: string): Promise<MailboxRebuild> {
    return new MailboxRebuild(log, await MailboxModel.open(path, log));
  }

  get position(): number {
    return this.#reached.position;
  }

  /** What is stored, for comparing; nothing is in memory only when `to` has ended. */
  get model(): MailboxModel {
    return this.#model;
  }

  /** Reads the log up to `position` and stores; ends early where the log does, or when the signal says so. */
  async to(
    position: number,
    signal: AbortSignal,
    progress: (position: number) => void = () => {},
  ): Promise<void> {
    const slice = new TimeSlice();
    while (this.#reached.position < position && !signal.aborted) {
      const read = await this.#log.readAll(this.#reached.position, eventsPerRead);
      const events = read.filter((event) => event.position <= position);
      if (events.length === 0) break;
      await this.#take(events, slice);
      await this.#makeRoom();
      progress(this.#reached.position);
    }
    await this.#store();
    this.#states.clear();
  }

  close(): void {
    this.#model.close();
  }

  /** For a rebuild that is given up: it goes on from what it has stored. */
  closeQuietly(): void {
    try {
      this.close();
    } catch {
      // The file has its last checkpoint.
    }
  }

  async #take(events: readonly LoggedEvent[], slice: TimeSlice): Promise<void> {
    const concerned = events.filter(({ stream }) => stream.startsWith(mailstorePrefix));
    await this.#log.prepare(concerned.filter(({ type }) => openedByMailboxes.has(type)));
    for (const event of concerned) {
      if (!this.#model.file.leavesOut(event)) this.#takeOne(event);
      if (slice.isOver()) await slice.next();
    }
    this.#reached = checkpointAt(events.at(-1)!);
    this.#sinceLook += events.length;
    this.#sinceStore += events.length;
  }

  #takeOne(event: LoggedEvent): void {
    try {
      evolveMailstore(this.#state(idOf(event.stream)), event);
    } catch (error) {
      if (!isPoison(error)) throw error;
      this.#leaveOut(event, error);
    }
  }

  #state(account: Uuid): MailstoreState {
    const known = this.#states.get(account);
    if (known) this.#states.delete(account);
    const state = known ?? this.#model.load(account);
    this.#states.set(account, state);
    return state;
  }

  /** What is in memory of the account may be half changed; what is stored stays as it is. */
  #leaveOut(event: LoggedEvent, error: unknown): void {
    this.#states.delete(idOf(event.stream));
    this.#model.file.recordPoison(event, error);
    if (this.#model.file.poisonedStreams >= maxPoisonedStreams) {
      throw new TooManyPoisonedStreams(`${maxPoisonedStreams} mailstores cannot be read`);
    }
  }

  async #makeRoom(): Promise<void> {
    if (this.#sinceLook < eventsPerLook) return;
    this.#sinceLook = 0;
    const octets = loadedOctets(this.#states.values());
    if (octets < maxLoadedOctets && this.#states.size < maxStates && this.#sinceStore < eventsPerStore)
      return;
    await this.#store();
    if (octets >= maxLoadedOctets) for (const state of this.#states.values()) dropRows(state);
    for (const account of this.#states.keys()) {
      if (this.#states.size <= maxStates / 2) return;
      this.#states.delete(account);
    }
  }

  async #store(): Promise<void> {
    await storeInSlices(this.#model, this.#states.values(), this.#reached);
    this.#sinceStore = 0;
  }
}

function loadedOctets(states: Iterable<MailstoreState>): number {
  let octets = 0;
  for (const { mailboxes } of states)
    for (const { rows } of mailboxes.values()) octets += rows.loadedOctets();
  return octets;
}

function dropRows({ mailboxes }: MailstoreState): void {
  for (const { rows } of mailboxes.values()) rows.dropClean();
}
