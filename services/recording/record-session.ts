/** One session's facts: joined per window, written to its own stream. */
import { auditClassOf, type Subject } from '../../policies/access.ts';
import { Observations } from '../domain/observations.ts';
import { isRefusal } from '../domain/refusals.ts';
import { type SessionCommand, type SessionState, session } from '../domain/session.ts';
import type { UidRanges } from '../domain/uid-ranges.ts';
import type { Uuid } from '../domain/values.ts';
import { newEventId } from '../identifiers.ts';
import type {
  ReadItems,
  SessionAct,
  SessionEnd,
  SessionRecorder,
  SessionStart,
  ShownAct,
} from '../record.ts';
import type { RecordQueue, Windowed } from './record-queue.ts';
import { StreamWriter } from './record-stream.ts';

export class RecordedSession implements SessionRecorder, Windowed {
  readonly session: Uuid = newEventId();
  readonly #account: Uuid;
  readonly #subject: Subject;
  readonly #queue: RecordQueue;
  readonly #writer: StreamWriter;
  readonly #observations = new Observations();
  #state: SessionState = session.initial();
  /** When the first fact of the window was observed. */
  #windowSince: number | null = null;
  #closed: Promise<void> | null = null;
  /** Class A facts observed, and how many of them are on disk. */
  #othersObserved = 0;
  #othersDurable = 0;

  constructor(start: SessionStart, queue: RecordQueue) {
    this.#account = start.account;
    this.#subject = { kind: 'account', account: start.account, roles: [] };
    this.#queue = queue;
    this.#writer = new StreamWriter(`session-${this.session}`, `account-${start.account}`, queue, this);
    this.#push({ kind: 'open', ...start }, queue.now());
    queue.beginWindow();
  }

  get since(): number | null {
    return this.#writer.since ?? this.#windowSince;
  }

  opened(mailbox: Uuid, mode: 'read' | 'write', owner: Uuid = this.#account): void {
    this.#observeOf(owner, () => this.#observations.opened(mailbox, owner, mode));
  }

  read(mailbox: Uuid, uids: number | UidRanges, items: ReadItems, owner: Uuid = this.#account): void {
    // Of an empty mailbox nothing is shown.
    if (typeof uids !== 'number' && uids.length === 0) return;
    this.#observeOf(owner, () => this.#observations.read(mailbox, owner, uids, items));
  }

  searched(mailbox: Uuid, query: string, found: number, owner: Uuid = this.#account): void {
    this.#observeOf(owner, () => this.#observations.searched(mailbox, owner, query, found));
  }

  shown(
    act: ShownAct,
    owners: readonly Uuid[],
    message: Uuid | null,
    query: string,
    sealed = false,
    reason = '',
  ): void {
    if (owners.length === 0 || owners.some((owner) => owner !== this.#account)) this.#othersObserved++;
    this.#observe(() => this.#observations.shown(act, owners, message, query, sealed, reason));
  }

  acted(act: SessionAct, mailbox: Uuid | null, count = 1): void {
    this.#observe(() => this.#observations.acted(act, mailbox, count));
  }

  identified(program: string): void {
    this.#observe(() => this.#observations.identified(program));
  }

  mayReveal(): boolean {
    return !this.#owesOthers && this.#canWrite && this.#queue.mayReveal();
  }

  async untilMayReveal(): Promise<boolean> {
    if (!this.#canWrite || !(await this.#payOthers())) return false;
    // What the queue said holds for whoever it woke: asked again, it may answer for facts that came since, and a
    // session would be turned away without having waited.
    return (await this.#queue.untilMayReveal()) && this.#canWrite;
  }

  async durable(): Promise<void> {
    const observed = this.#othersObserved;
    this.#endObservation();
    await this.#writer.settled();
    this.#othersDurable = Math.max(this.#othersDurable, observed);
  }

  close(reason: SessionEnd): Promise<void> {
    this.#closed ??= this.#close(reason);
    return this.#closed;
  }

  endWindow(): void {
    this.#endObservation();
    this.#writer.write();
  }

  async #close(reason: SessionEnd): Promise<void> {
    this.#endObservation();
    this.#push({ kind: 'close', reason }, this.#queue.now());
    try {
      await this.#writer.settled();
    } catch {
      // The queue has told of it, and tries on where that helps.
    }
  }

  get #canWrite(): boolean {
    return this.#closed === null && !this.#writer.broken;
  }

  /** Others' mail is about to be shown and the record of it is not on disk yet. */
  get #owesOthers(): boolean {
    return this.#othersDurable < this.#othersObserved;
  }

  /** False where the record cannot be brought to disk. */
  async #payOthers(): Promise<boolean> {
    if (!this.#owesOthers) return true;
    return this.durable().then(
      () => true,
      () => false,
    );
  }

  #observeOf(owner: Uuid, note: () => void): void {
    if (auditClassOf(this.#subject, { owner }) === 'A') this.#othersObserved++;
    this.#observe(note);
  }

  #observe(note: () => void): void {
    if (this.#closed !== null || this.#writer.broken) return;
    const before = this.#observations.size;
    note();
    this.#windowSince ??= this.#queue.now();
    this.#queue.waits(this, this.#observations.size - before);
    this.#queue.beginWindow();
  }

  /** What was observed in this window goes to the writer. */
  #endObservation(): void {
    if (this.#windowSince === null) return;
    const since = this.#windowSince;
    this.#queue.joined(this.#observations.size);
    const observed = this.#observations.take();
    this.#windowSince = null;
    this.#push({ kind: 'observe', observed }, since);
  }

  #push(command: SessionCommand, since: number): void {
    const decision = session.decide(this.#state, command);
    if (isRefusal(decision)) throw new Error(`session ${this.session}: ${decision.detail}`);
    // Nothing to write is nothing to wait for: an age that no append ever settles would stop everybody's reading.
    if (decision.events.length === 0) return this.#queue.hasNothing(this);
    for (const event of decision.events) this.#state = session.evolve(this.#state, event);
    this.#writer.push(decision.events, since);
  }
}
