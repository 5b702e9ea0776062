/**
 * The sealer: takes every record's leaf into the tree, in the log's order, and signs heads. A head is in the log
 * (`CheckpointSealed`) before its signature leaves this file; tiles, `ledger/checkpoint/SIZE` and `ledger/HEAD`
 * follow, in this order, each synced. One sealer per log.
 */
import { headOf, type SealedHead } from '../domain/ledger.ts';
import type { Uuid } from '../domain/values.ts';
import type { StoredRecord, Subscription } from '../event-store/event-store.ts';
import { Arrivals } from './arrivals.ts';
import type { Checkpoint } from './checkpoint.ts';
import { HeadWriter } from './head-writer.ts';
import { factOf } from './ledger-stream.ts';
import { hex, leafHash } from './merkle.ts';
import type { Ledger } from './open-ledger.ts';
import { OwnHeads } from './own-heads.ts';
import type { Tile, TileTree } from './tile-tree.ts';

export interface SealerOptions {
  /** Longest time that a new leaf, other than a checkpoint's, waits for a head. */
  readonly sealIntervalMs?: number;
  /** New leaves after which a head is made at once. */
  readonly maxUnsealedLeaves?: number;
  /** Told of each new head, once it is in `ledger/HEAD`. */
  readonly onSealed?: (checkpoint: Checkpoint) => void;
  /** Told when a head could not be appended; the next interval tries again. */
  readonly onTrouble?: (error: HeadNotAppended) => void;
}

export const defaultSealIntervalMs = 10_000;
export const defaultMaxUnsealedLeaves = 65_536;
/** So many completed tiles are written without waiting for a head. */
const maxWaitingTiles = 256;

/** The log did not take a head. Nothing of it has left. */
export class HeadNotAppended extends Error {
  override readonly name = 'HeadNotAppended';
}

/** The sealer cannot go on: the log is not what its head says, or somebody else seals it. */
export class SealerStopped extends Error {
  override readonly name = 'SealerStopped';
}

/** The tree at the moment a head is taken. */
interface Snapshot {
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly edge: readonly Tile[];
  readonly position: number;
  readonly newLeaves: number;
}

export class Sealer {
  readonly #ledger: Ledger;
  readonly #options: SealerOptions;
  readonly #writer: HeadWriter;
  readonly #tree: TileTree;
  readonly #subscription: Subscription;
  readonly #end = Promise.withResolvers<void>();
  /** Log position of the tree's last leaf. */
  #position: number;
  /** The newest head in `ledger/HEAD`. */
  #head: Checkpoint | null;
  /** Heads in the log whose files are still to be written; nothing is sealed before. */
  readonly #orphans: SealedHead[];
  /** Revision of the ledger's stream when this sealer began. */
  readonly #firstRevision: number;
  readonly #ownHeads = new OwnHeads();
  readonly #arrivals: Arrivals;
  /** Leaves behind the newest head, other than checkpoints. */
  #newLeaves = 0;
  /** Size at the last try to make a head. */
  #triedSize: number;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ledger: Ledger, options: SealerOptions = {}) {
    const { checkpoint, tree, position } = ledger.head;
    this.#ledger = ledger;
    this.#options = options;
    this.#writer = new HeadWriter(ledger.folder, ledger.signer.publicKey);
    this.#tree = tree;
    this.#position = position;
    this.#arrivals = new Arrivals(position);
    this.#head = checkpoint;
    this.#triedSize = tree.size;
    this.#orphans = [...ledger.orphans];
    this.#firstRevision = ledger.stream.revision;
    this.#end.promise.catch(() => {});
    this.#subscription = ledger.store.subscribe(position, (batch) => this.#take(batch));
    this.#subscription.ended.catch((error) => this.#fail(error));
  }

  /** Resolves after `stop`; rejects when the sealer had to give up. Nothing is sealed after that. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /** Of the log that it seals. */
  get logId(): Uuid {
    return this.#ledger.logId;
  }

  /** The newest head that has left; null before the first. */
  get head(): Checkpoint | null {
    return this.#head;
  }

  /** Leaves taken in so far. */
  get size(): number {
    return this.#tree.size;
  }

  /** A head over everything acknowledged before the call, apart from checkpoints. */
  async sealNow(): Promise<Checkpoint> {
    await this.#arrivals.reached(await this.#ledger.store.head());
    return this.#inTurn(() => this.#seal());
  }

  /** Seals what is left and stops. Rejects where the last head could not be made; stopped it is even so. */
  async stop(): Promise<void> {
    try {
      await this.sealNow();
    } finally {
      await this.#halt();
      this.#end.resolve();
    }
  }

  async #take(batch: readonly StoredRecord[]): Promise<void> {
    for (const record of batch) {
      this.#tree.append(leafHash(record.record));
      this.#position = record.position;
      if (this.#isCheckpoint(record)) await this.#meet(record);
      else this.#newLeaves++;
      if (this.#orphans[0]?.size === this.#tree.size) await this.#adopt(this.#orphans.shift()!);
      if (this.#isFull()) await this.#sealOrReport();
    }
    this.#writer.add(this.#tree.takeCompleted());
    if (this.#writer.waitingTiles >= maxWaitingTiles) await this.#inTurn(() => this.#writer.flush());
    this.#arrivals.arriveAt(this.#position);
    this.#arm();
  }

  #isCheckpoint(record: StoredRecord): boolean {
    return record.stream === this.#ledger.stream.name && factOf(record).type === 'CheckpointSealed';
  }

  /** A head comes by in the log: an old one, an own one, or somebody else's. */
  async #meet(record: StoredRecord): Promise<void> {
    if (record.revision <= this.#firstRevision) return;
    const own = this.#ownHeads.meet(headOf(1, factOf(record).data).signature);
    if (own === null) throw new SealerStopped(`another sealer writes to ${record.stream}`);
    if (own.hadFailed) await this.#inTurn(() => this.#writer.writeCheckpoint(own.checkpoint));
  }

  #isFull(): boolean {
    const max = this.#options.maxUnsealedLeaves ?? defaultMaxUnsealedLeaves;
    return this.#tree.size - this.#triedSize >= max && this.#newLeaves > 0 && this.#orphans.length === 0;
  }

  /** Starts the interval, where something waits for a head. */
  #arm(): void {
    if (this.#timer || this.#newLeaves === 0 || this.#orphans.length > 0 || this.#arrivals.failed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sealOrReport().catch((error) => this.#fail(error));
    }, this.#options.sealIntervalMs ?? defaultSealIntervalMs);
    this.#timer.unref();
  }

  async #sealOrReport(): Promise<void> {
    try {
      await this.#inTurn(() => this.#seal());
    } catch (error) {
      if (!(error instanceof HeadNotAppended)) throw error;
      this.#options.onTrouble?.(error);
      this.#arm();
    }
  }

  /** In turn only. The newest head again, where only checkpoints came after it. */
  async #seal(): Promise<Checkpoint> {
    if (this.#newLeaves === 0 && this.#head !== null) return this.#head;
    const snapshot = this.#snapshot();
    const { logId, stream, signer, now } = this.#ledger;
    const { size, root } = snapshot;
    const checkpoint = signer.sign({ logId, epoch: stream.state.epoch, size, root, sealedAt: now() });
    await this.#append(checkpoint, snapshot);
    await this.#keep(checkpoint, snapshot);
    return checkpoint;
  }

  #snapshot(): Snapshot {
    const newLeaves = this.#newLeaves;
    this.#newLeaves = 0;
    this.#triedSize = this.#tree.size;
    this.#writer.add(this.#tree.takeCompleted());
    const tree = this.#tree;
    return {
      size: tree.size,
      root: hex(tree.root()),
      edge: tree.edge(),
      position: this.#position,
      newLeaves,
    };
  }

  async #append(checkpoint: Checkpoint, { newLeaves }: Snapshot): Promise<void> {
    const { stream, append, now } = this.#ledger;
    this.#ownHeads.signed(checkpoint);
    try {
      await stream.execute({ kind: 'sealHead', ...checkpoint }, append, now());
    } catch (error) {
      this.#newLeaves += newLeaves;
      this.#ownHeads.failed(checkpoint);
      throw new HeadNotAppended(`the head over ${checkpoint.size} records could not be appended`, {
        cause: error,
      });
    }
    if (stream.state.lastHead?.signature === checkpoint.signature) return;
    throw this.#fail(new SealerStopped(`another sealer writes to ${stream.name}`));
  }

  /** A head that is in the log gets its files. An error here is final: what was signed must not be forgotten. */
  async #keep(checkpoint: Checkpoint, { edge, position }: Snapshot): Promise<void> {
    try {
      await this.#writer.write({ checkpoint, edge, position, revision: this.#ledger.stream.headRevision });
    } catch (error) {
      throw this.#fail(error);
    }
    this.#head = checkpoint;
    this.#options.onSealed?.(checkpoint);
  }

  async #adopt(orphan: SealedHead): Promise<void> {
    const snapshot = this.#snapshot();
    if (snapshot.root !== orphan.root) {
      throw new SealerStopped(
        `the first ${orphan.size} records of the log are not those that its head signs`,
      );
    }
    await this.#inTurn(() => this.#keep({ ...orphan, logId: this.#ledger.logId }, snapshot));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Gives up: nobody waits for a head any more, and `ended` says why. */
  #fail(error: unknown): unknown {
    clearTimeout(this.#timer);
    this.#arrivals.fail(error);
    this.#end.reject(error);
    this.#subscription.close().catch(() => {});
    return error;
  }

  async #halt(): Promise<void> {
    clearTimeout(this.#timer);
    this.#arrivals.fail(new SealerStopped('the sealer has been stopped'));
    await this.#subscription.close();
    await this.#turn;
  }
}
