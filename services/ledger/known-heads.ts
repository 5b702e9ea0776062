/** Signed heads of a log that are kept beside it: `HEAD`, the files of `checkpoint/`, and one from outside. */
import type { LogHead } from '../domain/ledger.ts';
import type { Uuid } from '../domain/values.ts';
import { type Checkpoint, CheckpointMalformed, parseCheckpoint } from './checkpoint.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { isSignedBy, publicKeyObject } from './signing-key.ts';

export interface KnownHead extends LogHead {
  /** File or record. */
  readonly place: string;
}

export interface LogIdentity {
  readonly logId: Uuid;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
}

/** Only what the log's own key has signed; files that are damaged or of another log say nothing. `names`: of checkpoints. */
export async function knownHeads(
  { folder }: { readonly folder: LedgerFolder },
  { logId, publicKey }: LogIdentity,
  outside: Checkpoint | null,
  names: readonly string[],
): Promise<KnownHead[]> {
  const key = publicKeyObject(publicKey);
  const heads: KnownHead[] = [];
  const take = (checkpoint: Checkpoint | null, place: string): void => {
    if (checkpoint?.logId !== logId || !isSignedBy(checkpoint, key)) return;
    const { epoch, size, root } = checkpoint;
    heads.push({ epoch, size, root, place });
  };
  take(outside, 'the checkpoint from outside');
  take(parsed(await folder.head()), folder.headFile);
  for (const name of names) {
    take(parsed(await folder.checkpoint(Number(name))), folder.checkpointFile(Number(name)));
  }
  return heads;
}

function parsed(text: string | null): Checkpoint | null {
  try {
    return text === null ? null : parseCheckpoint(text);
  } catch (error) {
    if (error instanceof CheckpointMalformed) return null;
    throw error;
  }
}
