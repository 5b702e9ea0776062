/** An IMAP session that files, flags, moves and expunges at random in two mailboxes of its own until it is cut off. */
import { fetchedItems, flagsOf, ImapClient, type ImapReply, numberOf } from '../support/imap-client.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import type { AccountRecord, Change, ChangeCommand } from './mail-record.ts';
import { announcement, listItems, listing, mailOf } from './mailbox-listing.ts';
import type { MailboxRecord } from './mailbox-record.ts';
import type { SessionJournal } from './session-journal.ts';

export interface ActorParts {
  readonly random: () => number;
  /** A name that no other message has. */
  readonly newToken: () => string;
  /** Told of every acknowledgement. */
  readonly onAck: () => void;
}

const flagChoices = ['\\Answered', '\\Draft', '\\Flagged', '\\Seen', 'proof'];
/** Beyond so many messages a mailbox is cleared, so that a round stays quick. */
const crowdedMessages = 12;

export class ImapActor {
  readonly journal: SessionJournal = [];
  /** The change that was sent last and is not answered yet. */
  unanswered: ChangeCommand | null = null;
  readonly #account: AccountRecord;
  readonly #pair: readonly [string, string];
  readonly #parts: ActorParts;
  #client!: ImapClient;
  #selected!: string;

  constructor(account: AccountRecord, pair: readonly [string, string], parts: ActorParts) {
    this.#account = account;
    this.#pair = pair;
    this.#parts = parts;
  }

  /** Never resolves: rejects with `WireEnded` when the server is gone. */
  async run(port: number): Promise<never> {
    const { name } = this.#account;
    this.#client = await ImapClient.login(port, addressOf(name), passwordOf(name));
    await this.#client.ok('ENABLE CONDSTORE');
    for (;;) {
      await this.#select(this.#pair[this.#choice(2)]!);
      await this.#look();
      for (let acts = 2 + this.#choice(4); acts > 0; acts--) await this.#act();
    }
  }

  get #messages(): MailboxRecord['messages'] {
    return this.#account.mailbox(this.#selected).messages;
  }

  async #act(): Promise<void> {
    const luck = this.#parts.random();
    const { size } = this.#messages;
    if (size === 0 || luck < 0.35) return this.#append();
    if (luck < 0.45) return this.#look();
    if (size > crowdedMessages || luck > 0.85) return this.#expunge();
    return luck < 0.65 ? this.#move() : this.#store();
  }

  async #select(mailbox: string): Promise<void> {
    const reply = await this.#client.ok(`SELECT "${mailbox}"`);
    const said = announcement(reply);
    this.#selected = mailbox;
    this.#heard(reply, null, (record) => record.announced(mailbox, said));
  }

  async #look(): Promise<void> {
    const mailbox = this.#selected;
    const reply = await this.#client.ok(`UID FETCH 1:* (${listItems})`);
    const listed = listing(reply);
    this.#heard(reply, null, (record) => record.listed(mailbox, listed));
  }

  async #append(): Promise<void> {
    const mailbox = this.#pair[this.#choice(2)]!;
    const command: Change<'append'> = {
      kind: 'append',
      mailbox,
      token: this.#parts.newToken(),
      flags: this.#someFlags(),
    };
    const octets = mailOf(command.token, this.#choice(3000));
    const reply = await this.#change(command, `APPEND "${mailbox}" (${command.flags.join(' ')})`, octets);
    const uid = Number(/APPENDUID \d+ (\d+)/.exec(reply.status)![1]);
    this.#heard(reply, command, (record) => record.appended(command, uid));
  }

  async #store(): Promise<void> {
    const command: Change<'store'> = {
      kind: 'store',
      mailbox: this.#selected,
      uids: this.#someUids(),
      flags: this.#someFlags(),
    };
    const floor = this.#account.highestModseq;
    const reply = await this.#change(command, `UID STORE ${command.uids} FLAGS (${command.flags.join(' ')})`);
    const rows = fetchedItems(reply.untagged)
      .filter((items) => items.has('UID') && items.has('MODSEQ'))
      .map((items) => ({
        uid: numberOf(items, 'UID'),
        flags: flagsOf(items),
        modseq: numberOf(items, 'MODSEQ'),
      }));
    this.#heard(reply, command, (record) => record.stored(command, rows, floor));
  }

  async #move(): Promise<void> {
    const to = this.#pair.find((mailbox) => mailbox !== this.#selected)!;
    const command: Change<'move'> = { kind: 'move', mailbox: this.#selected, uids: this.#someUids(), to };
    const reply = await this.#change(command, `UID MOVE ${command.uids} "${to}"`);
    const [, sources, targets] = /COPYUID \d+ (\S+) (\S+)\]/.exec(
      [...reply.untagged, reply.status].join('\n'),
    )!;
    const newUids = numbersOf(targets!);
    const pairs = numbersOf(sources!).map((uid, i) => [uid, newUids[i]!] as const);
    this.#heard(reply, command, (record) => record.moved(command, pairs));
  }

  async #expunge(): Promise<void> {
    const mailbox = this.#selected;
    const uids = this.#messages.size > crowdedMessages ? [...this.#messages.keys()] : this.#someUids();
    const marking: Change<'store'> = { kind: 'store', mailbox, uids, flags: ['\\Deleted'] };
    const marked = await this.#change(marking, `UID STORE ${uids} FLAGS.SILENT (\\Deleted)`);
    this.#heard(marked, marking, (record) => record.stored(marking));
    const command: Change<'expunge'> = { kind: 'expunge', mailbox, uids };
    const reply = await this.#change(command, `UID EXPUNGE ${uids}`);
    this.#heard(reply, command, (record) => record.expunged(command));
  }

  #change(command: ChangeCommand, text: string, literal?: Uint8Array): Promise<ImapReply> {
    this.unanswered = command;
    this.#account.inFlight.add(command);
    return this.#client.ok(text, literal);
  }

  #heard({ tag }: ImapReply, command: ChangeCommand | null, apply: (record: AccountRecord) => void): void {
    this.unanswered = null;
    if (command !== null) this.#account.inFlight.delete(command);
    this.journal.push({ acknowledgement: `${tag} OK`, command, apply });
    apply(this.#account);
    this.#parts.onAck();
  }

  #someUids(): number[] {
    const uids = [...this.#messages.keys()].sort((a, b) => a - b);
    const first = this.#choice(uids.length);
    return uids.slice(first, first + 1 + this.#choice(3));
  }

  #someFlags(): string[] {
    return flagChoices.filter(() => this.#parts.random() < 0.4);
  }

  /** 0 to count-1. */
  #choice(count: number): number {
    return Math.floor(this.#parts.random() * count);
  }
}

/** `4,7:9` to numbers. */
function numbersOf(set: string): number[] {
  return set.split(',').flatMap((part) => {
    const [first, last = first] = part.split(':').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}
