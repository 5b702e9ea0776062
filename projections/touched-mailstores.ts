/** The states that events have been brought to since the last store, and when they are stored. */
import type { MailstoreState } from '../services/domain/mailstore-state.ts';
import type { Uuid } from '../services/domain/values.ts';
import type { Checkpoint } from './log-reader.ts';
import { storeInSlices } from './mailbox-storing.ts';
import type { MailboxModel } from './mailboxes.ts';

/** Events of other streams, behind which the checkpoint is stored all the same. */
const checkpointEvery = 10_000;

export class TouchedMailstores {
  readonly #model: MailboxModel;
  readonly #states = new Map<Uuid, MailstoreState>();
  #eventsPassed = 0;
  /** While a rebuilt file takes over, nothing is stored. */
  isHeld = false;

  constructor(model: MailboxModel) {
    this.#model = model;
  }

  touch(state: MailstoreState): void {
    this.#states.set(state.account, state);
  }

  forget(account: Uuid): void {
    this.#states.delete(account);
  }

  /** So many events have passed, whatever they were. */
  passed(events: number): void {
    this.#eventsPassed += events;
  }

  get eventsPassed(): number {
    return this.#eventsPassed;
  }

  /**
   * Stores what is dirty, and `checkpoint` where it is given. Where that fails, what is dirty stays so, and the
   * next call tries again.
   */
  async store(checkpoint: Checkpoint | null): Promise<void> {
    const dirty = [...this.#states.values()].filter((state) => state.dirty);
    if (this.isHeld || (dirty.length === 0 && this.#eventsPassed < checkpointEvery)) return;
    await storeInSlices(this.#model, dirty, checkpoint);
    this.#states.clear();
    this.#eventsPassed = 0;
  }
}
