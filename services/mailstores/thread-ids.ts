/** Which thread a mail belongs to, without saying in the clear what makes the thread (design §4 "Mailstore"). */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type Uuid, uuidV8 } from '../domain/values.ts';
import type { KeyStore } from '../key-store/key-store.ts';

export class ThreadIds {
  /** A key object: of given octets Node (24.21) spends 20 µs at each use finding out that they are none. */
  readonly #key: KeyObject;

  constructor(threadKey: Uint8Array) {
    this.#key = createSecretKey(threadKey);
  }

  static async load(keys: Pick<KeyStore, 'ensure'>): Promise<ThreadIds> {
    return new ThreadIds(await keys.ensure('secret-thread'));
  }

  /**
   * UUIDv8 of HMAC-SHA-256(`secret-thread`, seed). The account is not part of it, because one acceptance serves
   * all recipients; mailstores never compare threads of two accounts. A mail without a seed (first of References,
   * else In-Reply-To, else Message-ID) has a thread of its own.
   */
  of(seed: string, message: Uuid): Uuid {
    const text = seed === '' ? message : seed;
    return uuidV8(createHmac('sha256', this.#key).update(text, 'utf8').digest());
  }
}
