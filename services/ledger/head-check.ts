/**
 * The check at every start: the log must still have what `ledger/HEAD` and the key store know of it (design §4
 * "Order on disk"). Only `muniment restore` lowers either of them.
 */

import { join } from 'node:path';
import { counted, isOrAre } from '../counted.ts';
import { ledgerStream } from '../domain/ledger.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { type Checkpoint, CheckpointMalformed, parseCheckpoint } from './checkpoint.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { factOf } from './ledger-stream.ts';
import { positionOfLeaf, walkLog, walkStream } from './log-walk.ts';
import { hex, leafHash, sameHash } from './merkle.ts';
import { rebuildTiles } from './rebuild-tiles.ts';
import { RecordMalformed } from './record-syntax.ts';
import { isSignedBy, logSigner, publicKeyObject, signingKeyName } from './signing-key.ts';
import { TileTree, tileWidth } from './tile-tree.ts';
import { TileMissing } from './tiles.ts';

export type HeadProblem =
  /** The log ends before `HEAD` or the key store says that it did. */
  | 'logShort'
  | 'headMissing'
  | 'headMalformed'
  /** The key store belongs to a later epoch than `HEAD`: a log from before a restore, or a restore that was cut off. */
  | 'epochOld'
  /** `HEAD` belongs to a later epoch than the key store. */
  | 'keysOld'
  /** `HEAD` is signed with another key, or that of another log. */
  | 'headForeign'
  /** The log has as many records, but not the same. */
  | 'logDiffers'
  /** Record 0 is not a `LogOpened`. */
  | 'notALog';

/** Refuses to start. The text names the file and the command that helps. */
export class HeadRefused extends Error {
  override readonly name = 'HeadRefused';
  readonly problem: HeadProblem;
  constructor(problem: HeadProblem, text: string) {
    super(text);
    this.problem = problem;
  }
}

export interface HeadSources {
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly folder: LedgerFolder;
}

/** Where the tree stands that `HEAD` signs. */
export interface CheckedHead {
  /** Null before the first. */
  readonly checkpoint: Checkpoint | null;
  readonly tree: TileTree;
  /** Log position of the tree's last leaf; -1 for none. */
  readonly position: number;
}

const verify = '`muniment verify` shows what is left';
const restore = '`muniment restore` goes on from a backup and says so in the log';

/** Throws `HeadRefused`. */
export async function checkHead(sources: HeadSources): Promise<CheckedHead> {
  const logId = await logIdOf(sources.store);
  await checkKeyStorePosition(sources);
  const text = await sources.folder.head();
  if (text === null) return withoutHead(sources, logId);
  const checkpoint = readHead(sources.folder, text);
  if (logId !== null && checkpoint.logId !== logId) {
    throw new HeadRefused(
      'headForeign',
      `${sources.folder.headFile} is the head of another log, ${checkpoint.logId}; ${verify}.`,
    );
  }
  await checkEpochs(sources, checkpoint);
  const tree = await treeOf(sources, checkpoint);
  await checkSignature(sources, checkpoint);
  return { checkpoint, tree, position: await checkLastLeaves(sources, checkpoint) };
}

/** Id of the log; null where it is empty. Throws `HeadRefused` where its first record does not open a log. */
export async function logIdOf(store: EventStore): Promise<string | null> {
  const [first] = await store.readAll(-1, 1);
  if (!first) return null;
  try {
    const fact = factOf(first);
    if (fact.type === 'LogOpened' && first.stream === ledgerStream(fact.data.logId)) return fact.data.logId;
  } catch (error) {
    if (!(error instanceof RecordMalformed)) throw error;
  }
  throw new HeadRefused('notALog', `The log's first record does not open a log; ${verify}, ${restore}.`);
}

async function checkKeyStorePosition({ store, keys }: HeadSources): Promise<void> {
  const [known, head] = [await keys.lastLogPosition(), await store.head()];
  if (head >= known) return;
  const text = `The key store (keys/keys.sqlite) has seen the log at position ${known}, but the log ends at ${head}`;
  throw new HeadRefused('logShort', `${text}. ${verify}, ${restore}.`);
}

async function checkEpochs({ keys, folder }: HeadSources, { epoch }: Checkpoint): Promise<void> {
  const seen = await keys.logEpoch();
  if (seen > epoch) {
    const text = `The key store (keys/keys.sqlite) belongs to epoch ${seen} of the log, and ${folder.headFile} to epoch ${epoch}: the log is from before a restore, or a restore was cut off`;
    throw new HeadRefused('epochOld', `${text}. ${verify}, ${restore}.`);
  }
  if (seen < epoch) {
    const text = `The key store (keys/keys.sqlite) is from before the restore that began epoch ${epoch} of the log`;
    throw new HeadRefused('keysOld', `${text}. Put back the newest key store; ${verify}.`);
  }
}

/** A crash before the first `HEAD` was written leaves one checkpoint at most. */
async function withoutHead({ store, keys, folder }: HeadSources, logId: string | null): Promise<CheckedHead> {
  const sealed = logId === null ? [] : await firstSizes(store, logId, 2);
  const kept = await Array.fromAsync(folder.checkpointNames());
  const restored = (await keys.logEpoch()) > 1;
  if (restored || sealed.length > 1 || kept.some((name) => name !== String(sealed[0]))) {
    throw new HeadRefused(
      'headMissing',
      `${folder.headFile} is missing beside a log with checkpoints. ${verify}, ${restore}.`,
    );
  }
  return { checkpoint: null, tree: new TileTree(), position: -1 };
}

/** Sizes of the first checkpoints that the log has. */
async function firstSizes(store: EventStore, logId: string, maxCount: number): Promise<number[]> {
  const sizes: number[] = [];
  for await (const page of walkStream(store, ledgerStream(logId))) {
    for (const { type, data } of page.map(factOf)) if (type === 'CheckpointSealed') sizes.push(data.size);
    if (sizes.length >= maxCount) break;
  }
  return sizes;
}

function readHead(folder: LedgerFolder, text: string): Checkpoint {
  try {
    return parseCheckpoint(text);
  } catch (error) {
    if (!(error instanceof CheckpointMalformed)) throw error;
    const remedy = `Put back the newest file of ${join(folder.path, 'checkpoint')} in its place, or use \`muniment restore\``;
    throw new HeadRefused(
      'headMalformed',
      `${folder.headFile} is damaged: ${error.message}. ${verify}. ${remedy}.`,
    );
  }
}

/** The tree of the head, from its tiles, and where these fail from the log. */
async function treeOf({ store, folder }: HeadSources, checkpoint: Checkpoint): Promise<TileTree> {
  const { size, root } = checkpoint;
  try {
    const tree = await folder.tiles.tree(size);
    if (hex(tree.root()) === root) return tree;
  } catch (error) {
    if (!(error instanceof TileMissing)) throw error;
  }
  const { tree } = await rebuildTiles(store, folder.tiles, size);
  if (tree.size < size) throw logShorterThanHead(folder, size, tree.size);
  if (hex(tree.root()) !== root) throw logDiffers(folder, size);
  return tree;
}

async function checkSignature({ keys, folder }: HeadSources, checkpoint: Checkpoint): Promise<void> {
  const seed = await keys.get(signingKeyName);
  if (seed && isSignedBy(checkpoint, publicKeyObject(logSigner(seed).publicKey))) return;
  const text = `${folder.headFile} is not signed with the key \`${signingKeyName}\` of this key store (keys/keys.sqlite)`;
  throw new HeadRefused(
    'headForeign',
    `${text}. Put back the key store that belongs to this log; ${verify}.`,
  );
}

/** Compares the log's last leaves below the head with the tiles. Position of the last one. */
async function checkLastLeaves({ store, folder }: HeadSources, { size }: Checkpoint): Promise<number> {
  const leafAt = folder.tiles.nodes(size);
  const hint = await folder.resume();
  const lastLeaf = await leafAt(0, size - 1);
  const position = await positionOfLeaf(
    store,
    size - 1,
    lastLeaf,
    hint?.size === size ? hint.position : size - 1,
  );
  if (position === null) throw logShorterThanHead(folder, size, await countRecords(store));
  const last = await store.readBack(position, tileWidth);
  for (const [back, { record }] of last.toReversed().entries()) {
    if (!sameHash(leafHash(record), await leafAt(0, size - 1 - back))) throw logDiffers(folder, size);
  }
  return position;
}

async function countRecords(store: EventStore): Promise<number> {
  let records = 0;
  for await (const page of walkLog(store)) records += page.length;
  return records;
}

function logShorterThanHead(folder: LedgerFolder, size: number, records: number): HeadRefused {
  const text = `${folder.headFile} signs ${counted(size, 'record')}, but the log has ${records}: ${size - records} ${isOrAre(size - records)} lost`;
  return new HeadRefused('logShort', `${text}. ${verify}, ${restore}.`);
}

function logDiffers(folder: LedgerFolder, size: number): HeadRefused {
  const text = `The first ${size} records of the log are not those that ${folder.headFile} signs`;
  return new HeadRefused('logDiffers', `${text}. ${verify}, ${restore}.`);
}
