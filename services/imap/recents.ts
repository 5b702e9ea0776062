import type { Uuid } from '../domain/values.ts';

/**
 * `\Recent` (RFC 3501 §2.3.2): a message is recent for the first session that is told of it. Kept in memory only:
 * what was there before this process first saw the mailbox is recent for nobody.
 */
export class Recents {
  /** Mailbox -> the highest UID that is recent for somebody or nobody. */
  readonly #claimed = new Map<Uuid, number>();

  /** The lowest UID below `uidNext` that is recent for nobody yet; `uidNext` where there is none. */
  firstUnclaimed(mailbox: Uuid, uidNext: number): number {
    const known = this.#claimed.get(mailbox) ?? uidNext - 1;
    this.#claimed.set(mailbox, known);
    return Math.min(known + 1, uidNext);
  }

  /** The same; all below `uidNext` belong to the caller from here on. */
  claim(mailbox: Uuid, uidNext: number): number {
    const first = this.firstUnclaimed(mailbox, uidNext);
    this.#claimed.set(mailbox, Math.max(this.#claimed.get(mailbox)!, uidNext - 1));
    return first;
  }
}
