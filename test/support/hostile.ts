/** What tests of bad input share: mails that are meant to hurt, somebody who must not notice, and a memory gauge. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mailWith } from './delivered-mail.ts';
import { ImapClient } from './imap-client.ts';
import { Pop3Client } from './pop3-client.ts';
import { addressOf, passwordOf, type RealServer } from './real-server.ts';
import { SmtpClient } from './smtp-client.ts';

/** Multiparts, each inside the one before. */
export function nestedMail(depth: number): Buffer {
  const levels = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  );
  return Buffer.from(`Subject: nested\r\n${levels.join('')}\r\nat the bottom\r\n`);
}

/** One multipart of so many parts. */
export function wideMail(parts: number): Buffer {
  const part = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n';
  const head = 'Subject: wide\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
  return Buffer.from(`${head}${part.repeat(parts)}--b--\r\n`);
}

export function mailOfHeaders(count: number): Buffer {
  const fields = Array.from({ length: count }, (_, i) => `X-Field-${i}: value of ${i}\r\n`);
  return Buffer.from(`Subject: headers\r\n${fields.join('')}\r\ntext\r\n`);
}

/** Somebody with open sessions at every door, for whom nothing may change. */
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

/** Whether this system tells how much memory a process has had. */
export const memoryIsKnown = process.platform === 'linux';

/**
 * Octets by which the process grew at its peak while `act` ran, above what it had before; 0 where the system does
 * not tell.
 */
export async function peakGrowthOctets(pid: number, act: () => Promise<void>): Promise<number> {
  if (!memoryIsKnown) {
    await act();
    return 0;
  }
  // Linux proc(5): 5 sets the peak back to what is resident now.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = statusOctets(pid, 'VmRSS');
  await act();
  return statusOctets(pid, 'VmHWM') - before;
}

function statusOctets(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024;
}
