/**
 * The log's own stream, `ledger-<log id>`: its state, and commands to it one after another. Whoever seals,
 * restores or notes the clock goes through one `LedgerStream`, so that they never conflict in one process.
 */
import type { CommandContext, DraftEvent } from '../domain/event.ts';
import type { EventType } from '../domain/event-type.ts';
import {
  type LedgerCommand,
  type LedgerFact,
  type LedgerState,
  ledger,
  ledgerEvents,
  ledgerStream,
} from '../domain/ledger.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import {
  type EventStore,
  type ExpectedRevision,
  type StoredRecord,
  WrongExpectedRevision,
} from '../event-store/event-store.ts';
import { walkStream } from './log-walk.ts';
import { RecordMalformed, readRecord } from './record-syntax.ts';

/** Appends drafts to a stream at an exact revision; resolves when they are on disk. */
export type Appender = (
  stream: string,
  expected: ExpectedRevision,
  drafts: readonly DraftEvent[],
  context: CommandContext,
) => Promise<unknown>;

export type FactListener = (fact: LedgerFact) => void;

/** Another writer of the same stream may win so often. */
const maxTries = 10;

export class LedgerStream {
  readonly name: string;
  readonly #store: EventStore;
  #state: LedgerState = ledger.initial();
  /** Of the last record seen; -1 before `LogOpened`. */
  #revision = -1;
  #headRevision = -1;
  /** Time of the last record seen. */
  #atMs = 0;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(store: EventStore, logId: Uuid) {
    this.#store = store;
    this.name = ledgerStream(logId);
  }

  /**
   * Reads the stream; behind the record of a `CheckpointSealed`, where the caller knows a late one. `onFact` is told
   * of each fact that is read.
   */
  static async load(
    store: EventStore,
    logId: Uuid,
    sealed: StoredRecord | null = null,
    onFact: FactListener = () => {},
  ): Promise<LedgerStream> {
    const stream = new LedgerStream(store, logId);
    if (sealed !== null) {
      const [first] = await store.readStream(stream.name, 0, 1);
      for (const record of [first!, sealed]) stream.#apply(record);
    }
    await stream.#readTail(onFact);
    return stream;
  }

  get state(): LedgerState {
    return this.#state;
  }

  /** Revision of the newest record; -1 where there is none. */
  get revision(): number {
    return this.#revision;
  }

  /** Revision of the newest `CheckpointSealed`; -1 where there is none. */
  get headRevision(): number {
    return this.#headRevision;
  }

  /**
   * Decides and appends, again after another writer was first. Rejects where the outcome stays unknown and the
   * stream does not show the own event.
   */
  execute(command: LedgerCommand, append: Appender, nowMs: number): Promise<LedgerState> {
    const done = this.#queue.then(() => this.#try(command, append, nowMs, maxTries));
    this.#queue = done.catch(() => {});
    return done;
  }

  async #try(
    command: LedgerCommand,
    append: Appender,
    nowMs: number,
    triesLeft: number,
  ): Promise<LedgerState> {
    const decision = ledger.decide(this.#state, command);
    if (isRefusal(decision) || decision.events.length === 0) return this.#state;
    const expected = this.#revision < 0 ? 'absent' : this.#revision;
    const actor = command.kind === 'restoreLog' ? 'operator' : 'system';
    try {
      // The clock may have been set back; a stream's times never go back.
      const now = Math.max(nowMs, this.#atMs);
      await append(this.name, expected, decision.events, { actor, cause: null, now });
      await this.#readTail(() => {});
    } catch (error) {
      const tail: LedgerFact[] = [];
      await this.#readTail((fact) => tail.push(fact));
      if (tail[0] && saysTheSame(tail[0], decision.events[0]!)) return this.#state;
      const conflict = error instanceof WrongExpectedRevision || tail.length > 0;
      if (!conflict || triesLeft <= 1) throw error;
      return this.#try(command, append, nowMs, triesLeft - 1);
    }
    return this.#state;
  }

  async #readTail(onFact: FactListener): Promise<void> {
    for await (const page of walkStream(this.#store, this.name, this.#revision + 1)) {
      for (const record of page) onFact(this.#apply(record));
    }
  }

  #apply(record: StoredRecord): LedgerFact {
    const fact = factOf(record);
    this.#state = ledger.evolve(this.#state, fact);
    this.#revision = record.revision;
    this.#atMs = fact.at;
    if (fact.type === 'CheckpointSealed') this.#headRevision = record.revision;
    return fact;
  }
}

function saysTheSame(fact: LedgerFact, draft: DraftEvent): boolean {
  return fact.type === draft.type && JSON.stringify(fact.data) === JSON.stringify(draft.data);
}

/** A record of this stream as a fact. Throws `RecordMalformed`. */
export function factOf(record: StoredRecord): LedgerFact & { readonly at: number } {
  const { type, version, epoch, at, data } = readRecord(record.record);
  const known: EventType | undefined = (ledgerEvents as Readonly<Record<string, EventType>>)[type];
  if (known?.version !== version) {
    throw new RecordMalformed(`${type} version ${version} is not known to the ledger`);
  }
  return { type, version, epoch, at, data, personal: null } as unknown as LedgerFact & { at: number };
}
