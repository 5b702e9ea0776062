import { StorageFull } from '../event-store/event-store.ts';
import type { LogAppend, LogOutcome } from '../event-store/sqlite-log.ts';
import type { Core, CoreName } from './keeper-core.ts';
import {
  type Answer,
  type AppendsCall,
  type CoreCall,
  carryError,
  type KeeperRequest,
  type SyncCall,
} from './keeper-protocol.ts';
import { unpackAppends } from './packed-appends.ts';
import { storageFailure } from './storage-failure.ts';

/** The core that commits last: `event-store/sqlite-log.ts`. */
export interface LogCore {
  /** All of the group in one commit; after SQLITE_FULL none of it is written. */
  commit(group: readonly LogAppend[]): LogOutcome[];
  readonly lastPosition: number;
  close(): void;
}

/** The storage can't be trusted any more; whoever runs the loop must end the process. */
export class StorageBroken extends Error {
  override readonly name = 'StorageBroken';
}

/**
 * The order on disk. What the cores did is synced before the log is committed, and the log before its answers
 * leave, so that whoever reads an answer may rely on everything it rests on. Nor need an append wait for the answers to
 * the commands that it rests on: where one of them failed, it is refused.
 *
 * Every method throws `StorageBroken` (`run` rejects with it) where going on would be a lie: a failed sync, or any
 * failure of the log but lack of space. After that nothing may be answered any more.
 */
export class KeeperLoop {
  readonly #log: LogCore | null;
  readonly #cores: Partial<Record<CoreName, Core>>;
  readonly #post: (answers: Answer[]) => void;
  /** Of a log that another engine keeps, as far as it has told. */
  #lastElsewhere = -1;
  /** Calls that failed, ascending, until a request comes that was sent when this was known. */
  #failedCalls: number[] = [];

  /** `log`: null where another engine keeps it, and asks for a sync before each of its appends. */
  constructor(
    log: LogCore | null,
    cores: Partial<Record<CoreName, Core>>,
    post: (answers: Answer[]) => void,
  ) {
    this.#log = log;
    this.#cores = cores;
    this.#post = post;
  }

  /** Runs everything that waited as one group. The next group has to wait until this has resolved. */
  async run(requests: readonly KeeperRequest[]): Promise<void> {
    const answers = requests.flatMap(({ calls }) => calls.map((call) => this.#handle(call)));
    const sound = requests.filter((request) => {
      const refused = this.#refusedForFailure(request);
      answers.push(...refused);
      return refused.length === 0;
    });
    const appends = sound.flatMap((request) => request.appends ?? []);
    if (appends.length > 0) answers.push(...(await this.#commit(appends)));
    // One message back: hardly anybody waits for a command, and everybody for the log.
    if (answers.length > 0) this.#post(answers);
    const syncs = sound.flatMap((request) => request.sync ?? []);
    if (syncs.length > 0) this.#post(await this.#syncFor(syncs));
  }

  close(): void {
    const lacking = this.#sync();
    if (lacking !== null) throw broken(lacking, 'close');
    for (const core of Object.values(this.#cores)) core.close?.();
    this.#log?.close();
  }

  /** Answers to appends and syncs that may rest on a call whose failure their sender did not know of; none where they may go on. */
  #refusedForFailure({ appends, sync, lastKnownFailure }: KeeperRequest): Answer[] {
    this.#failedCalls = this.#failedCalls.filter((call) => call > lastKnownFailure);
    const waiting = [appends ?? [], sync ?? []].flat();
    const isRefused = waiting.some(({ call }) => this.#failedCalls.some((failed) => failed < call));
    return isRefused ? refuseAll(waiting, new Error('a command before it failed')) : [];
  }

  #handle({ call, core, command }: CoreCall): Answer {
    try {
      const addressed = this.#cores[core];
      if (addressed === undefined) throw new Error(`the keeper runs without ${core}`);
      return { call, value: addressed.handle(command) };
    } catch (error) {
      const failure = storageFailure(error);
      if (failure === 'broken') throw broken(error, core);
      this.#failedCalls.push(call);
      return { call, error: carryError(failure === 'full' ? full(error) : error) };
    }
  }

  async #commit(appends: readonly AppendsCall[]): Promise<Answer[]> {
    const lacking = await this.#syncTogether();
    if (lacking !== null) return refuseAll(appends, lacking);
    const groups = appends.map(({ packed }) => unpackAppends(packed));
    try {
      if (this.#log === null) throw new Error('the keeper runs without the log');
      const outcomes = this.#log.commit(groups.flat());
      let taken = 0;
      return appends.map(({ call }, i) => {
        const first = taken;
        taken += groups[i]!.length;
        return { call, value: outcomes.slice(first, taken) };
      });
    } catch (error) {
      if (storageFailure(error) !== 'full') throw broken(error, 'log');
      return refuseAll(appends, error);
    }
  }

  async #syncFor(syncs: readonly SyncCall[]): Promise<Answer[]> {
    this.#lastElsewhere = syncs.reduce(
      (last, { lastLogPosition }) => Math.max(last, lastLogPosition),
      this.#lastElsewhere,
    );
    const lacking = await this.#syncTogether();
    return lacking === null ? syncs.map(({ call }) => ({ call, value: null })) : refuseAll(syncs, lacking);
  }

  /** As `#sync`; what a core can sync on another thread goes on beside it. */
  async #syncTogether(): Promise<Error | null> {
    const begun = this.#beginSyncs();
    const lacking = this.#sync();
    for (const sync of begun) await sync;
    return lacking;
  }

  /** Each rejects where going on would be a lie. */
  #beginSyncs(): Promise<void>[] {
    return Object.entries(this.#cores).flatMap(([name, core]) => {
      const begun = core.beginSync?.() ?? null;
      if (begun === null) return [];
      const sync = begun.catch((error) => Promise.reject(broken(error, name)));
      sync.catch(() => {}); // should another one fail first
      return [sync];
    });
  }

  /**
   * "No space" alone is fatal here as well: what was answered can't be taken back. Only a core that has kept it
   * all says `StorageFull`, which is returned.
   */
  #sync(): Error | null {
    for (const [name, core] of Object.entries(this.#cores)) {
      try {
        core.syncBeforeLog?.(this.#log?.lastPosition ?? this.#lastElsewhere);
      } catch (error) {
        if (error instanceof Error && error.name === 'StorageFull') return error;
        throw broken(error, name);
      }
    }
    return null;
  }
}

function refuseAll(calls: readonly { readonly call: number }[], reason: unknown): Answer[] {
  return calls.map(({ call }) => ({ call, error: carryError(full(reason)) }));
}

function full(error: unknown): StorageFull {
  return new StorageFull(`no space left: ${carryError(error).message}`);
}

function broken(error: unknown, core: string): StorageBroken {
  return new StorageBroken(`${core}: ${carryError(error).message}`, { cause: error });
}
