/** Verifies hash tiles on disk against the tree as it grows. */
import { join } from 'node:path';
import type { Findings } from './findings.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { hashOctets, sameHash } from './merkle.ts';
import { type Tile, type TileTree, tileWidth } from './tile-tree.ts';
import { TileMissing, tilePath } from './tiles.ts';

export class TileCheck {
  readonly #folder: LedgerFolder;
  readonly #findings: Findings;
  readonly #headSize: number;
  #due: Tile[] = [];

  /** Tiles beyond `headSize` leaves are not on disk yet. */
  constructor(folder: LedgerFolder, findings: Findings, headSize: number) {
    this.#folder = folder;
    this.#findings = findings;
    this.#headSize = headSize;
  }

  /** The tree has grown by one leaf. */
  grown(tree: TileTree): void {
    if (tree.size === this.#headSize) this.#due.push(...tree.takeCompleted(), ...tree.edge());
  }

  /** Compares the tiles that are complete by now. */
  async check(tree: TileTree): Promise<void> {
    const completed = tree
      .takeCompleted()
      .filter(({ level, index }) => (index + 1) * tileWidth ** (level + 1) <= this.#headSize);
    for (const tile of [...this.#due, ...completed]) await this.#compare(tile);
    this.#due = [];
  }

  async #compare({ level, index, octets }: Tile): Promise<void> {
    const entries = octets.length / hashOctets;
    const place = join(this.#folder.path, tilePath(level, index, entries));
    try {
      const found = await this.#folder.tiles.read(level, index, entries);
      if (!sameHash(found, octets)) this.#findings.add('tile', place, 'its hashes are not those of the log');
    } catch (error) {
      if (!(error instanceof TileMissing)) throw error;
      this.#findings.add('tile', place, 'it is missing or cut short');
    }
  }
}
