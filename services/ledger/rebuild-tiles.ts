/** Hash tiles out of the log, where they are missing or damaged. */
import type { EventStore } from '../event-store/event-store.ts';
import { walkLog } from './log-walk.ts';
import { hashOctets, leafHash } from './merkle.ts';
import { type Tile, TileTree } from './tile-tree.ts';
import { type TileFolder, TileMissing, tilePath } from './tiles.ts';

/** Completed tiles are written when so many wait. */
const maxWaitingTiles = 256;

export interface RebuiltTiles {
  /** Has fewer leaves than asked for where the log has. */
  readonly tree: TileTree;
  /** Paths below `ledger/` of the tiles that were not what they must be. */
  readonly mended: readonly string[];
}

/** Makes every tile of the first `size` leaves what the log says. */
export async function rebuildTiles(
  store: EventStore,
  tiles: TileFolder,
  size: number,
): Promise<RebuiltTiles> {
  const tree = new TileTree();
  const mended: string[] = [];
  let waiting = tree.takeCompleted();
  const mend = async (made: readonly Tile[]): Promise<void> => {
    const wrong = await differing(tiles, made);
    await tiles.write(wrong);
    mended.push(...wrong.map(pathOf));
  };
  for await (const page of walkLog(store)) {
    for (const { record } of page) if (tree.size < size) tree.append(leafHash(record));
    waiting.push(...tree.takeCompleted());
    if (waiting.length >= maxWaitingTiles) {
      await mend(waiting);
      waiting = [];
    }
    if (tree.size >= size) break;
  }
  await mend([...waiting, ...tree.edge()]);
  return { tree, mended };
}

async function differing(tiles: TileFolder, made: readonly Tile[]): Promise<Tile[]> {
  const same = await Promise.all(made.map((tile) => isOnDisk(tiles, tile)));
  return made.filter((_, i) => !same[i]);
}

async function isOnDisk(tiles: TileFolder, { level, index, octets }: Tile): Promise<boolean> {
  try {
    return Buffer.compare(await tiles.read(level, index, octets.length / hashOctets), octets) === 0;
  } catch (error) {
    if (error instanceof TileMissing) return false;
    throw error;
  }
}

function pathOf({ level, index, octets }: Tile): string {
  return tilePath(level, index, octets.length / hashOctets);
}
