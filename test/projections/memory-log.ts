/** A log in memory for the tests of projections: strict about keys, and with faults on demand. */
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { LogReader } from '../../projections/log-reader.ts';
import type { DraftEvent, JsonObject, LoggedEvent } from '../../services/domain/event.ts';
import type { Subscription } from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';

class KeyNotLoaded extends Error {
  override readonly name = 'KeyNotLoaded';
}

/** An event whose personal part can be read only when it has been prepared, as in the sealed store. */
class MemoryEvent implements LoggedEvent {
  readonly position: number;
  readonly epoch = 1;
  readonly stream: string;
  readonly revision: number;
  readonly id = newEventId();
  readonly type: string;
  readonly version: number;
  readonly at: number;
  readonly actor = 'system';
  readonly cause = null;
  readonly data: JsonObject;
  readonly key: string | null;
  readonly record = new Uint8Array();
  readonly #personal: JsonObject | null;
  keyState: 'locked' | 'loaded' | 'destroyed' = 'locked';

  constructor(place: { position: number; stream: string; revision: number; at: number }, draft: DraftEvent) {
    this.position = place.position;
    this.stream = place.stream;
    this.revision = place.revision;
    this.at = place.at;
    this.type = draft.type;
    this.version = draft.version;
    this.data = draft.data;
    this.#personal = draft.personal;
    this.key = draft.personal === null ? null : place.stream;
  }

  get personal(): JsonObject | null {
    if (this.#personal === null || this.keyState === 'destroyed') return null;
    if (this.keyState === 'locked') throw new KeyNotLoaded(this.type);
    return this.#personal;
  }
}

export class MemoryLog implements LogReader {
  readonly events: MemoryEvent[] = [];
  /** Positions rise by this much: 1, or more for logs with gaps. */
  readonly #step: number;
  readonly #revisions = new Map<string, number>();
  readonly #sleepers = new Set<() => void>();
  /** Reads fail with this while it is set. */
  fault: Error | null = null;
  /** Reads of single streams fail with this while it is set. */
  streamFault: Error | null = null;
  /** Reads wait for it; subscribers do not. */
  hold: Promise<void> = Promise.resolve();
  /** Runs before keys are loaded; whoever loads them waits for it. */
  beforePrepare: (events: readonly LoggedEvent[]) => Promise<void> | void = () => {};
  /** Subscribers get nothing behind this position. */
  #gate = Number.MAX_SAFE_INTEGER;

  constructor(step = 1) {
    this.#step = step;
  }

  get position(): number {
    return this.events.at(-1)?.position ?? -1;
  }

  /** -1 where there is no such stream. */
  lastRevision(stream: string): number {
    return this.#revisions.get(stream) ?? -1;
  }

  append(stream: string, ...drafts: readonly DraftEvent[]): LoggedEvent[] {
    return this.appendAt(1_700_000_000_000 + this.events.length, stream, ...drafts);
  }

  appendAt(at: number, stream: string, ...drafts: readonly DraftEvent[]): LoggedEvent[] {
    const written = drafts.map((draft) => {
      const revision = (this.#revisions.get(stream) ?? -1) + 1;
      this.#revisions.set(stream, revision);
      const event = new MemoryEvent({ position: this.position + this.#step, stream, revision, at }, draft);
      this.events.push(event);
      return event;
    });
    for (const wake of this.#sleepers) wake();
    return written;
  }

  /** The key of a stream is destroyed: nobody reads its personal parts any more. */
  destroyKey(stream: string): void {
    for (const event of this.events) if (event.stream === stream) event.keyState = 'destroyed';
  }

  /** Nobody has loaded any key. */
  lockKeys(): void {
    for (const event of this.events) if (event.keyState === 'loaded') event.keyState = 'locked';
  }

  /** Subscribers get what is up to this position, and no more before the gate moves. */
  deliverUpTo(position: number): void {
    this.#gate = position;
    for (const wake of this.#sleepers) wake();
  }

  /** The log loses its tail, as in a restore. */
  truncate(count: number): void {
    this.events.length = count;
    this.#revisions.clear();
    for (const { stream, revision } of this.events) this.#revisions.set(stream, revision);
  }

  async readAll(afterPosition: number, maxCount: number): Promise<LoggedEvent[]> {
    await this.hold;
    return this.#read(afterPosition, maxCount);
  }

  async readBack(position: number, maxCount: number): Promise<LoggedEvent[]> {
    const behind = await this.#read(-1, this.events.length);
    const upTo = behind.filter((event) => event.position <= position);
    return upTo.at(-1)?.position === position ? upTo.slice(-maxCount) : [];
  }

  async #read(afterPosition: number, maxCount: number): Promise<LoggedEvent[]> {
    await nextLoopTurn();
    if (this.fault) throw this.fault;
    const from = Math.floor((afterPosition + 1) / this.#step);
    return this.events.slice(from, from + maxCount).filter(({ position }) => position > afterPosition);
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<LoggedEvent[]> {
    await nextLoopTurn();
    if (this.fault ?? this.streamFault) throw this.fault ?? this.streamFault;
    return this.events
      .filter((event) => event.stream === stream && event.revision >= fromRevision)
      .slice(0, maxCount);
  }

  async prepare(events: readonly LoggedEvent[]): Promise<void> {
    await this.beforePrepare(events);
    for (const event of events as readonly MemoryEvent[]) {
      if (event.keyState === 'locked') event.keyState = 'loaded';
    }
  }

  async head(): Promise<number> {
    return this.position;
  }

  subscribe(
    afterPosition: number,
    handler: (events: readonly LoggedEvent[]) => void | Promise<void>,
  ): Subscription {
    let closed = false;
    let wake = () => {};
    const deliver = async () => {
      for (let position = afterPosition; !closed; ) {
        const batch = (await this.#read(position, 200)).filter((event) => event.position <= this.#gate);
        if (closed) return;
        if (batch.length > 0) {
          await handler(batch);
          position = batch.at(-1)!.position;
        } else if (position >= Math.min(this.position, this.#gate)) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            this.#sleepers.add(resolve);
          });
          this.#sleepers.delete(wake);
        }
      }
    };
    const ended = deliver();
    return {
      ended,
      close: async () => {
        closed = true;
        wake();
        await ended.catch(() => {});
      },
    };
  }
}
