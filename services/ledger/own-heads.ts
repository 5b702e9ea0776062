/** Heads that this process has signed and that have not come back from the log yet. */
import type { Checkpoint } from './checkpoint.ts';

export class OwnHeads {
  /** By signature. */
  readonly #signed = new Map<string, Checkpoint>();
  /** Those whose append failed; one of them may be in the log all the same. */
  readonly #failed = new Set<Checkpoint>();

  signed(checkpoint: Checkpoint): void {
    this.#signed.set(checkpoint.signature, checkpoint);
  }

  failed(checkpoint: Checkpoint): void {
    this.#failed.add(checkpoint);
  }

  /** A head came by in the log: how its append had ended here; null where it is nobody's here. */
  meet(signature: string): { readonly checkpoint: Checkpoint; readonly hadFailed: boolean } | null {
    const checkpoint = this.#signed.get(signature);
    if (checkpoint === undefined) return null;
    const hadFailed = this.#failed.has(checkpoint);
    this.#signed.delete(signature);
    // All that failed were for one revision, which is now taken: the others will never land.
    for (const { signature: other } of this.#failed) this.#signed.delete(other);
    this.#failed.clear();
    return { checkpoint, hadFailed };
  }
}
