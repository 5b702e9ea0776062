/** Hash tiles out of the log, where they are missing or damaged. */
import type { EventStore } from '../event-store/event-store.ts';
import { walkLog } from './log-walk.ts';
import { leafHash } from './merkle.ts';
import { TileTree } from './tile-tree.ts';
import type { TileFolder } from './tiles.ts';

/** Completed tiles are written when so many wait. */
const maxWaitingTiles = 256;

/** Writes every tile of the first `size` leaves. The tree has fewer leaves where the log has. */
export async function rebuildTiles(store: EventStore, tiles: TileFolder, size: number): Promise<TileTree> {
  const tree = new TileTree();
  let waiting = tree.takeCompleted();
  for await (const page of walkLog(store)) {
    for (const { record } of page) if (tree.size < size) tree.append(leafHash(record));
    waiting.push(...tree.takeCompleted());
    if (waiting.length >= maxWaitingTiles) {
      await tiles.write(waiting);
      waiting = [];
    }
    if (tree.size >= size) break;
  }
  await tiles.write([...waiting, ...tree.edge()]);
  return tree;
}
