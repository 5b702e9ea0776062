/**
 * What a server has shown and promised of one account, kept by those who talk to it. It holds every later answer
 * against that: what was shown stays, no UID and no MODSEQ is given again, nothing is there twice.
 */
import {
  type MailboxAnnouncement,
  MailboxRecord,
  PromiseBroken,
  type ShownMessage,
} from './mailbox-record.ts';

/** A command that changes something: until it is answered, all of it has happened, or nothing. */
export type ChangeCommand =
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

export type Change<Kind extends ChangeCommand['kind']> = Extract<ChangeCommand, { kind: Kind }>;

/** What STORE said of a message. */
export interface StoredRow {
  readonly uid: number;
  readonly flags: readonly string[];
  readonly modseq: number;
}

export class AccountRecord {
  readonly name: string;
  readonly mailboxes: ReadonlyMap<string, MailboxRecord>;
  /** Tokens of mails that SMTP has acknowledged, and that are not yet seen in INBOX. */
  readonly owed = new Set<string>();
  /** Tokens of mails that SMTP has not answered: they may arrive once, or never. */
  readonly possible = new Set<string>();
  readonly inFlight = new Set<ChangeCommand>();
  /** Others who may get the same mails. */
  readonly fellows: AccountRecord[] = [];

  constructor(name: string, mailboxes: readonly string[]) {
    this.name = name;
    this.mailboxes = new Map(mailboxes.map((mailbox) => [mailbox, new MailboxRecord(`${name} ${mailbox}`)]));
  }

  mailbox(name: string): MailboxRecord {
    return this.mailboxes.get(name)!;
  }

  /** The newest MODSEQ that was shown: what changes from now on gets a higher one. */
  get highestModseq(): number {
    return Math.max(...[...this.mailboxes.values()].map(({ highestModseq }) => highestModseq));
  }

  /** Tokens of all messages that are known to be in mailboxes. */
  get tokens(): string[] {
    return [...this.mailboxes.values()].flatMap(({ messages }) =>
      [...messages.values()].map(({ token }) => token),
    );
  }

  /** SMTP said `250`; whoever reads the INBOX may have seen the mail before. */
  acknowledged(token: string): void {
    if (this.possible.delete(token)) this.owed.add(token);
  }

  announced(mailbox: string, said: MailboxAnnouncement): void {
    this.mailbox(mailbox).announce(said);
  }

  /** A whole mailbox was shown: what is known must be in it unchanged, what is new must have come by SMTP. */
  listed(name: string, listed: ReadonlyMap<number, ShownMessage>): void {
    const mailbox = this.mailbox(name);
    mailbox.assertKept(listed);
    for (const [uid, message] of listed) {
      if (!mailbox.messages.has(uid)) this.#arrived(name, message);
      mailbox.show(uid, message);
    }
  }

  appended({ mailbox, token, flags }: Change<'append'>, uid: number): void {
    this.mailbox(mailbox).show(uid, { token, flags, modseq: null });
  }

  /** `rows`: none where it was silent. `floor`: highest MODSEQ shown before the command was sent. */
  stored({ mailbox: name, uids, flags }: Change<'store'>, rows: readonly StoredRow[] = [], floor = 0): void {
    const mailbox = this.mailbox(name);
    for (const uid of uids) {
      const { token, flags: before } = mailbox.messages.get(uid)!;
      const row = rows.find((each) => each.uid === uid);
      const isChanged = before.join() !== flags.join();
      if (row && row.flags.join() !== flags.join())
        throw new PromiseBroken(`${this.name} ${name} ${uid}: STORE of ${flags} shows ${row.flags}`);
      if (row && isChanged && row.modseq <= floor)
        throw new PromiseBroken(`${this.name} ${name} ${uid}: MODSEQ ${row.modseq} behind ${floor}`);
      mailbox.show(uid, { token, flags, modseq: row?.modseq ?? null });
    }
  }

  /** `pairs`: old and new UIDs. */
  moved({ mailbox, to }: Change<'move'>, pairs: readonly (readonly [number, number])[]): void {
    for (const [uid, newUid] of pairs) {
      const { token, flags } = this.mailbox(mailbox).remove(uid);
      this.mailbox(to).show(newUid, { token, flags, modseq: null });
    }
  }

  expunged({ mailbox, uids }: Change<'expunge'>): void {
    for (const uid of uids) this.mailbox(mailbox).remove(uid);
  }

  /** A message that nobody has put there by IMAP. */
  #arrived(mailbox: string, { token }: ShownMessage): void {
    if (mailbox !== 'INBOX') throw new PromiseBroken(`${this.name} ${mailbox}: nobody put ${token} there`);
    if (!this.owed.delete(token) && !this.possible.delete(token))
      throw new PromiseBroken(
        `${this.name}: ${token} is in INBOX, but was removed, or is there a second time`,
      );
    // What is filed was accepted, for all of its recipients.
    for (const fellow of this.fellows) fellow.acknowledged(token);
  }
}
