/** Mail that lies in a mailbox of a running server, and what lies there. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapClient } from './imap-client.ts';
import { addressOf, passwordOf, type RealServer } from './real-server.ts';
import { SmtpClient } from './smtp-client.ts';

export function imapLogin({ ports }: RealServer, name: string): Promise<ImapClient> {
  return ImapClient.login(ports.imap, addressOf(name), passwordOf(name));
}

const lookAgainMs = 10;

/** Octets of what is in INBOX, as soon as there are so many messages. */
export async function inboxWith(server: RealServer, name: string, count: number): Promise<Buffer[]> {
  const client = await imapLogin(server, name);
  for (;;) {
    const { untagged } = await client.ok('EXAMINE INBOX');
    if (untagged.includes(`${count} EXISTS`)) break;
    // Each look is an event: without a pause a mail that comes late would be looked for a thousand times.
    await sleep(lookAgainMs);
  }
  const bodies = await client.bodies();
  await client.logout();
  return [...bodies.values()];
}

/** How many messages are in INBOX by now. */
export async function countInInbox(server: RealServer, name: string): Promise<number> {
  const client = await imapLogin(server, name);
  const { untagged } = await client.ok('STATUS INBOX (MESSAGES)');
  await client.logout();
  return Number(/MESSAGES (\d+)/.exec(untagged[0]!)![1]);
}

/** A small mail of nobody in particular. */
export function mailWith(subject: string, text = `Text of ${subject}`): Buffer {
  return Buffer.from(`From: <peer@peer.example>\r\nSubject: ${subject}\r\n\r\n${text}\r\n.hidden\r\n`);
}

/** So many octets or a few more, in lines that no compression makes much smaller. */
export function randomLines(octets: number): Buffer {
  const lines = randomBytes(Math.ceil((octets * 3) / 4))
    .toString('base64')
    .match(/.{1,76}/g)!;
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

/** Hands mails in by SMTP and waits until they are all in the INBOX, which had so many `before`. */
export async function deliver(
  server: RealServer,
  name: string,
  mails: readonly Buffer[],
  before = 0,
): Promise<void> {
  const smtp = await SmtpClient.connect(server.ports.smtp);
  for (const mail of mails) {
    const reply = await smtp.send('peer@peer.example', [addressOf(name)], mail);
    if (!reply.startsWith('250 ')) throw new Error(`the mail was refused: ${reply}`);
  }
  await smtp.quit();
  await inboxWith(server, name, before + mails.length);
}
