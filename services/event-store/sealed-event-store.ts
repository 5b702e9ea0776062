import type { DraftEvent, LoggedEvent } from '../domain/event.ts';
import { catalogueUpcasts, type UpcastsOf } from '../domain/upcasts.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { firstRevisionBehind } from './append-judgement.ts';
import {
  AppendRefused,
  type EventStore,
  type ExpectedRevision,
  type LogPlace,
  type StoredRecord,
  type Subscription,
} from './event-store.ts';
import { type KeyNameRule, keyNameFor } from './key-names.ts';
import {
  type AppendContext,
  makeRecord,
  type NamedKey,
  type RecordPlace,
  type SealedBatch,
} from './sealed-batch.ts';
import { SealedEvent } from './sealed-event.ts';

export type { AppendContext, SealedBatch } from './sealed-batch.ts';

export interface SealedEventStoreOptions {
  readonly keyNameFor?: KeyNameRule;
  /** How old shapes are read; the catalogue's way where absent. */
  readonly upcastsOf?: UpcastsOf;
}

export interface SendOptions {
  /** See `EventStore.append`. */
  readonly causes?: readonly LogPlace[] | undefined;
  /**
   * Called directly before the batch goes to the engine for the first time; what it throws keeps it from going. `isPlaced`: the events have
   * the positions that they will get, unless something before them in the log is not written.
   */
  readonly onSend?: ((events: readonly LoggedEvent[], isPlaced: boolean) => void) | undefined;
}

export type EventHandler = (batch: readonly LoggedEvent[]) => void | Promise<void>;

/**
 * The event store as decisions and readers use it: drafts in, events out, with the personal parts sealed on the way
 * in and opened at the first look on the way out.
 */
export class SealedEventStore {
  readonly #events: EventStore;
  readonly #keys: KeyStore;
  readonly #keyNameFor: KeyNameRule;
  readonly #upcastsOf: UpcastsOf;
  /**
   * Event of a record, by the identity of its octets. Engines hand the octets of an append on to live subscribers,
   * so whoever reads live shares one event with the one who wrote it, and nothing is parsed or opened at all.
   */
  readonly #eventOf = new WeakMap<Uint8Array, SealedEvent>();

  constructor(events: EventStore, keys: KeyStore, options: SealedEventStoreOptions = {}) {
    this.#events = events;
    this.#keys = keys;
    this.#keyNameFor = options.keyNameFor ?? keyNameFor;
    this.#upcastsOf = options.upcastsOf ?? catalogueUpcasts;
  }

  /** `seal` and `append`. Not for repeats: those append the batch that `seal` made. */
  async appendDrafts(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftEvent[],
    context: AppendContext,
  ): Promise<LoggedEvent[]> {
    return this.append(await this.seal(stream, expected, drafts, context));
  }

  /** Makes the records of an append. Throws `KeyDestroyed` where a personal part has no key any more. */
  async seal(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftEvent[],
    context: AppendContext,
  ): Promise<SealedBatch> {
    const { ids } = context;
    if (ids.length !== drafts.length) throw new AppendRefused('an append needs one id for each draft');
    const first = firstRevisionBehind(expected);
    const keys = await this.#keysFor(stream, drafts, context);
    const made = drafts.map((draft, i) => {
      const place = { stream, revision: first + i, id: ids[i]! };
      return this.#make(place, draft, context, keys[i]!);
    });
    return {
      stream,
      expected,
      records: made.map((each) => each.record),
      events: made.map((each) => each.event),
    };
  }

  /** Appends a batch; any number of times, until its outcome is known. */
  async append(
    { stream, expected, records, events }: SealedBatch,
    { causes, onSend }: SendOptions = {},
  ): Promise<LoggedEvent[]> {
    const next = this.#events.nextPosition?.() ?? null;
    if (next !== null) for (const [i, event] of events.entries()) event.place(next + i);
    onSend?.(events, next !== null);
    const { positions } = await this.#events.append(stream, expected, records, causes);
    for (const [i, event] of events.entries()) event.place(positions[i]!);
    return [...events];
  }

  /** Events of one stream from a revision on (inclusive), ascending. */
  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<LoggedEvent[]> {
    return this.#eventsOf(await this.#events.readStream(stream, fromRevision, maxCount));
  }

  /** Events behind a position (exclusive; -1 for all), ascending. */
  async readAll(afterPosition: number, maxCount: number): Promise<LoggedEvent[]> {
    return this.#eventsOf(await this.#events.readAll(afterPosition, maxCount));
  }

  /** The last events up to a position (inclusive), ascending; empty where none stands there. */
  async readBack(position: number, maxCount: number): Promise<LoggedEvent[]> {
    return this.#eventsOf(await this.#events.readBack(position, maxCount));
  }

  /** Events behind a position (exclusive; -1 for all), then what comes. `prepare` is the handler's business. */
  subscribe(afterPosition: number, handler: EventHandler): Subscription {
    return this.#events.subscribe(afterPosition, (batch) => handler(this.#eventsOf(batch)));
  }

  /** Position of the last event; -1 for an empty log. */
  head(): Promise<number> {
    return this.#events.head();
  }

  /** Fetches the keys that the personal parts of these events need, all at once. */
  async prepare(events: readonly LoggedEvent[]): Promise<void> {
    const locked = events.filter(isLocked);
    if (locked.length === 0) return;
    const names = [...new Set(locked.map((event) => event.missingKey!))];
    const keys = await this.#keys.getMany(names);
    const keyOf = new Map(names.map((name, i) => [name, keys[i] ?? null]));
    for (const event of locked) event.unlock(keyOf.get(event.key!) ?? null);
  }

  /** The key of each draft; drafts of one append mostly share one. */
  async #keysFor(
    stream: string,
    drafts: readonly DraftEvent[],
    context: AppendContext,
  ): Promise<(NamedKey | null)[]> {
    const ensured = new Map<string, NamedKey>();
    const keys: (NamedKey | null)[] = [];
    for (const draft of drafts) {
      const name = draft.personal === null ? null : this.#keyNameFor(stream, draft, context);
      if (name !== null && !ensured.has(name))
        ensured.set(name, { name, key: await this.#keys.ensure(name) });
      keys.push(name === null ? null : ensured.get(name)!);
    }
    return keys;
  }

  #make(place: RecordPlace, draft: DraftEvent, context: AppendContext, key: NamedKey | null) {
    const { record, made } = makeRecord(place, draft, context, key);
    const stored = { ...record, ...place, position: -1 };
    const event = new SealedEvent(stored, this.#upcastsOf, made);
    this.#eventOf.set(record.record, event);
    return { record, event };
  }

  #eventsOf(records: readonly StoredRecord[]): SealedEvent[] {
    return records.map((stored) => {
      const known = this.#eventOf.get(stored.record);
      if (known !== undefined) {
        known.place(stored.position);
        return known;
      }
      const event = new SealedEvent(stored, this.#upcastsOf);
      this.#eventOf.set(stored.record, event);
      return event;
    });
  }
}

function isLocked(event: LoggedEvent): event is SealedEvent {
  return event instanceof SealedEvent && event.missingKey !== null;
}
