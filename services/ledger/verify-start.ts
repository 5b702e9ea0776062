/** Where a verification begins: whose log it is, and from which record on it is walked. */
import { counted, isOrAre } from '../counted.ts';
import { idOf } from '../domain/event.ts';
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import type { Findings } from './findings.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { factOf } from './ledger-stream.ts';
import { positionOfLeaf, walkLog } from './log-walk.ts';
import { hex, leafHash, sameHash } from './merkle.ts';
import { RecordMalformed, readRecord } from './record-syntax.ts';
import { logSigner, signingKeyName } from './signing-key.ts';
import { TileTree } from './tile-tree.ts';
import { TileMissing } from './tiles.ts';
import type { HeadCheck, LogIdentity } from './verify-heads.ts';
import { placeOf } from './verify-records.ts';

/** Nothing can be said about the log, and the text says why. */
export class Unverifiable extends Error {
  override readonly name = 'Unverifiable';
}

/** Whose log it is. Names what is wrong with its first record. */
export async function identify(store: EventStore, keys: KeyStore, findings: Findings): Promise<LogIdentity> {
  const [first] = await store.readAll(-1, 1);
  const seed = await keys.get(signingKeyName);
  const own = seed && logSigner(seed).publicKey;
  const opened = first ? openingOf(first) : null;
  if (first && opened === null)
    findings.add('opening', placeOf(first), 'the first record does not open a log');
  const publicKey = opened?.publicKey ?? own;
  if (!publicKey)
    throw new Unverifiable('neither the first record nor the key store has the public key of the log');
  if (own && !sameHash(own, publicKey)) {
    findings.add(
      'key',
      signingKeyName,
      'the key store has another signing key than the one that the log was opened with',
    );
  }
  return { logId: opened?.logId ?? (first && idOf(first.stream)) ?? null, publicKey };
}

function openingOf(first: StoredRecord): LogIdentity | null {
  try {
    const fact = factOf(first);
    if (fact.type !== 'LogOpened' || idOf(first.stream) !== fact.data.logId) return null;
    const publicKey = Buffer.from(fact.data.publicKey, 'base64');
    return publicKey.length === 32 ? { logId: fact.data.logId, publicKey } : null;
  } catch (error) {
    if (error instanceof RecordMalformed) return null;
    throw error;
  }
}

/** The tree so far, and where the log goes on. */
export interface VerifyStart {
  readonly tree: TileTree;
  /** Position behind which the walk begins. */
  readonly afterPosition: number;
  readonly epoch: number;
}

export const wholeLog = (): VerifyStart => ({ tree: new TileTree(), afterPosition: -1, epoch: 1 });

/**
 * Begins behind a checkpoint that is known to be good. Null where the log does not even have its records, which is
 * then found. Throws `Unverifiable` where there is no such checkpoint, or its tiles are no help.
 */
export async function startSince(
  size: number,
  store: EventStore,
  folder: LedgerFolder,
  heads: HeadCheck,
  findings: Findings,
): Promise<VerifyStart | null> {
  const place = folder.checkpointFile(size);
  const text = await folder.checkpoint(size);
  const checkpoint = text === null ? null : heads.expectText(text, 'head', place);
  if (checkpoint?.size !== size)
    throw new Unverifiable(`${place} is no checkpoint of ${counted(size, 'record')} of this log`);
  const tree = await treeAt(size, folder);
  if (hex(tree.root()) !== checkpoint.root)
    throw new Unverifiable(`the hash tiles do not lead to ${place}; verify the whole log`);
  const lastLeaf = await folder.tiles.nodes(size)(0, size - 1);
  const position = await positionOfLeaf(store, size - 1, lastLeaf);
  if (position === null) {
    const lost = size - (await countRecords(store));
    findings.add('lost', place, `it signs ${counted(size, 'record')}; ${lost} of them ${isOrAre(lost)} lost`);
    return null;
  }
  const [record] = await store.readBack(position, 1);
  if (!sameHash(leafHash(record!.record), lastLeaf))
    findings.add('head', place, `record ${size - 1} of the log is not the one that it signs`);
  return { tree, afterPosition: position, epoch: epochOf(record!) };
}

async function treeAt(size: number, folder: LedgerFolder): Promise<TileTree> {
  try {
    return await folder.tiles.tree(size);
  } catch (error) {
    if (!(error instanceof TileMissing)) throw error;
    throw new Unverifiable(`${error.message}; verify the whole log`);
  }
}

function epochOf(record: StoredRecord): number {
  try {
    return readRecord(record.record).epoch;
  } catch (error) {
    if (error instanceof RecordMalformed) return 1;
    throw error;
  }
}

async function countRecords(store: EventStore): Promise<number> {
  let records = 0;
  for await (const page of walkLog(store)) records += page.length;
  return records;
}
