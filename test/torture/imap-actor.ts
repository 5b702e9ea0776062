/** An IMAP session that files, flags, moves and expunges at random in two mailboxes of its own until it is cut off. */
import { fetchedItems, flagsOf, ImapClient, numberOf } from '../support/imap-client.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { type AccountRecord, type InFlight, type MailboxRecord, PromiseBroken } from './mail-record.ts';
import { list, mailOf, select } from './mailbox-listing.ts';

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
  readonly #account: AccountRecord;
  readonly #pair: readonly [MailboxRecord, MailboxRecord];
  readonly #parts: ActorParts;
  #client!: ImapClient;
  #selected!: MailboxRecord;

  constructor(account: AccountRecord, pair: readonly [string, string], parts: ActorParts) {
    this.#account = account;
    this.#pair = [account.mailbox(pair[0]), account.mailbox(pair[1])];
    this.#parts = parts;
  }

  /** Never resolves: rejects with `WireEnded` when the server is gone. */
  async run(port: number): Promise<never> {
    const { name } = this.#account;
    this.#client = await ImapClient.login(port, addressOf(name), passwordOf(name));
    await this.#client.ok('ENABLE CONDSTORE');
    for (;;) {
      this.#selected = this.#pair[this.#choice(2)]!;
      await select(this.#client, this.#selected);
      await this.#look();
      for (let acts = 2 + this.#choice(4); acts > 0; acts--) await this.#act();
    }
  }

  async #act(): Promise<void> {
    const luck = this.#parts.random();
    const { size } = this.#selected.messages;
    if (size === 0 || luck < 0.35) return this.#append();
    if (luck < 0.45) return this.#look();
    if (size > crowdedMessages || luck > 0.85) return this.#expunge();
    return luck < 0.65 ? this.#move() : this.#store();
  }

  async #look(): Promise<void> {
    const listed = await list(this.#client);
    this.#account.shown(this.#selected, listed);
    this.#parts.onAck();
  }

  async #append(): Promise<void> {
    const mailbox = this.#pair[this.#choice(2)]!;
    const [token, flags] = [this.#parts.newToken(), this.#someFlags()];
    const octets = mailOf(token, this.#choice(3000));
    const uid = await this.#inFlight({ kind: 'append', mailbox: mailbox.name, token, flags }, () =>
      this.#client.append(mailbox.name, octets, flags.join(' ')),
    );
    mailbox.show(uid, { token, flags, modseq: null });
  }

  async #store(): Promise<void> {
    const [mailbox, uids, flags] = [this.#selected, this.#someUids(), this.#someFlags()];
    const floor = this.#account.highestModseq;
    const { untagged } = await this.#inFlight({ kind: 'store', mailbox: mailbox.name, uids, flags }, () =>
      this.#client.ok(`UID STORE ${uids} FLAGS (${flags.join(' ')})`),
    );
    const changed = uids.filter((uid) => mailbox.messages.get(uid)!.flags.join() !== flags.join());
    for (const items of fetchedItems(untagged)) {
      const [uid, modseq] = [numberOf(items, 'UID'), numberOf(items, 'MODSEQ')];
      if (!uids.includes(uid)) continue;
      if (changed.includes(uid) && modseq <= floor)
        throw new PromiseBroken(
          `${mailbox.name} ${uid}: MODSEQ ${modseq} for a change after ${floor} was shown`,
        );
      mailbox.show(uid, { token: mailbox.messages.get(uid)!.token, flags: flagsOf(items), modseq });
    }
    for (const uid of changed) {
      if (mailbox.messages.get(uid)!.flags.join() !== flags.join())
        throw new PromiseBroken(`${mailbox.name} ${uid}: STORE was acknowledged, ${flags} not shown`);
    }
  }

  async #move(): Promise<void> {
    const [from, uids] = [this.#selected, this.#someUids()];
    const to = this.#pair.find((mailbox) => mailbox !== from)!;
    const { untagged, status } = await this.#inFlight(
      { kind: 'move', mailbox: from.name, uids, to: to.name },
      () => this.#client.ok(`UID MOVE ${uids} "${to.name}"`),
    );
    const [, sources, targets] = /COPYUID \d+ (\S+) (\S+)\]/.exec([...untagged, status].join('\n'))!;
    const newUids = numbersOf(targets!);
    for (const [i, uid] of numbersOf(sources!).entries()) {
      const { token, flags } = from.remove(uid);
      to.show(newUids[i]!, { token, flags, modseq: null });
    }
  }

  async #expunge(): Promise<void> {
    const mailbox = this.#selected;
    const uids = mailbox.messages.size > crowdedMessages ? [...mailbox.messages.keys()] : this.#someUids();
    const flags = ['\\Deleted'];
    await this.#inFlight({ kind: 'store', mailbox: mailbox.name, uids, flags }, () =>
      this.#client.ok(`UID STORE ${uids} FLAGS.SILENT (\\Deleted)`),
    );
    for (const uid of uids) mailbox.show(uid, { ...mailbox.messages.get(uid)!, flags, modseq: null });
    await this.#inFlight({ kind: 'expunge', mailbox: mailbox.name, uids }, () =>
      this.#client.ok(`UID EXPUNGE ${uids}`),
    );
    for (const uid of uids) mailbox.remove(uid);
  }

  async #inFlight<T>(command: InFlight, send: () => Promise<T>): Promise<T> {
    this.#account.inFlight.add(command);
    const answer = await send();
    this.#account.inFlight.delete(command);
    this.#parts.onAck();
    return answer;
  }

  #someUids(): number[] {
    const uids = [...this.#selected.messages.keys()].sort((a, b) => a - b);
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
