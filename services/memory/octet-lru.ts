/** A map bounded by the octets of its values; the least recently used go first. */
export class OctetLru<Key, Value> {
  readonly #maxOctets: number;
  readonly #octetsOf: (value: Value) => number;
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  // The order of use is a list beside the map: to take a key out of a large Map and put it in again with each look
  // makes the Map grow holes and be copied again and again.
  #youngest: Entry<Key, Value> | null = null;
  #oldest: Entry<Key, Value> | null = null;
  #octets = 0;

  constructor(maxOctets: number, octetsOf: (value: Value) => number) {
    this.#maxOctets = maxOctets;
    this.#octetsOf = octetsOf;
  }

  get octets(): number {
    return this.#octets;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry !== this.#youngest) {
      this.#unlink(entry);
      this.#linkYoungest(entry);
    }
    return entry.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const octets = this.#octetsOf(value);
    if (octets > this.#maxOctets) return;
    const entry: Entry<Key, Value> = { key, value, octets, younger: null, older: null };
    this.#entries.set(key, entry);
    this.#linkYoungest(entry);
    this.#octets += octets;
    while (this.#octets > this.#maxOctets && this.#oldest !== null) this.delete(this.#oldest.key);
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#octets -= entry.octets;
    this.#entries.delete(key);
    this.#unlink(entry);
  }

  #linkYoungest(entry: Entry<Key, Value>): void {
    entry.older = this.#youngest;
    if (this.#youngest === null) this.#oldest = entry;
    else this.#youngest.younger = entry;
    this.#youngest = entry;
  }

  #unlink(entry: Entry<Key, Value>): void {
    if (entry.younger === null) this.#youngest = entry.older;
    else entry.younger.older = entry.older;
    if (entry.older === null) this.#oldest = entry.younger;
    else entry.older.younger = entry.younger;
    entry.younger = null;
    entry.older = null;
  }
}

interface Entry<Key, Value> {
  readonly key: Key;
  readonly value: Value;
  readonly octets: number;
  younger: Entry<Key, Value> | null;
  older: Entry<Key, Value> | null;
}
