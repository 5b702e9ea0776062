/** Keeps a head on disk: the tiles below it, its checkpoint, `HEAD`, and the hint where to go on. */
import { type Checkpoint, checkpointText } from './checkpoint.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { hashOctets } from './merkle.ts';
import type { Tile } from './tile-tree.ts';
import { tilePath } from './tiles.ts';

/** A signed head and what belongs to it. */
export interface KeptHead {
  readonly checkpoint: Checkpoint;
  /** The open tiles at its size. */
  readonly edge: readonly Tile[];
  /** Log position of its last leaf. */
  readonly position: number;
  /** Revision of its `CheckpointSealed`. */
  readonly revision: number;
}

export class HeadWriter {
  readonly #folder: LedgerFolder;
  readonly #publicKey: Uint8Array;
  /** Completed tiles not yet on disk. */
  #tiles: Tile[] = [];
  /** Paths of the open tiles below the newest head: a tile of the same width is the same. */
  #edgePaths: ReadonlySet<string> = new Set();

  constructor(folder: LedgerFolder, publicKey: Uint8Array) {
    this.#folder = folder;
    this.#publicKey = publicKey;
  }

  /** Completed tiles that wait for the next head, or for `flush`. */
  get waitingTiles(): number {
    return this.#tiles.length;
  }

  add(completed: readonly Tile[]): void {
    this.#tiles.push(...completed);
  }

  async flush(): Promise<void> {
    const tiles = this.#tiles;
    await this.#folder.tiles.write(tiles);
    this.#tiles = this.#tiles.slice(tiles.length);
  }

  /** The checkpoint's file alone, for a head that is not the newest. */
  async writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await this.#folder.writeCheckpoint(checkpoint.size, checkpointText(checkpoint, this.#publicKey));
  }

  async write({ checkpoint, edge, position, revision }: KeptHead): Promise<void> {
    await this.flush();
    await this.#folder.tiles.write(edge.filter((tile) => !this.#edgePaths.has(pathOf(tile))));
    this.#edgePaths = new Set(edge.map(pathOf));
    const { size } = checkpoint;
    await this.#folder.writeHead(size, checkpointText(checkpoint, this.#publicKey));
    await this.#folder.writeResume({ size, position, revision });
  }
}

function pathOf({ level, index, octets }: Tile): string {
  return tilePath(level, index, octets.length / hashOctets);
}
