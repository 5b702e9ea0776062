/**
 * Hash tiles on disk (docs/formats.md §Tiles; C2SP tlog-tiles). They follow from the log, so a missing or
 * damaged one is no loss; but each tile below a checkpoint is on disk before the checkpoint's file is.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CompactRange, hashOctets } from './merkle.ts';
import { type NodeSource, rangeRoot } from './merkle-proofs.ts';
import { ensureFolder, syncFolder } from './replace-file.ts';
import { edgeTiles, entriesAt, type Tile, TileTree, tileHeight, tileWidth } from './tile-tree.ts';

/** Tiles that a reader keeps: the path from a leaf to the root has one for each level. */
const maxCachedTiles = 64;

export class TileMissing extends Error {
  override readonly name = 'TileMissing';
  constructor(path: string) {
    super(`the hash tile ${path} is missing or too short; it can be rebuilt from the log`);
  }
}

/** Path of a tile below `ledger/`; `entries` below `tileWidth` name the partial tile of that width. */
export function tilePath(level: number, index: number, entries: number = tileWidth): string {
  let groups = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups = `x${String(rest % 1000).padStart(3, '0')}/${groups}`;
  }
  return `tile/${level}/${groups}${entries < tileWidth ? `.p/${entries}` : ''}`;
}

export class TileFolder {
  readonly #folder: string;
  /** By level, the tile that has partial forms on disk; null for none, absent where it is not known. */
  readonly #partial = new Map<number, number | null>();

  /** `folder` is `data/ledger`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes tiles and syncs them. A full tile takes the place of its partial forms. */
  async write(tiles: readonly Tile[]): Promise<void> {
    const folders = new Set<string>();
    for (const tile of tiles) {
      const entries = tile.octets.length / hashOctets;
      const path = join(this.#folder, tilePath(tile.level, tile.index, entries));
      const folder = dirname(path);
      await ensureFolder(folder);
      folders.add(folder);
      await writeFile(path, tile.octets, { flush: true });
      if (entries === tileWidth) await this.#removePartials(tile, path);
      else this.#partial.set(tile.level, tile.index);
    }
    for (const folder of folders) await syncFolder(folder);
  }

  /** Only the open tile of a level has partial forms, and to look for them costs as much as to write a tile. */
  async #removePartials({ level, index }: Tile, path: string): Promise<void> {
    const partial = this.#partial.get(level);
    if (partial !== undefined && partial !== index) return;
    await rm(`${path}.p`, { recursive: true, force: true });
    this.#partial.set(level, null);
  }

  /**
   * The first `entries` hashes of a tile, from the full tile or the partial one of exactly that width.
   * Throws `TileMissing`.
   */
  async read(level: number, index: number, entries: number): Promise<Uint8Array> {
    const octets = entries * hashOctets;
    const full = await this.#file(tilePath(level, index));
    if (full && full.length >= octets) return full.subarray(0, octets);
    const partial = entries < tileWidth ? await this.#file(tilePath(level, index, entries)) : null;
    if (partial?.length === octets) return partial;
    throw new TileMissing(tilePath(level, index, entries));
  }

  /** Widths of the partial forms that lie beside a tile. */
  async partials(level: number, index: number): Promise<number[]> {
    try {
      const names = await readdir(join(this.#folder, `${tilePath(level, index)}.p`));
      return names.map(Number).filter((width) => width > 0 && width < tileWidth);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** The tree of a checkpoint's size, from its tiles. Throws `TileMissing`. */
  async tree(size: number): Promise<TileTree> {
    const edge = edgeTiles(size).map(async ({ level, index, entries }) => {
      return { level, index, octets: await this.read(level, index, entries) };
    });
    return new TileTree(size, await Promise.all(edge));
  }

  /** The nodes of the tree of `size` leaves, where `size` is a checkpoint's. Throws `TileMissing`. */
  nodes(size: number): NodeSource {
    const cache = new Map<string, Promise<Uint8Array>>();
    return async (height, index) => {
      const level = Math.floor(height / tileHeight);
      const span = 2 ** (height % tileHeight);
      const tile = Math.floor((index * span) / tileWidth);
      const entries = Math.min(tileWidth, entriesAt(level, size) - tile * tileWidth);
      const octets = await this.#cached(cache, level, tile, entries);
      return subtreeRoot(octets, (index * span) % tileWidth, span);
    };
  }

  /** Root of the first `size` leaves, where the tree has a checkpoint of `treeSize` leaves or more. */
  async root(size: number, treeSize: number = size): Promise<Uint8Array> {
    return size === 0 ? new TileTree().root() : rangeRoot(0, size, this.nodes(treeSize));
  }

  /** Index of a leaf by its hash, among the first `size`; null when no tile has it. */
  async findLeaf(leaf: Uint8Array, size: number): Promise<number | null> {
    for (let first = 0; first < size; first += tileWidth) {
      const entries = Math.min(tileWidth, size - first);
      const octets = Buffer.from(await this.read(0, first / tileWidth, entries));
      for (let at = octets.indexOf(leaf); at >= 0; at = octets.indexOf(leaf, at + 1)) {
        if (at % hashOctets === 0) return first + at / hashOctets;
      }
    }
    return null;
  }

  #cached(
    cache: Map<string, Promise<Uint8Array>>,
    level: number,
    index: number,
    entries: number,
  ): Promise<Uint8Array> {
    const path = tilePath(level, index, entries);
    const known = cache.get(path);
    if (known) return known;
    if (cache.size >= maxCachedTiles) cache.clear();
    const octets = this.read(level, index, entries);
    cache.set(path, octets);
    return octets;
  }

  async #file(path: string): Promise<Buffer | null> {
    try {
      return await readFile(join(this.#folder, path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}

/** Root over `span` entries of a tile from `first` on. */
function subtreeRoot(octets: Uint8Array, first: number, span: number): Uint8Array {
  const range = new CompactRange();
  for (let i = first; i < first + span; i++)
    range.append(octets.subarray(i * hashOctets, (i + 1) * hashOctets));
  return range.root();
}
