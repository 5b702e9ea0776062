/**
 * What `muniment restore` finds before it does anything: what the log has, what is known of it elsewhere, and whether
 * the key store is new enough for it. It reads only.
 */
import { ledgerStream } from '../domain/ledger.ts';
import type { Uuid } from '../domain/values.ts';
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import type { Checkpoint } from './checkpoint.ts';
import { logIdOf } from './head-check.ts';
import { type KnownHead, knownHeads } from './known-heads.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { factOf } from './ledger-stream.ts';
import { walkLog, walkStream } from './log-walk.ts';
import { hex, leafHash } from './merkle.ts';
import { type RecordFields, RecordMalformed, readRecord } from './record-syntax.ts';
import { logSigner, signingKeyName } from './signing-key.ts';
import { TileTree } from './tile-tree.ts';

/** There is nothing that a restore could go on from, and the text says what to do. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

export interface RestoreSources {
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly folder: LedgerFolder;
}

export interface RestorePlan {
  readonly logId: Uuid;
  /** Records that the log has, and the position of the last. */
  readonly records: number;
  readonly position: number;
  /** The newest head that anybody knows of this log; null where there is none. */
  readonly newest: KnownHead | null;
  /** Records that the newest head signs and the log does not have. */
  readonly lostRecords: number;
  /** Records up to which the log is the one that was signed, where it then goes on differently; null where it does not. */
  readonly differsFrom: number | null;
  /** Position up to which the key store has seen the log. */
  readonly keysPosition: number;
  /** Checkpoints of `ledger/checkpoint` that the log does not have. */
  readonly unknownCheckpoints: readonly string[];
  /** Above what log, heads and key store know. */
  readonly newEpoch: number;
}

/** Reads the whole log. `outside`: a checkpoint that was kept elsewhere. Throws `RestoreRefused` and `HeadRefused`. */
export async function planRestore(
  sources: RestoreSources,
  outside: Checkpoint | null,
  onProgress: (done: number, total: number, what: string) => void = () => {},
): Promise<RestorePlan> {
  const { store, keys } = sources;
  const logId = await logIdOf(store);
  if (logId === null) throw new RestoreRefused('The log is empty: put back a backup of log/ first.');
  const publicKey = await publicKeyOf(sources, logId);
  const sealed = await sealedHeads(store, logId);
  const sizes = new Set(sealed.map(({ size }) => size));
  const names = (await Array.fromAsync(sources.folder.checkpointNames())).filter(
    (name) => !sizes.has(Number(name)),
  );
  const heads = await knownHeads(sources, { logId, publicKey }, outside, names);
  const log = await readLog(sources, [...heads, ...sealed], onProgress);
  const [keysPosition, keysEpoch] = [await keys.lastLogPosition(), await keys.logEpoch()];
  const newest = newestOf([...heads, ...sealed.slice(-1)]);
  const knownEpoch = Math.max(log.epoch, newest?.epoch ?? 1);
  if (keysEpoch < knownEpoch) throw olderKeys(`it is from before the restore that began epoch ${knownEpoch}`);
  return {
    logId,
    records: log.records,
    position: log.position,
    newest,
    lostRecords: Math.max(0, (newest?.size ?? 0) - (log.differsFrom ?? log.records)),
    differsFrom: log.differsFrom,
    keysPosition,
    unknownCheckpoints: names,
    newEpoch: Math.max(knownEpoch, keysEpoch) + 1,
  };
}

async function publicKeyOf({ store, keys }: RestoreSources, logId: Uuid): Promise<Uint8Array> {
  const [first] = await store.readStream(ledgerStream(logId), 0, 1);
  const fact = factOf(first!);
  const seed = await keys.get(signingKeyName);
  const own = seed && logSigner(seed).publicKey;
  if (fact.type === 'LogOpened' && own && Buffer.from(own).toString('base64') === fact.data.publicKey)
    return own;
  throw new RestoreRefused(
    `The key store (keys/keys.sqlite) does not hold the signing key with which the log ${logId} was opened: put back the newest key store that belongs to it.`,
  );
}

interface ReadLog {
  readonly records: number;
  readonly position: number;
  readonly epoch: number;
  readonly differsFrom: number | null;
}

/** The heads that the log itself has, ascending. */
async function sealedHeads(store: EventStore, logId: Uuid): Promise<KnownHead[]> {
  const heads: KnownHead[] = [];
  for await (const page of walkStream(store, ledgerStream(logId))) {
    for (const record of page) {
      const { type, epoch, data } = factOf(record);
      if (type !== 'CheckpointSealed') continue;
      heads.push({
        epoch,
        size: data.size,
        root: data.root,
        place: `position ${record.position} of the log`,
      });
    }
  }
  return heads;
}

async function readLog(
  { store, keys }: RestoreSources,
  heads: readonly KnownHead[],
  onProgress: (done: number, total: number, what: string) => void,
): Promise<ReadLog> {
  const agreement = new Agreement(heads);
  const head = await store.head();
  let [position, epoch] = [-1, 1];
  for await (const page of walkLog(store)) {
    const fields = page.map(fieldsOf);
    await refuseOlderKeys(keys, page, fields);
    for (const record of page) agreement.append(record);
    epoch = fields.reduce((highest, each) => Math.max(highest, each.epoch), epoch);
    position = page.at(-1)!.position;
    onProgress(position + 1, head + 1, 'records');
  }
  return { records: agreement.size, position, epoch, differsFrom: agreement.differsFrom };
}

function fieldsOf({ record, position }: StoredRecord): RecordFields {
  try {
    return readRecord(record);
  } catch (error) {
    if (!(error instanceof RecordMalformed)) throw error;
    throw new RestoreRefused(
      `The record at position ${position} of the log is damaged (${error.message}): put back an older backup of log/ that \`muniment verify\` finds whole.`,
    );
  }
}

/** Holds the tree against the heads as it comes by their sizes. */
class Agreement {
  readonly #tree = new TileTree();
  readonly #roots = new Map<number, string[]>();
  #agreed = 0;
  #differs = false;

  constructor(heads: readonly KnownHead[]) {
    for (const { size, root } of heads) this.#roots.set(size, [...(this.#roots.get(size) ?? []), root]);
  }

  get size(): number {
    return this.#tree.size;
  }

  /** The last size at which a head agreed before one did not; null where none disagrees. */
  get differsFrom(): number | null {
    return this.#differs ? this.#agreed : null;
  }

  append({ record }: StoredRecord): void {
    this.#tree.append(leafHash(record));
    this.#tree.takeCompleted();
    const roots = this.#roots.get(this.#tree.size);
    if (roots === undefined) return;
    const own = hex(this.#tree.root());
    if (roots.some((root) => root !== own)) this.#differs = true;
    else if (!this.#differs) this.#agreed = this.#tree.size;
  }
}

/** A key that a record names was made before the record: a store without it is older than the log. */
async function refuseOlderKeys(
  keys: KeyStore,
  page: readonly StoredRecord[],
  fields: readonly RecordFields[],
): Promise<void> {
  const named = new Map<string, number>();
  for (const [i, { key }] of fields.entries()) {
    if (key !== null && !named.has(key)) named.set(key, page[i]!.position);
  }
  for (const [key, position] of named) {
    if ((await keys.state(key)) !== 'absent') continue;
    throw olderKeys(`the record at position ${position} names the key ${key}, which it has never had`);
  }
}

function olderKeys(reason: string): RestoreRefused {
  return new RestoreRefused(
    `The key store (keys/keys.sqlite) is older than the log: ${reason}. A log of any age can be restored, but only beside the newest key store, or what was erased could come back: put back the newest backup of keys/.`,
  );
}

function newestOf(heads: readonly KnownHead[]): KnownHead | null {
  const ascending = heads.toSorted((a, b) => a.epoch - b.epoch || a.size - b.size);
  return ascending.at(-1) ?? null;
}
