/** A peer that hands in one mail after the other until it is cut off. */
import { addressOf } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import type { ActorParts } from './imap-actor.ts';
import type { AccountRecord } from './mail-record.ts';
import { mailOf } from './mailbox-listing.ts';

/** Never resolves: rejects with `WireEnded` when the server is gone. */
export async function sendMails(
  port: number,
  accounts: readonly AccountRecord[],
  { random, newToken, onAck }: ActorParts,
): Promise<never> {
  const client = await SmtpClient.connect(port);
  for (;;) {
    const token = newToken();
    const recipients = accounts.filter(() => random() < 0.6);
    if (recipients.length === 0) continue;
    for (const account of recipients) account.possible.add(token);
    const octets = mailOf(token, Math.floor(random() * 3000));
    const reply = await client.send(
      'peer@peer.example',
      recipients.map(({ name }) => addressOf(name)),
      octets,
    );
    if (!reply.startsWith('250 ')) throw new Error(`${token} was refused: ${reply}`);
    for (const account of recipients) account.acknowledged(token);
    onAck();
  }
}
