/** How many of a key are there at once: connections of a network, sessions of an account. */
export class Concurrency<Key = string> {
  readonly #counts = new Map<Key, number>();

  /** One more, unless there are `max` already. */
  enter(key: Key, max: number): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= max) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  leave(key: Key): void {
    const count = (this.#counts.get(key) ?? 0) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
