/** A bystander of attacks. */
import { mailWith } from './delivered-mail.ts';
import { ImapClient } from './imap-client.ts';
import { Pop3Client } from './pop3-client.ts';
import { addressOf, passwordOf, type RealServer } from './real-server.ts';
import { SmtpClient } from './smtp-client.ts';

/** Somebody with open sessions at every door, for whom nothing may change whatever others do. */
export class Bystander {
  readonly #server: RealServer;
  readonly #name: string;
  readonly #smtp: SmtpClient;
  readonly #imap: ImapClient;
  #received: number;

  private constructor(server: RealServer, name: string, smtp: SmtpClient, imap: ImapClient) {
    this.#server = server;
    this.#name = name;
    this.#smtp = smtp;
    this.#imap = imap;
    this.#received = 0;
  }

  static async at(server: RealServer, name: string): Promise<Bystander> {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    const imap = await ImapClient.login(server.ports.imap, addressOf(name), passwordOf(name));
    await imap.ok('SELECT INBOX');
    return new Bystander(server, name, smtp, imap);
  }

  /** Sends a mail, sees it come by IMAP, and collects it by POP3. Throws where one of them fails. */
  async works(): Promise<void> {
    const mail = mailWith(`undisturbed ${++this.#received}`);
    const reply = await this.#smtp.send('peer@peer.example', [addressOf(this.#name)], mail);
    if (!reply.startsWith('250 ')) throw new Error(`a bystander's mail was answered ${reply}`);
    while ((await this.#imap.uidFetch(`${this.#received}`, 'UID')).length === 0);
    const pop3 = await Pop3Client.login(
      this.#server.ports.pop3,
      addressOf(this.#name),
      passwordOf(this.#name),
    );
    const collected = await pop3.retrieve(this.#received);
    await pop3.quit();
    if (!collected.includes(mail)) throw new Error('a bystander collected another mail than was sent');
  }

  async leave(): Promise<void> {
    await this.#smtp.quit();
    await this.#imap.logout();
  }
}
