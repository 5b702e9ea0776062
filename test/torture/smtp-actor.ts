/** A peer that hands in one mail after the other until it is cut off. */
import { randomLines } from '../support/delivered-mail.ts';
import { addressOf } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import type { ActorParts } from './imap-actor.ts';
import type { AccountRecord } from './mail-record.ts';
import { mailOf } from './mailbox-listing.ts';

/** A mail that was handed in, and for whom. */
export interface SentMail {
  readonly token: string;
  readonly recipients: readonly string[];
  /** The reply; null where none came. */
  acknowledgement: string | null;
}

/** Now and then a mail is so large that it gets a file of its own. */
const large = { chance: 0.01, octets: 8.5 * 1024 * 1024 };

export class SmtpActor {
  readonly sent: SentMail[] = [];
  readonly #accounts: readonly AccountRecord[];
  readonly #parts: ActorParts;

  constructor(accounts: readonly AccountRecord[], parts: ActorParts) {
    this.#accounts = accounts;
    this.#parts = parts;
  }

  /** Never resolves: rejects with `WireEnded` when the server is gone. */
  async run(port: number): Promise<never> {
    const client = await SmtpClient.connect(port);
    for (;;) {
      const recipients = this.#accounts.filter(() => this.#parts.random() < 0.6);
      if (recipients.length > 0) await this.#send(client, recipients);
    }
  }

  async #send(client: SmtpClient, accounts: readonly AccountRecord[]): Promise<void> {
    const token = this.#parts.newToken();
    const recipients = accounts.map(({ name }) => name);
    const sent: SentMail = { token, recipients, acknowledgement: null };
    this.sent.push(sent);
    for (const account of accounts) account.possible.add(token);
    const reply = await client.send('peer@peer.example', recipients.map(addressOf), this.#mail(token));
    if (!reply.startsWith('250 ')) throw new Error(`${token} was refused: ${reply}`);
    sent.acknowledgement = reply;
    for (const account of accounts) account.acknowledged(token);
    this.#parts.onAck();
  }

  #mail(token: string): Buffer {
    const mail = mailOf(token, Math.floor(this.#parts.random() * 3000));
    return this.#parts.random() < large.chance ? Buffer.concat([mail, randomLines(large.octets)]) : mail;
  }
}
