/** Waiting until a subscription has come to a log position. */
export class Arrivals {
  #position: number;
  #failure: unknown = null;
  #waiting: {
    readonly position: number;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  constructor(position: number) {
    this.#position = position;
  }

  /** Resolves when the position has been reached. */
  reached(position: number): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (position <= this.#position) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ position, resolve, reject }));
  }

  arriveAt(position: number): void {
    this.#position = position;
    const due = this.#waiting.filter((each) => each.position <= position);
    this.#waiting = this.#waiting.filter((each) => each.position > position);
    for (const { resolve } of due) resolve();
  }

  /** Nothing will be reached any more. The first reason counts. */
  fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  get failed(): boolean {
    return this.#failure !== null;
  }
}
