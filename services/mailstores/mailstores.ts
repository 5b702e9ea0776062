/**
 * The hot state of all mailstores: what IMAP, POP3 and the filing reaction work on.
 *
 * One queue per account: an append is on its way or not, and what waits behind it is decided on the state
 * that follows. Filings that wait together become one append. The state changes only by acknowledged events,
 * so nothing (no UID, flag, MODSEQ) is seen before it is durable.
 */
import type { CommandContext, DraftEvent, LoggedEvent } from '../domain/event.ts';
import { mailstoreLimits, standardMailboxes } from '../domain/mailstore.ts';
import { decideMailstore, type MailstoreCommand } from '../domain/mailstore-commands.ts';
import type { Filing } from '../domain/mailstore-messages.ts';
import { openMailstore, renewUidValidities } from '../domain/mailstore-naming.ts';
import { evolveMailstore, type MailstoreState } from '../domain/mailstore-state.ts';
import { isRefusal, type Refusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { type ExpectedRevision, type LogPlace, WrongExpectedRevision } from '../event-store/event-store.ts';
import { newEventId } from '../identifiers.ts';

/** The part of the log that mailstores need; `dispatch.ts` gives it. */
export interface MailstoreLog {
  /** A bounded number of events of a stream from `fromRevision`, with their keys loaded; none at its end. */
  readPage(stream: string, fromRevision: number): Promise<LoggedEvent[]>;
  /** Appends and resolves unknown outcomes; throws `WrongExpectedRevision` when somebody else was first. */
  append(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftEvent[],
    context: CommandContext,
    causes: readonly LogPlace[],
  ): Promise<LoggedEvent[]>;
}

/** Stored mailstores, as far as the mailbox projection has come. */
export interface StoredMailstores {
  /** The account's state as stored; an empty one (revision -1) where nothing is. */
  load(account: Uuid): MailstoreState;
}

export interface MailstoreOutcome {
  /** The acknowledged events; empty where nothing had to change. */
  readonly events: readonly LoggedEvent[];
  /** UIDs that `unchangedSince` left alone. */
  readonly modified: readonly number[];
  readonly state: MailstoreState;
}

/** Told of each acknowledged event of the account, in order, after the state has changed. */
export type MailstoreListener = (event: LoggedEvent, state: MailstoreState) => void;

interface Waiting {
  readonly command: MailstoreCommand;
  readonly context: CommandContext;
  /** Where it is filed ahead: the record from which that follows. */
  readonly causes: readonly LogPlace[];
  readonly resolve: (outcome: MailstoreOutcome | Refusal) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  readonly account: Uuid;
  state: Promise<MailstoreState>;
  readonly queue: Waiting[];
  running: boolean;
  readonly listeners: Set<MailstoreListener>;
  /** Of the registry's clock, for eviction. */
  usedAt: number;
}

/** Filings that one append takes together: more only lengthens the wait of the first. */
const maxFilingsPerAppend = 500;
/** Times that a command is decided anew because another process was first. */
const maxConflicts = 8;

export class Mailstores {
  readonly #log: MailstoreLog;
  readonly #stored: StoredMailstores;
  /** Of the log. */
  readonly #epoch: number;
  readonly #slots = new Map<Uuid, Slot>();
  #clock = 0;

  constructor(log: MailstoreLog, stored: StoredMailstores, epoch = 1) {
    this.#log = log;
    this.#stored = stored;
    this.#epoch = epoch;
  }

  /** The account's state, opened with the standard mailboxes when the account has none yet. Do not change it. */
  async open(account: Uuid): Promise<MailstoreState> {
    return this.#slot(account).state;
  }

  /** Decides and appends one command; resolves when its events are durable and the state has changed. */
  execute(
    account: Uuid,
    command: MailstoreCommand,
    context: CommandContext,
  ): Promise<MailstoreOutcome | Refusal> {
    const slot = this.#slot(account);
    return new Promise((resolve, reject) => {
      this.#enqueue(slot, { command, context, causes: [], resolve, reject });
    });
  }

  /**
   * Files in the mailstore's turn, where the log has `cause` at its place by then. Otherwise `leave` is called, before
   * anything else can be put into the queue, and what is filed ahead behind it is left as well.
   */
  fileAhead(account: Uuid, filing: Filing, cause: LoggedEvent, leave: () => void): void {
    this.#enqueue(this.#slot(account), {
      command: { kind: 'file', filings: [filing] },
      context: { actor: 'system', cause: cause.id, now: cause.at },
      causes: [{ position: cause.position, id: cause.id }],
      resolve: () => {}, // filing is never refused
      reject: leave,
    });
  }

  #enqueue(slot: Slot, waiting: Waiting): void {
    slot.queue.push(waiting);
    if (!slot.running) void this.#run(slot);
  }

  /** Calls `listener` for every event from now on; the returned function ends it. */
  watch(account: Uuid, listener: MailstoreListener): () => void {
    const { listeners } = this.#slot(account);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** An event of any mailstore, from the subscription on the log. Known ones change nothing. */
  async apply(event: LoggedEvent): Promise<void> {
    const account = event.stream.slice('mailstore-'.length);
    const slot = this.#slots.get(account);
    if (!slot) return;
    const state = await slot.state;
    if (event.revision === state.revision + 1) this.#advance(slot, state, [event]);
  }

  /** Accounts whose state is in memory. */
  async loaded(): Promise<MailstoreState[]> {
    return Promise.all([...this.#slots.values()].map((slot) => slot.state));
  }

  /**
   * Frees memory down to `maxOctets` of row pages, least recently used first. What is dirty stays until the
   * projection has stored it; whole accounts go when nobody watches them and nothing waits.
   */
  async shrink(maxOctets: number): Promise<void> {
    const slots = [...this.#slots.values()].sort((a, b) => a.usedAt - b.usedAt);
    const octets = new Map<Slot, number>();
    for (const slot of slots) octets.set(slot, loadedOctets(await slot.state));
    let total = [...octets.values()].reduce((sum, n) => sum + n, 0);
    for (const slot of slots) {
      if (total <= maxOctets) return;
      const state = await slot.state;
      for (const { rows } of state.mailboxes.values()) rows.dropClean();
      total -= octets.get(slot)! - loadedOctets(state);
      if (!state.dirty && !slot.running && slot.queue.length === 0 && slot.listeners.size === 0) {
        this.#slots.delete(slot.account);
      }
    }
  }

  #slot(account: Uuid): Slot {
    let slot = this.#slots.get(account);
    if (!slot) {
      slot = {
        account,
        state: this.#load(account),
        queue: [],
        running: false,
        listeners: new Set(),
        usedAt: 0,
      };
      this.#slots.set(account, slot);
      slot.state.catch(() => this.#slots.delete(account));
    }
    slot.usedAt = ++this.#clock;
    return slot;
  }

  async #load(account: Uuid): Promise<MailstoreState> {
    const state = this.#stored.load(account);
    await this.#catchUp(state);
    if (state.revision < 0) {
      const newIds = standardMailboxes.map(() => newEventId());
      await this.#begin(state, (nowMs) => openMailstore(account, newIds, nowMs));
    } else if (state.uidEpoch < this.#epoch) {
      await this.#begin(state, (nowMs) => renewUidValidities(state, nowMs));
    }
    return state;
  }

  /** What a mailstore begins with, or begins an epoch with; another process may have been first. */
  async #begin(state: MailstoreState, draft: (nowMs: number) => DraftEvent[]): Promise<void> {
    const expected = state.revision < 0 ? 'absent' : state.revision;
    const context: CommandContext = { actor: 'system', cause: null, now: Date.now() };
    try {
      const drafts = draft(context.now);
      for (const event of await this.#log.append(
        `mailstore-${state.account}`,
        expected,
        drafts,
        context,
        [],
      )) {
        evolveMailstore(state, event);
      }
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      await this.#catchUp(state);
    }
  }

  /** Takes what is in the log behind the state, a page at a time; whether there was anything. */
  async #catchUp(state: MailstoreState, take = evolveMailstore): Promise<boolean> {
    const from = state.revision;
    for (;;) {
      const page = await this.#log.readPage(`mailstore-${state.account}`, state.revision + 1);
      if (page.length === 0) return state.revision > from;
      for (const event of page) take(state, event);
    }
  }

  async #run(slot: Slot): Promise<void> {
    slot.running = true;
    while (slot.queue.length > 0) {
      const batch = takeBatch(slot.queue);
      try {
        const outcome = await this.#perform(slot, merged(batch));
        for (const waiting of batch) waiting.resolve(outcome);
      } catch (error) {
        // The state holds acknowledged events only. Should the log be ahead of it now, then the next append
        // conflicts and reads the tail first.
        for (const waiting of [...batch, ...takeFailing(slot.queue, batch[0]!)]) waiting.reject(error);
      }
    }
    slot.running = false;
  }

  async #perform(
    slot: Slot,
    { command, context, causes }: Pick<Waiting, 'command' | 'context' | 'causes'>,
  ): Promise<MailstoreOutcome | Refusal> {
    const state = await slot.state;
    for (let conflicts = 0; ; conflicts++) {
      const newIds = needsIds(command)
        ? Array.from({ length: mailstoreLimits.maxDepth }, () => newEventId())
        : [];
      const decided = decideMailstore(state, command, newIds, context.now);
      if (isRefusal(decided)) {
        // Another process may have made what is missing here.
        if (conflicts < maxConflicts && (await this.#follow(slot, state))) continue;
        return decided;
      }
      if (decided.events.length === 0) return { events: [], modified: decided.modified, state };
      try {
        const events = await this.#log.append(
          streamOf(slot),
          state.revision,
          decided.events,
          context,
          causes,
        );
        this.#advance(slot, state, events);
        return { events, modified: decided.modified, state };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || conflicts === maxConflicts) throw error;
        await this.#follow(slot, state);
      }
    }
  }

  /** Takes what other processes have appended; whether there was anything. */
  #follow(slot: Slot, state: MailstoreState): Promise<boolean> {
    return this.#catchUp(state, (_, event) => this.#advance(slot, state, [event]));
  }

  #advance(slot: Slot, state: MailstoreState, events: readonly LoggedEvent[]): void {
    for (const event of events) {
      if (event.revision <= state.revision) continue;
      evolveMailstore(state, event);
      for (const listener of slot.listeners) listener(event, state);
    }
  }
}

function streamOf(slot: Slot): string {
  return `mailstore-${slot.account}`;
}

function needsIds({ kind }: MailstoreCommand): boolean {
  return kind === 'createMailbox' || kind === 'renameMailbox';
}

/** The first that waits; when it files, all that file right behind it as well, and ahead or not as it does. */
function takeBatch(queue: Waiting[]): Waiting[] {
  let taken = 1;
  let filings = filingsOf(queue[0]!.command).length;
  if (filings > 0) {
    while (taken < queue.length) {
      const next = filingsOf(queue[taken]!.command).length;
      if (next === 0 || filings + next > maxFilingsPerAppend || isAhead(queue[taken]!) !== isAhead(queue[0]!))
        break;
      filings += next;
      taken++;
    }
  }
  return queue.splice(0, taken);
}

function filingsOf(command: MailstoreCommand): readonly Filing[] {
  return command.kind === 'file' ? command.filings : [];
}

function merged(batch: readonly Waiting[]): Pick<Waiting, 'command' | 'context' | 'causes'> {
  const [first] = batch;
  if (batch.length === 1) return first!;
  return {
    command: { kind: 'file', filings: batch.flatMap(({ command }) => filingsOf(command)) },
    context: first!.context,
    causes: batch.flatMap(({ causes }) => causes),
  };
}

function isAhead({ causes }: Waiting): boolean {
  return causes.length > 0;
}

/** Those that fail with one that failed: everything, but behind what was filed ahead only what is filed ahead too. */
function takeFailing(queue: Waiting[], failed: Waiting): Waiting[] {
  const waiting = queue.splice(0);
  if (!isAhead(failed)) return waiting;
  queue.push(...waiting.filter((each) => !isAhead(each)));
  return waiting.filter(isAhead);
}

function loadedOctets(state: MailstoreState): number {
  let octets = 0;
  for (const { rows } of state.mailboxes.values()) octets += rows.loadedOctets();
  return octets;
}
