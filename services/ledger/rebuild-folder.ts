/** Makes what `ledger/` holds beside `HEAD` what the log says: hash tiles and the files of checkpoints. */
import { headOf, ledgerStream } from '../domain/ledger.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { checkpointText, parseCheckpoint } from './checkpoint.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { factOf } from './ledger-stream.ts';
import { walkStream } from './log-walk.ts';
import { rebuildTiles } from './rebuild-tiles.ts';

/**
 * Up to what `HEAD` signs; nothing where there is no `HEAD`. Files that the log does not know are left: a signed one is
 * evidence. `publicKey` has 32 octets. Paths below `ledger/` of what had to be written.
 */
export async function rebuildFolder(
  store: EventStore,
  folder: LedgerFolder,
  publicKey: Uint8Array,
): Promise<string[]> {
  const text = await folder.head();
  if (text === null) return [];
  const { logId, size: lastSize } = parseCheckpoint(text);
  const written = [...(await rebuildTiles(store, folder.tiles, lastSize)).mended];
  for await (const page of walkStream(store, ledgerStream(logId))) {
    for (const { type, epoch, data } of page.map(factOf)) {
      if (type !== 'CheckpointSealed' || data.size > lastSize) continue;
      const checkpoint = checkpointText({ logId, ...headOf(epoch, data) }, publicKey);
      if ((await folder.checkpoint(data.size)) === checkpoint) continue;
      await folder.writeCheckpoint(data.size, checkpoint);
      written.push(`checkpoint/${data.size}`);
    }
  }
  return written;
}
