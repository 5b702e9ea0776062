/** What one IMAP session must believe of its mailbox from what it was told, and whether it was told nothing impossible. */
import { fetchedItems, flagsOf, type ImapReply, numberOf } from './imap-client.ts';

/** Commands within which numbers must not shift (RFC 9051 §7.5.1). */
const keepsNumbers = /^(?:FETCH|STORE|SEARCH)\b/;

interface SeenMessage {
  uid: number | null;
  flags: string | null;
}

export class SessionView {
  readonly #messages: SeenMessage[] = [];

  /** So many messages. */
  get size(): number {
    return this.#messages.length;
  }

  /** `uid flags` by message number, as far as the session knows. */
  get known(): readonly string[] {
    return this.#messages.map(({ uid, flags }) => `${uid} ${flags}`);
  }

  /** Takes what was said before the tagged answer. Throws where it contradicts what was said before. */
  hear(command: string, { untagged }: ImapReply): void {
    for (const line of untagged) {
      const [, count, kind] = /^(\d+) (EXISTS|EXPUNGE|FETCH)\b/.exec(line) ?? [];
      if (kind === 'EXISTS') this.#exists(Number(count));
      else if (kind === 'EXPUNGE') this.#expunged(command, Number(count));
      else if (kind === 'FETCH') this.#fetched(Number(count), line);
    }
  }

  #exists(count: number): void {
    if (count < this.size)
      throw new Error(`${count} EXISTS where ${this.size} were there and none was expunged`);
    while (this.size < count) this.#messages.push({ uid: null, flags: null });
  }

  #expunged(command: string, number: number): void {
    if (keepsNumbers.test(command)) throw new Error(`EXPUNGE within ${command}`);
    if (number < 1 || number > this.size) throw new Error(`${number} EXPUNGE of ${this.size}`);
    this.#messages.splice(number - 1, 1);
  }

  #fetched(number: number, line: string): void {
    const message = this.#messages[number - 1];
    if (!message) throw new Error(`${line} where there are ${this.size}`);
    const items = fetchedItems([line])[0]!;
    if (items.has('FLAGS')) message.flags = flagsOf(items).join(' ');
    if (!items.has('UID')) return;
    const uid = numberOf(items, 'UID');
    if (message.uid !== null && message.uid !== uid) throw new Error(`${line}: it was UID ${message.uid}`);
    message.uid = uid;
    const uids = this.#messages.flatMap((each) => each.uid ?? []);
    if (uids.some((each, i) => i > 0 && each <= uids[i - 1]!)) throw new Error(`${line}: UIDs do not ascend`);
  }
}
