/** A map bounded by the octets of its values; the least recently used go first. */
export class OctetLru<Key, Value> {
  readonly #maxOctets: number;
  readonly #octetsOf: (value: Value) => number;
  readonly #entries = new Map<Key, { value: Value; octets: number }>();
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
    // A Map keeps insertion order: to be young is to be inserted last.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const octets = this.#octetsOf(value);
    if (octets > this.#maxOctets) return;
    this.#entries.set(key, { value, octets });
    this.#octets += octets;
    for (const oldest of this.#entries.keys()) {
      if (this.#octets <= this.#maxOctets) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#octets -= entry.octets;
    this.#entries.delete(key);
  }
}
