/** Keys that are on their way to the disk: the calling thread answers for them until readers can see their rows. */
import type { Uuid } from '../domain/values.ts';

interface Waiting {
  readonly serial: number;
  readonly name: string | null;
  readonly hold: { readonly frame: Uuid; readonly message: Uuid } | null;
}

export class UncommittedKeys {
  /** In order of their serials. */
  readonly #waiting: Waiting[] = [];
  readonly #keys = new Map<string, Uint8Array>();
  /** Frame -> message -> frame key. */
  readonly #holds = new Map<Uuid, Map<Uuid, Uint8Array>>();

  key(name: string): Uint8Array | null {
    return this.#keys.get(name) ?? null;
  }

  frameKey(frame: Uuid, message: Uuid): Uint8Array | null {
    return this.#holds.get(frame)?.get(message) ?? null;
  }

  /** Messages that hold the frame, newest first. */
  holders(frame: Uuid): Uuid[] {
    return [...(this.#holds.get(frame)?.keys() ?? [])].reverse();
  }

  addKey(serial: number, name: string, key: Uint8Array): void {
    this.#keys.set(name, key);
    this.#waiting.push({ serial, name, hold: null });
  }

  addHold(serial: number, frame: Uuid, message: Uuid, frameKey: Uint8Array): void {
    const holds = this.#holds.get(frame) ?? new Map<Uuid, Uint8Array>();
    this.#holds.set(frame, holds.set(message, frameKey));
    this.#waiting.push({ serial, name: null, hold: { frame, message } });
  }

  dropKey(name: string): void {
    this.#keys.delete(name);
  }

  /** Everything up to this serial can be read from the store. */
  committed(serial: number): void {
    let done = 0;
    while (done < this.#waiting.length && this.#waiting[done]!.serial <= serial)
      this.#drop(this.#waiting[done++]!);
    this.#waiting.splice(0, done);
  }

  #drop({ name, hold }: Waiting): void {
    if (name !== null) this.#keys.delete(name);
    if (hold === null) return;
    const holds = this.#holds.get(hold.frame);
    holds?.delete(hold.message);
    if (holds?.size === 0) this.#holds.delete(hold.frame);
  }
}
