/**
 * Begins a new epoch of a log (design §4 "Ledger"). A crash on the way leaves a start that is refused: the key store
 * belongs to the new epoch from the first step on, and `HEAD` not before the last.
 */
import { type LogHead, ledgerStream } from '../domain/ledger.ts';
import type { Checkpoint } from './checkpoint.ts';
import { HeadWriter } from './head-writer.ts';
import { type Appender, LedgerStream } from './ledger-stream.ts';
import { hex } from './merkle.ts';
import { rebuildFolder } from './rebuild-folder.ts';
import { rebuildTiles } from './rebuild-tiles.ts';
import type { RestorePlan, RestoreSources } from './restore-plan.ts';
import { logSigner, signingKeyName } from './signing-key.ts';
import { TileTree } from './tile-tree.ts';

export interface RestoreOrder {
  /** Who restores, and why; sealed. */
  readonly by: string;
  readonly reason: string;
  /** UTC milliseconds. */
  readonly nowMs: number;
  /** Appends in the new epoch. */
  readonly append: Appender;
}

/** The first head of the new epoch. */
export async function restoreLog(
  sources: RestoreSources,
  plan: RestorePlan,
  { by, reason, nowMs, append }: RestoreOrder,
): Promise<Checkpoint> {
  const { store, keys, folder } = sources;
  const { logId, newEpoch, newest } = plan;
  await keys.beginEpoch(newEpoch, plan.position);
  const stream = await LedgerStream.load(store, logId);
  const old: LogHead = newest ?? { epoch: newEpoch - 1, size: 0, root: hex(new TileTree().root()) };
  await stream.execute({ kind: 'restoreLog', old, by, reason }, append, nowMs);
  await folder.setAside(newEpoch, plan.unknownCheckpoints);
  await folder.removeTiles();
  return sealFirst(sources, plan, stream, append, nowMs);
}

/** Signs everything up to `LogRestored`. */
async function sealFirst(
  { store, keys, folder }: RestoreSources,
  { logId, newEpoch, records }: RestorePlan,
  stream: LedgerStream,
  append: Appender,
  nowMs: number,
): Promise<Checkpoint> {
  const signer = logSigner((await keys.get(signingKeyName))!);
  const { tree } = await rebuildTiles(store, folder.tiles, records + 1);
  const size = tree.size;
  const head = { logId, epoch: newEpoch, size, root: hex(tree.root()), sealedAt: nowMs };
  const checkpoint = signer.sign(head);
  await stream.execute({ kind: 'sealHead', ...checkpoint }, append, nowMs);
  const [restored] = await store.readStream(ledgerStream(logId), stream.headRevision - 1, 1);
  const kept = { checkpoint, edge: tree.edge(), position: restored!.position, revision: stream.headRevision };
  await new HeadWriter(folder, signer.publicKey).write(kept);
  await rebuildFolder(store, folder, signer.publicKey);
  return checkpoint;
}
