/**
 * The key store port: every key that can be destroyed, wrapped under the root key.
 *
 * Key names are clear text in records and hold only a class and a UUID:
 *   `message-<uuid>`, `mailstore-<uuid>`, `account-<uuid>`, `domain-<uuid>`, `organisation-<uuid>`,
 *   `approval-…`, `delivery-…`, `case-…` (one key per stream, named like it);
 *   `access-<account uuid>-<yyyymm>` (what was read, by whom: destroyed by month);
 *   `dkim-<uuid>` (private keys of one set of a domain's signing keys);
 *   `second-factor-<uuid>` (the secret of one second factor: destroyed when it is turned off);
 *   `secret-<use>` for the installation's own secrets (`address`, `tag`, `thread`, `ledger`).
 *
 * What every engine promises (`test/contracts/key-store.contract.ts`):
 *
 * 1. `ensure` returns the same 32 octets for a name for ever, until the key is destroyed; then it throws
 *    `KeyDestroyed`. Two callers that ensure one name at once get one key.
 * 2. A key is on disk before any log record that was appended after `ensure` resolved (see
 *    `threads/keeper.ts` for how the embedded engine orders syncs; other engines are durable when they resolve).
 * 3. After `destroy` resolved no file of the store holds the key, wrapped or not.
 * 4. Frame keys are held under message keys: destroying a message key takes its hold on the frame away.
 */

export interface KeyStore {
  /** The 32 octets of a key; null when it was destroyed or never made. */
  get(name: string): Promise<Uint8Array | null>;
  /** Several at once, in order. One query for a whole batch of events. */
  getMany(names: readonly string[]): Promise<(Uint8Array | null)[]>;
  /** The key of that name, made now if it was never made. Throws `KeyDestroyed`. */
  ensure(name: string): Promise<Uint8Array>;
  /** Was it made, is it destroyed? */
  state(name: string): Promise<'absent' | 'live' | 'destroyed'>;
  destroy(name: string, at: number): Promise<void>;

  /** Keeps a frame's key under the message's key (`message-<uuid>`, ensured when absent). */
  holdFrame(frame: string, message: string, frameKey: Uint8Array): Promise<void>;
  /** The frame's key as that message holds it; null when the hold or the message key is gone. */
  frameKey(frame: string, message: string): Promise<Uint8Array | null>;
  /** The frame's key from any live holder; null when none lives. */
  frameKeyOfAny(frame: string): Promise<Uint8Array | null>;

  /** Position of the last log record known synced when the last commit was made; -1 when none. */
  lastLogPosition(): Promise<number>;
  /** Epoch of the log that the store belongs to; 1 before the first restore. */
  logEpoch(): Promise<number>;
  /**
   * A restore begins: from now on the store belongs to this epoch, and knows the log up to this position. On disk when
   * it resolves. Nobody but `ledger/restore-log.ts` lowers a position.
   */
  beginEpoch(epoch: number, logPosition: number): Promise<void>;
  close(): Promise<void>;
}

export class KeyDestroyed extends Error {
  override readonly name = 'KeyDestroyed';
  readonly key: string;
  constructor(key: string) {
    super(`the key ${key} has been destroyed`);
    this.key = key;
  }
}

/** A key row or a hold does not open: it is not what was written. */
export class KeyDamaged extends Error {
  override readonly name = 'KeyDamaged';
  constructor(what: string) {
    super(`the key ${what} does not open: its row has been damaged`);
  }
}
