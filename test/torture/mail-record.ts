/**
 * What a server has shown and promised of one account, kept by those who talk to it. It holds every later answer
 * against that: what was shown stays, no UID and no MODSEQ is given again, nothing is there twice.
 */

/** A message as it was last shown. */
export interface ShownMessage {
  /** Names the message; it stands in its header. */
  readonly token: string;
  /** Sorted, without \Recent. */
  readonly flags: readonly string[];
  /** Null: changed since it was last shown. */
  readonly modseq: number | null;
}

/** A command that was sent and not yet answered: all of it has happened, or nothing. */
export type InFlight =
  | {
      readonly kind: 'append';
      readonly mailbox: string;
      readonly token: string;
      readonly flags: readonly string[];
    }
  | {
      readonly kind: 'store';
      readonly mailbox: string;
      readonly uids: readonly number[];
      readonly flags: readonly string[];
    }
  | { readonly kind: 'move'; readonly mailbox: string; readonly uids: readonly number[]; readonly to: string }
  | { readonly kind: 'expunge'; readonly mailbox: string; readonly uids: readonly number[] };

/** The server broke a promise. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
}

export class MailboxRecord {
  readonly name: string;
  readonly messages = new Map<number, ShownMessage>();
  /** Every UID that was ever shown, and for what. */
  readonly #tokens = new Map<number, string>();
  /** UIDs of messages that have gone. */
  readonly #gone = new Set<number>();
  uidValidity: number | null = null;
  /** The least that UIDNEXT may say. */
  uidNext = 1;
  highestModseq = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** A message was shown. */
  show(uid: number, message: ShownMessage): void {
    const before = this.#tokens.get(uid);
    if (before !== undefined && before !== message.token)
      throw new PromiseBroken(`${this.name}: UID ${uid} was ${before} and is ${message.token}`);
    if (this.#gone.has(uid)) throw new PromiseBroken(`${this.name}: UID ${uid} is back after it was gone`);
    this.#tokens.set(uid, message.token);
    this.messages.set(uid, message);
    this.uidNext = Math.max(this.uidNext, uid + 1);
    this.highestModseq = Math.max(this.highestModseq, message.modseq ?? 0);
  }

  /** The message was moved away or expunged. */
  remove(uid: number): ShownMessage {
    const message = this.messages.get(uid)!;
    this.messages.delete(uid);
    this.#gone.add(uid);
    return message;
  }

  /** What SELECT said. */
  announce(said: { uidValidity: number; uidNext: number; highestModseq: number }): void {
    this.uidValidity ??= said.uidValidity;
    if (said.uidValidity !== this.uidValidity)
      throw new PromiseBroken(`${this.name}: UIDVALIDITY ${said.uidValidity}, was ${this.uidValidity}`);
    if (said.uidNext < this.uidNext)
      throw new PromiseBroken(`${this.name}: UIDNEXT ${said.uidNext}, was ${this.uidNext}`);
    if (said.highestModseq < this.highestModseq)
      throw new PromiseBroken(`${this.name}: HIGHESTMODSEQ ${said.highestModseq}, was ${this.highestModseq}`);
    this.uidNext = said.uidNext;
    this.highestModseq = said.highestModseq;
  }
}

export class AccountRecord {
  readonly name: string;
  readonly mailboxes: ReadonlyMap<string, MailboxRecord>;
  /** Tokens of mails that SMTP has acknowledged, and that are not yet seen in INBOX. */
  readonly owed = new Set<string>();
  /** Tokens of mails that SMTP has not answered: they may arrive once, or never. */
  readonly possible = new Set<string>();
  readonly inFlight = new Set<InFlight>();
  /** Others who may get the same mails. */
  readonly fellows: AccountRecord[] = [];

  constructor(name: string, mailboxes: readonly string[]) {
    this.name = name;
    this.mailboxes = new Map(mailboxes.map((mailbox) => [mailbox, new MailboxRecord(mailbox)]));
  }

  mailbox(name: string): MailboxRecord {
    return this.mailboxes.get(name)!;
  }

  /** The newest MODSEQ that was shown: what changes from now on gets a higher one. */
  get highestModseq(): number {
    return Math.max(...[...this.mailboxes.values()].map(({ highestModseq }) => highestModseq));
  }

  /** SMTP said `250`; whoever reads the INBOX may have seen the mail before. */
  acknowledged(token: string): void {
    if (this.possible.delete(token)) this.owed.add(token);
  }

  /** A message that nobody has put there by IMAP was shown in INBOX: it must have come by SMTP, and only now. */
  arrived(token: string): void {
    if (!this.owed.delete(token) && !this.possible.delete(token))
      throw new PromiseBroken(
        `${this.name}: ${token} is in INBOX, but was removed, or is there a second time`,
      );
    // What is filed was accepted, for all of its recipients.
    for (const fellow of this.fellows) fellow.acknowledged(token);
  }

  /** A whole mailbox was shown: what is known must be in it unchanged, what is new must have come by SMTP. */
  shown(mailbox: MailboxRecord, listed: ReadonlyMap<number, ShownMessage>): void {
    for (const [uid, known] of mailbox.messages)
      assertSame(`${this.name} ${mailbox.name} ${uid}`, known, listed.get(uid));
    for (const [uid, message] of listed) {
      if (!mailbox.messages.has(uid)) this.#admit(mailbox, message);
      mailbox.show(uid, message);
    }
  }

  #admit({ name }: MailboxRecord, { token }: ShownMessage): void {
    if (name !== 'INBOX') throw new PromiseBroken(`${this.name} ${name}: nobody put ${token} there`);
    this.arrived(token);
  }

  /** Tokens of all messages that are known to be in mailboxes. */
  get tokens(): string[] {
    return [...this.mailboxes.values()].flatMap(({ messages }) =>
      [...messages.values()].map(({ token }) => token),
    );
  }
}

function assertSame(place: string, known: ShownMessage, found: ShownMessage | undefined): void {
  if (found === undefined) throw new PromiseBroken(`${place}: ${known.token} is missing`);
  const differs =
    found.token !== known.token ||
    found.flags.join() !== known.flags.join() ||
    (known.modseq !== null && found.modseq !== known.modseq);
  if (differs) throw new PromiseBroken(`${place}: was ${JSON.stringify(known)}, is ${JSON.stringify(found)}`);
}
