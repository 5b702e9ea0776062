import { Worker } from 'node:worker_threads';
import type { Recovery } from '../blob-store/volume-recovery.ts';
import {
  type ExpectedRevision,
  type LogPlace,
  type NewRecord,
  StorageFull,
  UnknownOutcome,
} from '../event-store/event-store.ts';
import type { LogCommands } from '../event-store/sqlite-event-store.ts';
import type { LogOutcome } from '../event-store/sqlite-log.ts';
import { ExpectedPosition } from './expected-position.ts';
import type { CoreName, SendToCore } from './keeper-core.ts';
import type { KeeperOptions } from './keeper-cores.ts';
import {
  type Answer,
  type CarriedError,
  type CoreCall,
  CoreError,
  type KeeperReply,
  type KeeperRequest,
  type SyncCall,
} from './keeper-protocol.ts';
import type { QuestionLine } from './log-questions.ts';
import { packAppends, type UnpackedAppend } from './packed-appends.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface WaitingAppend extends UnpackedAppend {
  resolve(outcome: LogOutcome): void;
  reject(error: Error): void;
}

/** Called when the storage is broken or the keeper has died. It has to end the process: nothing can be kept. */
export type OnFatal = (error: Error) => void;

/**
 * The main thread's side of the keeper. Commands of one turn of the event loop leave in one message; commands to
 * cores go before the appends of the same turn, which is also the order in which the keeper does them.
 */
export class KeeperClient implements LogCommands {
  readonly #worker: Worker;
  readonly #onFatal: OnFatal;
  readonly #waiting = new Map<number, Waiting>();
  #calls: CoreCall[] = [];
  #transfer: ArrayBuffer[] = [];
  #appends: WaitingAppend[] = [];
  #syncs: Waiting[] = [];
  #lastLogPosition = -1;
  #lastCall = 0;
  #lastFailure = 0;
  /** `#lastFailure` when the first was asked for that waits to be sent. */
  #lastKnownFailure: number | null = null;
  readonly #expected = new ExpectedPosition();
  #flushIsDue = false;
  #state: 'open' | 'closing' | 'ended' = 'open';
  #recovery: Recovery | null = null;
  #settleStart: Waiting | null = null;
  #settleClose: (() => void) | null = null;

  private constructor(worker: Worker, onFatal: OnFatal) {
    this.#worker = worker;
    this.#onFatal = onFatal;
    worker.on('message', (reply: KeeperReply) => this.#receive(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('the keeper thread has ended')));
  }

  /**
   * Resolves when the stores are open; rejects where one can't be opened. `line`: the keeper's way to ask a log that
   * another engine keeps.
   */
  static start(options: KeeperOptions, onFatal: OnFatal, line?: QuestionLine): Promise<KeeperClient> {
    const worker = new Worker(new URL('./keeper.ts', import.meta.url), {
      workerData: { ...options, line },
      transferList: line ? [line.port] : [],
      name: 'keeper',
    });
    const client = new KeeperClient(worker, onFatal);
    return new Promise((resolve, reject) => {
      client.#settleStart = { resolve: () => resolve(client), reject };
    });
  }

  /** What the start found in the volumes and did; null where the keeper has none. */
  get recovery(): Recovery | null {
    return this.#recovery;
  }

  /** May be called before commands that it rests on are answered: it is refused where one of them fails. */
  append(
    stream: string,
    expected: ExpectedRevision,
    records: readonly NewRecord[],
    causes: readonly LogPlace[] = [],
  ): Promise<LogOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#refuse(reject)) return;
      this.#appends.push({ stream, expected, records, causes, resolve, reject });
      this.#expected.sent(records.length);
      this.#flushSoon();
    });
  }

  /** Nobody else writes to the log while the keeper has it. */
  nextPosition(): number {
    return this.#expected.next;
  }

  /**
   * Resolves when all that cores have answered is on disk: before an append to a log that another engine keeps.
   * `lastLogPosition`: of that log's last record known to be durable; -1: none.
   */
  sync(lastLogPosition: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#refuse(reject)) return;
      this.#lastLogPosition = Math.max(this.#lastLogPosition, lastLogPosition);
      this.#syncs.push({ resolve: () => resolve(), reject });
      this.#flushSoon();
    });
  }

  /** The way to a core, for the engine that stands before it. A core's errors arrive as `CoreError`. */
  sendTo<Command, Result>(core: CoreName): SendToCore<Command, Result> {
    return (command, transfer = []) =>
      new Promise((resolve, reject) => {
        if (this.#refuse(reject)) return;
        const call = this.#expect({ resolve: (value) => resolve(value as Result), reject });
        this.#calls.push({ call, core, command });
        this.#transfer.push(...transfer);
        this.#flushSoon();
      });
  }

  /** Resolves when everything sent before is on disk and the stores are closed. */
  async close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    await new Promise<void>((resolve) => {
      this.#settleClose = resolve;
      this.#flush(true);
    });
  }

  #refuse(reject: (error: Error) => void): boolean {
    if (this.#state === 'open') return false;
    reject(new Error('the keeper is closed'));
    return true;
  }

  #expect(waiting: Waiting): number {
    this.#waiting.set(++this.#lastCall, waiting);
    return this.#lastCall;
  }

  /** At the end of the turn, so that everything the turn's sockets asked for shares one message. */
  #flushSoon(): void {
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    this.#lastKnownFailure = this.#lastFailure;
    setImmediate(() => this.#flush());
  }

  #flush(close = false): void {
    this.#flushIsDue = false;
    const [calls, transfer, appends, syncs] = [this.#calls, this.#transfer, this.#appends, this.#syncs];
    if (this.#state === 'ended' || (calls.length + appends.length + syncs.length === 0 && !close)) return;
    [this.#calls, this.#transfer, this.#appends, this.#syncs] = [[], [], [], []];
    const packed = appends.length > 0 ? packAppends(appends) : null;
    if (packed !== null) transfer.push(packed.octets);
    const appendsCall = packed && { call: this.#expect(this.#answerAppends(appends)), packed };
    const sync = this.#syncCall(syncs);
    const lastKnownFailure = this.#lastKnownFailure ?? this.#lastFailure;
    this.#lastKnownFailure = null;
    const request: KeeperRequest = { calls, appends: appendsCall, sync, lastKnownFailure, close };
    this.#worker.postMessage(request, transfer);
  }

  #syncCall(syncs: readonly Waiting[]): SyncCall | null {
    if (syncs.length === 0) return null;
    const call = this.#expect({
      resolve: (value) => {
        for (const sync of syncs) sync.resolve(value);
      },
      reject: (error) => {
        for (const sync of syncs) sync.reject(error);
      },
    });
    return { call, lastLogPosition: this.#lastLogPosition };
  }

  #receive(reply: KeeperReply): void {
    if (reply.kind === 'answers') for (const answer of reply.answers) this.#settle(answer);
    else if (reply.kind === 'fatal') this.#fail(new CoreError(reply.error));
    else if (reply.kind === 'ready') this.#started(reply);
    else this.#closed();
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.call);
    this.#waiting.delete(answer.call);
    if ('error' in answer) {
      this.#lastFailure = Math.max(this.#lastFailure, answer.call);
      waiting?.reject(reviveError(answer.error));
    } else {
      waiting?.resolve(answer.value);
    }
  }

  #answerAppends(appends: readonly WaitingAppend[]): Waiting {
    const count = appends.reduce((sum, { records }) => sum + records.length, 0);
    return {
      resolve: (value) => {
        const outcomes = value as LogOutcome[];
        this.#expected.answered(count, outcomes);
        for (const [i, append] of appends.entries()) append.resolve(outcomes[i]!);
      },
      reject: (error) => {
        this.#expected.answered(count, []);
        for (const append of appends) append.reject(error);
      },
    };
  }

  #started({ recovery, lastPosition }: KeeperReply & { kind: 'ready' }): void {
    this.#recovery = recovery;
    this.#expected.begin(lastPosition);
    this.#settleStart?.resolve(undefined);
    this.#settleStart = null;
  }

  #closed(): void {
    this.#state = 'ended';
    this.#settleClose?.();
  }

  #fail(error: Error): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    const start = this.#settleStart;
    const unknown = new UnknownOutcome(`the keeper failed: ${error.message}`);
    for (const waiting of [...this.#waiting.values(), ...this.#appends, ...this.#syncs])
      waiting.reject(unknown);
    this.#waiting.clear();
    this.#settleClose?.();
    if (start) start.reject(error);
    else this.#onFatal(error);
  }
}

function reviveError(error: CarriedError): Error {
  return error.name === 'StorageFull' ? new StorageFull(error.message) : new CoreError(error);
}
