/** Inclusion proofs of records, made from hash tiles and checked before they are given out. */
import { counted } from '../counted.ts';
import type { LogHead } from '../domain/ledger.ts';
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { leafHash, sameHash } from './merkle.ts';
import { checkInclusion, inclusionPath, proofOf } from './merkle-proofs.ts';
import { rebuildTiles } from './rebuild-tiles.ts';
import { TileMissing } from './tiles.ts';

export interface LeafProof {
  /** Index of the leaf. */
  readonly index: number;
  readonly proof: readonly Uint8Array[];
}

/** No proof can be made, and the text says why. */
export class NotProvable extends Error {
  override readonly name = 'NotProvable';
}

/**
 * Proofs that records belong to the tree of a head, in the order of the records. Tiles that are missing or damaged
 * are rebuilt from the log. Throws `NotProvable`.
 */
export async function proveRecords(
  store: EventStore,
  folder: LedgerFolder,
  head: LogHead,
  records: readonly StoredRecord[],
): Promise<LeafProof[]> {
  const made = await proofsFromTiles(folder, head, records);
  if (made !== null) return made;
  await rebuildTiles(store, folder.tiles, head.size);
  const again = await proofsFromTiles(folder, head, records);
  if (again !== null) return again;
  throw new NotProvable(
    `the checkpoint over ${counted(head.size, 'record')} does not cover the message: it is older, or the log is not the one that it signs (\`muniment verify\` tells)`,
  );
}

/** Null where a tile is missing, a record is not among the leaves, or a proof does not lead to the head's root. */
async function proofsFromTiles(
  folder: LedgerFolder,
  head: LogHead,
  records: readonly StoredRecord[],
): Promise<LeafProof[] | null> {
  try {
    const proofs: LeafProof[] = [];
    for (const record of records) {
      const proof = await proofOfRecord(folder, head, record);
      if (proof === null) return null;
      proofs.push(proof);
    }
    return proofs;
  } catch (error) {
    if (error instanceof TileMissing) return null;
    throw error;
  }
}

async function proofOfRecord(
  folder: LedgerFolder,
  { size, root }: LogHead,
  record: StoredRecord,
): Promise<LeafProof | null> {
  const leaf = leafHash(record.record);
  const nodes = folder.tiles.nodes(size);
  const atPosition = record.position < size && sameHash(await nodes(0, record.position), leaf);
  const index = atPosition ? record.position : await folder.tiles.findLeaf(leaf, size);
  if (index === null) return null;
  const proof = await proofOf(inclusionPath(index, size), nodes);
  return checkInclusion(leaf, index, size, proof, Buffer.from(root, 'hex')) ? { index, proof } : null;
}
