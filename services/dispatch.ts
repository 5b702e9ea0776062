/**
 * load -> decide -> append -> retry on conflict -> position. One command at a time per stream; states are kept
 * in memory and advance by acknowledged events only, own ones and those that other processes append.
 */
import { Appender, type AppenderOptions, type AppendOptions, type SealedLog } from './dispatch-append.ts';
import { type CommandContext, categoryOf, type DraftEvent, type LoggedEvent } from './domain/event.ts';
import type { Aggregate } from './domain/fact.ts';
import { isRefusal, type Refusal, refuse } from './domain/refusals.ts';
import type { Uuid } from './domain/values.ts';
import { type ExpectedRevision, WrongExpectedRevision } from './event-store/event-store.ts';

export type { SealedLog } from './dispatch-append.ts';
export type { Aggregate } from './domain/fact.ts';

export interface Snapshot<S> {
  /** As of `revision`. It advances in place: read it at once, do not keep or change it. */
  readonly state: S;
  /** Of the last event; -1 where the stream has none. */
  readonly revision: number;
}

export interface Dispatched<S> extends Snapshot<S> {
  /** The acknowledged events; empty where it was so already. */
  readonly events: readonly LoggedEvent[];
}

/** Told of each event of a category once it is part of the state; may be told of one twice. */
export type EventListener = (event: LoggedEvent) => void;

export interface DispatcherOptions extends AppenderOptions {
  /** Streams whose state is kept; those in use are never dropped. */
  readonly maxStates?: number;
}

interface Slot {
  readonly stream: string;
  readonly aggregate: Aggregate<unknown, never>;
  state: unknown;
  revision: number;
  /** Resolves when the state has been read. */
  loaded: Promise<void>;
  /** Commands that run or wait; resolves after the last of them. */
  queue: Promise<unknown>;
  waiting: number;
}

const defaultMaxStates = 20_000;
const eventsPerRead = 1000;
/** Times that a command is decided anew because another process was first. */
const maxConflicts = 8;

export class Dispatcher {
  readonly #log: SealedLog;
  readonly #appender: Appender;
  readonly #maxStates: number;
  /** In the order of the last use. */
  readonly #slots = new Map<string, Slot>();
  readonly #listeners = new Map<string, Set<EventListener>>();

  constructor(log: SealedLog, options: DispatcherOptions) {
    this.#log = log;
    this.#appender = new Appender(log, options);
    this.#maxStates = options.maxStates ?? defaultMaxStates;
  }

  /** Decides on the stream's state and appends what follows. Rejects where the log fails: see `Appender.append`. */
  dispatch<S, C>(
    aggregate: Aggregate<S, C>,
    id: Uuid,
    command: C,
    context: CommandContext,
  ): Promise<Dispatched<S> | Refusal> {
    const slot = this.#slot(aggregate, id);
    slot.waiting++;
    const result = slot.queue.then(() => this.#perform(slot, aggregate, command, context));
    slot.queue = result.then(
      () => slot.waiting--,
      () => slot.waiting--,
    );
    return result;
  }

  /** The state that decides, as of the last acknowledged event that is known here. */
  async load<S, C>(aggregate: Aggregate<S, C>, id: Uuid): Promise<Snapshot<S>> {
    const slot = this.#slot(aggregate, id);
    await slot.loaded;
    return { state: slot.state as S, revision: slot.revision };
  }

  /**
   * For those who keep their own states (mailstores, intake, the recorder): see `Appender.append`. Who tries
   * again after `UnknownOutcome` passes the same `ids`.
   */
  appendResolved(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftEvent[],
    context: CommandContext,
    options?: AppendOptions,
  ): Promise<LoggedEvent[]> {
    return this.#appender.append(stream, expected, drafts, context, options);
  }

  /** Events of the whole log in order, from a subscription: how states learn what other processes did. */
  async advance(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) {
      const slot = this.#slots.get(event.stream);
      if (slot) await this.#advanceSlot(slot, event);
      else this.#tell(event);
    }
  }

  /** Calls `listener` for every event of the category from now on; the returned function ends it. */
  onEvent(category: string, listener: EventListener): () => void {
    const listeners = this.#listeners.get(category) ?? new Set();
    this.#listeners.set(category, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #slot<S, C>(aggregate: Aggregate<S, C>, id: Uuid): Slot {
    const stream = `${aggregate.category}-${id}`;
    const known = this.#slots.get(stream);
    const slot = known ?? this.#newSlot(stream, aggregate as unknown as Aggregate<unknown, never>);
    this.#slots.delete(stream);
    this.#slots.set(stream, slot);
    if (!known) this.#evict();
    return slot;
  }

  #newSlot(stream: string, aggregate: Aggregate<unknown, never>): Slot {
    const slot: Slot = {
      stream,
      aggregate,
      state: aggregate.initial(),
      revision: -1,
      loaded: Promise.resolve(),
      queue: Promise.resolve(),
      waiting: 0,
    };
    slot.loaded = this.#catchUp(slot).then(() => {});
    slot.loaded.catch(() => this.#drop(slot));
    return slot;
  }

  #drop(slot: Slot): void {
    if (this.#slots.get(slot.stream) === slot) this.#slots.delete(slot.stream);
  }

  #evict(): void {
    for (const slot of this.#slots.values()) {
      if (this.#slots.size <= this.#maxStates) return;
      if (slot.waiting === 0) this.#slots.delete(slot.stream);
    }
  }

  async #perform<S, C>(
    slot: Slot,
    aggregate: Aggregate<S, C>,
    command: C,
    context: CommandContext,
  ): Promise<Dispatched<S> | Refusal> {
    await slot.loaded;
    const ids: string[] = [];
    let caughtUp = false;
    let conflicts = 0;
    for (;;) {
      if (context.seenRevision !== undefined && context.seenRevision !== slot.revision)
        return refuse('changedMeanwhile');
      const decision = aggregate.decide(slot.state as S, command);
      if (isRefusal(decision) || decision.events.length === 0) {
        // Another process may have changed what this rests on: look once before saying no.
        if (!caughtUp && (await this.#catchUp(slot)) > 0) {
          caughtUp = true;
          continue;
        }
        return isRefusal(decision) ? decision : this.#dispatched(slot, []);
      }
      try {
        const expected = slot.revision < 0 ? 'absent' : slot.revision;
        const events = await this.#appender.append(slot.stream, expected, decision.events, context, { ids });
        this.#apply(slot, events);
        return this.#dispatched(slot, events);
      } catch (error) {
        // After any other error the state is still right as far as it goes; should the log be ahead of it,
        // then the next append conflicts.
        if (!(error instanceof WrongExpectedRevision) || ++conflicts > maxConflicts) throw error;
        await this.#catchUp(slot);
        caughtUp = true;
      }
    }
  }

  #dispatched<S>(slot: Slot, events: readonly LoggedEvent[]): Dispatched<S> {
    return { events, state: slot.state as S, revision: slot.revision };
  }

  /** Reads what the log has behind the state; how many events there were. */
  async #catchUp(slot: Slot): Promise<number> {
    let count = 0;
    for (;;) {
      const events = await this.#log.readStream(slot.stream, slot.revision + 1, eventsPerRead);
      await this.#log.prepare(events);
      count += events.length;
      this.#apply(slot, events);
      if (events.length < eventsPerRead) return count;
    }
  }

  async #advanceSlot(slot: Slot, event: LoggedEvent): Promise<void> {
    try {
      await slot.loaded;
      if (event.revision > slot.revision + 1) await this.#catchUp(slot);
      else if (event.revision === slot.revision + 1) await this.#log.prepare([event]);
      this.#apply(slot, [event]);
    } catch {
      // Whoever needs this state next reads it anew, or fails where it can be answered.
      this.#drop(slot);
      this.#tell(event);
    }
  }

  /** Events come from acknowledgements, reads and the subscription; each counts once. */
  #apply(slot: Slot, events: readonly LoggedEvent[]): void {
    for (const event of events) {
      if (event.revision !== slot.revision + 1) continue;
      slot.state = slot.aggregate.evolve(slot.state, event);
      slot.revision = event.revision;
      this.#appender.noteTime(slot.stream, event.at);
      this.#tell(event);
    }
  }

  #tell(event: LoggedEvent): void {
    for (const listener of this.#listeners.get(categoryOf(event.stream)) ?? []) {
      try {
        listener(event);
      } catch (error) {
        // What is acknowledged stays acknowledged; a listener that throws is a bug and ends the process.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
