/** What was shown of one mailbox. Every method throws `PromiseBroken` where the server contradicts itself. */

/** The server broke a promise. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
}

/** A message as it was last shown. */
export interface ShownMessage {
  /** Names the message; it stands in its header. */
  readonly token: string;
  /** Sorted, without \Recent. */
  readonly flags: readonly string[];
  /** Null: changed since it was last shown. */
  readonly modseq: number | null;
}

/** What SELECT says. */
export interface MailboxAnnouncement {
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModseq: number;
}

export class MailboxRecord {
  readonly name: string;
  readonly messages = new Map<number, ShownMessage>();
  highestModseq = 0;
  /** Every UID that was ever shown, and for what. */
  readonly #tokens = new Map<number, string>();
  /** UIDs of messages that have gone. */
  readonly #gone = new Set<number>();
  #uidValidity: number | null = null;
  /** The least that UIDNEXT may say. */
  #uidNext = 1;

  constructor(name: string) {
    this.name = name;
  }

  show(uid: number, message: ShownMessage): void {
    const before = this.#tokens.get(uid);
    if (before !== undefined && before !== message.token)
      throw new PromiseBroken(`${this.name}: UID ${uid} was ${before} and is ${message.token}`);
    if (this.#gone.has(uid)) throw new PromiseBroken(`${this.name}: UID ${uid} is back after it was gone`);
    this.#tokens.set(uid, message.token);
    this.messages.set(uid, message);
    this.#uidNext = Math.max(this.#uidNext, uid + 1);
    this.highestModseq = Math.max(this.highestModseq, message.modseq ?? 0);
  }

  /** The message was moved away or expunged. */
  remove(uid: number): ShownMessage {
    const message = this.messages.get(uid)!;
    this.messages.delete(uid);
    this.#gone.add(uid);
    return message;
  }

  announce({ uidValidity, uidNext, highestModseq }: MailboxAnnouncement): void {
    this.#uidValidity ??= uidValidity;
    this.#assertNotLess('UIDVALIDITY', uidValidity, this.#uidValidity);
    this.#assertNotLess('UIDVALIDITY before', this.#uidValidity, uidValidity);
    this.#assertNotLess('UIDNEXT', uidNext, this.#uidNext);
    this.#assertNotLess('HIGHESTMODSEQ', highestModseq, this.highestModseq);
    this.#uidNext = uidNext;
    this.highestModseq = highestModseq;
  }

  /** All that is known is still there, and as it was. */
  assertKept(listed: ReadonlyMap<number, ShownMessage>): void {
    for (const [uid, known] of this.messages) {
      const found = listed.get(uid);
      if (found === undefined) throw new PromiseBroken(`${this.name} ${uid}: ${known.token} is missing`);
      const isSame =
        found.token === known.token &&
        found.flags.join() === known.flags.join() &&
        (known.modseq === null || found.modseq === known.modseq);
      if (!isSame)
        throw new PromiseBroken(
          `${this.name} ${uid}: was ${JSON.stringify(known)}, is ${JSON.stringify(found)}`,
        );
    }
  }

  #assertNotLess(what: string, said: number, known: number): void {
    if (said < known) throw new PromiseBroken(`${this.name}: ${what} is ${said}, was ${known}`);
  }
}
