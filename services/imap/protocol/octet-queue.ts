const lineFeed = 10;
const empty = Buffer.alloc(0);

/**
 * Octets that have arrived and are not yet understood. A chunk that comes while nothing is waiting is kept by
 * reference, so that the octets of an APPEND pass through uncopied; small chunks are joined in one buffer that
 * grows by doubling, so that a peer who sends single octets costs no object for each.
 */
export class OctetQueue {
  #octets: Buffer = empty;
  #start = 0;
  #end = 0;
  /** Up to here no line feed was found. */
  #searched = 0;
  /** Whether `#octets` is our own buffer, with room behind `#end` that may be written. */
  #owned = false;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (this.length === 0) {
      this.#octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#start = 0;
      this.#searched = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    this.#makeRoom(chunk.length);
    this.#octets.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #makeRoom(octets: number): void {
    if (this.#owned && this.#end + octets <= this.#octets.length) return;
    const larger = Buffer.allocUnsafe(Math.max(1024, 2 * (this.length + octets)));
    this.#octets.copy(larger, 0, this.#start, this.#end);
    this.#searched -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    this.#octets = larger;
    this.#owned = true;
  }

  /** The next line with its line feed; null while it is incomplete or where it has more than `maxOctets`. */
  takeLine(maxOctets: number): Buffer | null {
    const place = this.#octets
      .subarray(0, this.#end)
      .indexOf(lineFeed, Math.max(this.#searched, this.#start));
    this.#searched = place < 0 ? this.#end : place;
    const octets = place + 1 - this.#start;
    return place < 0 || octets > maxOctets ? null : this.take(octets);
  }

  /** At most `maxOctets` of what is there. The view stays valid: later octets are only written behind it. */
  take(maxOctets: number): Buffer {
    const end = Math.min(this.#end, this.#start + maxOctets);
    const taken = this.#octets.subarray(this.#start, end);
    this.#start = end;
    // Whoever took the last octets may hand their buffer to another thread: it is not touched again.
    if (this.length === 0) this.#clear();
    return taken;
  }

  #clear(): void {
    this.#octets = empty;
    this.#start = 0;
    this.#end = 0;
    this.#searched = 0;
    this.#owned = false;
  }
}
