/**
 * A Merkle tree that grows at its right edge and hands out the hash tiles it completes on the way
 * (docs/formats.md §Tiles): a compact range for the root, and of each level the entries of the open tile.
 */
import { CompactRange, hashOctets } from './merkle.ts';

/** Levels of the Merkle tree in one tile. */
export const tileHeight = 8;
/** Hashes in a full tile. */
export const tileWidth = 256;

export interface Tile {
  readonly level: number;
  readonly index: number;
  /** Hashes back to back; fewer than `tileWidth` in the open tile at the right edge. */
  readonly octets: Uint8Array;
}

interface OpenTile {
  index: number;
  entries: number;
  octets: Buffer;
}

export class TileTree {
  readonly #range: CompactRange;
  readonly #open: OpenTile[] = [];
  #completed: Tile[] = [];

  /** Goes on from `size` leaves; `edge` are the open tiles at that size, as `edgeTiles` names them. */
  constructor(size = 0, edge: readonly Tile[] = []) {
    for (let level = 0; level < levelsOf(size); level++) {
      this.#open.push(openTile(Math.floor(entriesAt(level, size) / tileWidth)));
    }
    for (const { level, octets } of edge) {
      const tile = this.#open[level]!;
      tile.octets.set(octets);
      tile.entries = octets.length / hashOctets;
    }
    this.#range = new CompactRange(size, this.#open.toReversed().flatMap(rootsIn));
  }

  /** Leaves so far. */
  get size(): number {
    return this.#range.size;
  }

  root(): Uint8Array {
    return this.#range.root();
  }

  append(leaf: Uint8Array): void {
    this.#range.append(leaf, (height, node) => {
      if (height % tileHeight === 0) this.#enter(height / tileHeight, node);
    });
  }

  /** The tiles completed since the last call, in the order of their completion. */
  takeCompleted(): Tile[] {
    const completed = this.#completed;
    this.#completed = [];
    return completed;
  }

  /** The open tiles that have entries, as they are now; what is appended later does not change them. */
  edge(): Tile[] {
    return this.#open.flatMap(({ index, entries, octets }, level) =>
      entries === 0 ? [] : [{ level, index, octets: octets.subarray(0, entries * hashOctets) }],
    );
  }

  #enter(level: number, node: Uint8Array): void {
    this.#open[level] ??= openTile(0);
    const tile = this.#open[level];
    tile.octets.set(node, tile.entries * hashOctets);
    if (++tile.entries < tileWidth) return;
    this.#completed.push({ level, index: tile.index, octets: tile.octets });
    this.#open[level] = openTile(tile.index + 1);
  }
}

/** The open tiles of a tree of `size` leaves: where they are, and how many hashes they have. */
export function edgeTiles(size: number): { level: number; index: number; entries: number }[] {
  const tiles = [];
  for (let level = 0; level < levelsOf(size); level++) {
    const entries = entriesAt(level, size);
    const index = Math.floor(entries / tileWidth);
    if (entries % tileWidth > 0) tiles.push({ level, index, entries: entries % tileWidth });
  }
  return tiles;
}

/** Entries that a level has in a tree of `size` leaves. */
export function entriesAt(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level);
}

function levelsOf(size: number): number {
  let levels = 0;
  while (entriesAt(levels, size) > 0) levels++;
  return levels;
}

function openTile(index: number): OpenTile {
  return { index, entries: 0, octets: Buffer.alloc(tileWidth * hashOctets) };
}

/** The perfect subtrees at the right edge that an open tile's entries form. */
function rootsIn({ entries, octets }: OpenTile): readonly Uint8Array[] {
  const range = new CompactRange();
  for (let i = 0; i < entries; i++) range.append(octets.subarray(i * hashOctets, (i + 1) * hashOctets));
  return range.roots;
}
