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
  /** Paths of the tiles at the head's right edge. */
  readonly #compared = new Set<string>();

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
    for (const { level, index, octets } of this.#due) this.#compared.add(pathOf(level, index, octets));
    this.#due = [];
  }

  /** Partial tiles of earlier sizes, which lie beside those that are still open at the log's end. */
  async checkOpen(tree: TileTree): Promise<void> {
    for (const tile of tree.edge()) await this.#comparePartials(tile);
  }

  async #comparePartials({ level, index, octets }: Tile): Promise<void> {
    for (const entries of await this.#folder.tiles.partials(level, index)) {
      const expected = octets.subarray(0, entries * hashOctets);
      // One that is wider than the log is of records that are lost; those are named.
      if (expected.length < entries * hashOctets || this.#compared.has(pathOf(level, index, expected)))
        continue;
      await this.#compare({ level, index, octets: expected });
    }
  }

  async #compare({ level, index, octets }: Tile): Promise<void> {
    const entries = octets.length / hashOctets;
    const place = join(this.#folder.path, pathOf(level, index, octets));
    try {
      const found = await this.#folder.tiles.read(level, index, entries);
      if (!sameHash(found, octets)) this.#findings.add('tile', place, 'its hashes are not those of the log');
    } catch (error) {
      if (!(error instanceof TileMissing)) throw error;
      this.#findings.add('tile', place, 'it is missing or cut short');
    }
  }
}

function pathOf(level: number, index: number, octets: Uint8Array): string {
  return tilePath(level, index, octets.length / hashOctets);
}
