/**
 * A cache of very many values with some octets each. They are copied side by side into blocks: octets in memory of their
 * own, a kilobyte here and there, would lie in the allocator's heap between what comes and goes there and hold all of it, and
 * cost V8 more than themselves. A block is so large that the allocator takes it from the system and gives it straight
 * back (`bin/muniment`).
 */

const blockOctets = 1024 * 1024;

/** Copies octets to where they stay. */
export type PlaceOctets = (octets: Uint8Array) => Buffer;

export interface BlockCacheOptions<Value> {
  readonly maxOctets: number;
  /** What a value weighs besides its octets. */
  readonly besides: (value: Value) => number;
  /** Octets that `placed` will place. */
  readonly octetsOf: (value: Value) => number;
  /** The same value with its octets placed. */
  readonly placed: (value: Value, place: PlaceOctets) => Value;
}

interface Block<Key> {
  readonly octets: Buffer;
  usedOctets: number;
  /** Of everything that was placed here, also of what has gone since. */
  readonly keys: Key[];
}

interface Entry<Key, Value> {
  readonly value: Value;
  readonly block: Block<Key>;
  readonly from: number;
  readonly to: number;
  readonly besides: number;
  wasUsed: boolean;
}

export class BlockCache<Key, Value> {
  readonly #options: BlockCacheOptions<Value>;
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  /** Oldest first; the last one takes what comes. */
  #blocks: Block<Key>[] = [];
  #octets = 0;

  constructor(options: BlockCacheOptions<Value>) {
    this.#options = options;
  }

  /** Octets of blocks, and what the entries weigh besides. */
  get octets(): number {
    return this.#octets;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.wasUsed = true;
    return entry.value;
  }

  /** The value as it is kept; as it was given where it is too large to be. */
  set(key: Key, value: Value): Value {
    const octets = this.#options.octetsOf(value);
    if (octets > this.#options.maxOctets / 4) return value;
    const kept = this.#place(key, value, octets);
    while (this.#octets > this.#options.maxOctets && this.#blocks.length > 1) this.#dropOldest();
    return kept;
  }

  /** Its octets are overwritten: nobody may be reading them. */
  wipe(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.block.octets.fill(0, entry.from, entry.to);
    this.#drop(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#blocks = [];
    this.#octets = 0;
  }

  #place(key: Key, value: Value, octets: number): Value {
    this.#drop(key);
    const block = this.#blockFor(octets);
    const from = block.usedOctets;
    const placed = this.#options.placed(value, (each) => append(block, each));
    block.keys.push(key);
    const besides = this.#options.besides(value);
    this.#entries.set(key, { value: placed, block, from, to: block.usedOctets, besides, wasUsed: false });
    this.#octets += besides;
    return placed;
  }

  /** Its octets go with their block. */
  #drop(key: Key): void {
    this.#octets -= this.#entries.get(key)?.besides ?? 0;
    this.#entries.delete(key);
  }

  #blockFor(octets: number): Block<Key> {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.usedOctets + octets <= last.octets.length) return last;
    const block = {
      octets: Buffer.allocUnsafeSlow(Math.max(blockOctets, octets)),
      usedOctets: 0,
      keys: [],
    };
    this.#blocks.push(block);
    this.#octets += block.octets.length;
    return block;
  }

  /** What was used since it was placed is placed anew, up to half of the block, so that room is gained in any case. */
  #dropOldest(): void {
    const oldest = this.#blocks.shift()!;
    this.#octets -= oldest.octets.length;
    let keepOctets = oldest.octets.length / 2;
    for (const key of oldest.keys) {
      const entry = this.#entries.get(key);
      if (entry?.block !== oldest) continue;
      this.#drop(key);
      keepOctets -= entry.to - entry.from;
      if (entry.wasUsed && keepOctets >= 0) this.#place(key, entry.value, entry.to - entry.from);
    }
  }
}

function append(block: Block<unknown>, octets: Uint8Array): Buffer {
  const { usedOctets } = block;
  block.usedOctets += octets.length;
  block.octets.set(octets, usedOctets);
  return block.octets.subarray(usedOctets, block.usedOctets);
}
