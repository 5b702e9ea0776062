/**
 * The story of a mail on a log that does what a distributed one may do, on more seeds than the other flows have:
 * answers that get lost, writes that land late, subscriptions that come late and break off, gaps between positions.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { imapLogin, inboxWith } from '../support/delivered-mail.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { weakServerLog } from '../support/server-log.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const senders = 6;
const mailsPerSender = 5;

for (const seed of [12, 13]) {
  describe(`a mail walks through the house on the weak store, seed ${seed}`, { timeout: 120_000 }, () => {
    let server: RealServer;

    before(async () => {
      server = await RealServer.start(['wang'], {}, await weakServerLog(seed, { unknownRate: 0.1 }));
    });

    after(() => server?.dispose());

    test('what was acknowledged is filed once, with ascending UIDs', async () => {
      const sent = await Promise.all(Array.from({ length: senders }, (_, i) => sendSome(server, i)));
      const acknowledged = sent.flat().sort();
      assert.equal(acknowledged.length, senders * mailsPerSender);
      const mails = await inboxWith(server, 'wang', acknowledged.length);
      assert.deepEqual(mails.map(subjectOf).sort(), acknowledged);
    });

    test('flags, moves and appends are done once and seen', async () => {
      const client = await imapLogin(server, 'wang');
      await client.ok('SELECT INBOX');
      await client.ok('UID STORE 1:10 +FLAGS (\\Seen $Keyword)');
      await client.ok('UID MOVE 1:5 Archive');
      const uid = await client.append('Archive', Buffer.from('Subject: kept\r\n\r\nx\r\n'), '\\Flagged');
      assert.equal(uid, 6);
      await client.ok('SELECT Archive');
      const { untagged } = await client.ok('UID SEARCH KEYWORD $Keyword');
      assert.match(untagged.join('\n'), /1 2 3 4 5/);
      await client.logout();
    });

    test('the ledger is sound, in the running server and behind a stop', async () => {
      await server.muniment('verify');
      await server.stop();
      await server.muniment('verify');
    });
  });
}

/** Subjects that were answered 250. */
async function sendSome(server: RealServer, sender: number): Promise<string[]> {
  const client = await SmtpClient.connect(server.ports.smtp);
  const acknowledged: string[] = [];
  for (let i = 0; i < mailsPerSender; i++) {
    const subject = `mail ${sender}-${i}`;
    const octets = Buffer.from(`From: a@outside.example\r\nSubject: ${subject}\r\n\r\nbody\r\n`);
    const reply = await client.send('a@outside.example', [addressOf('wang')], octets);
    if (reply.startsWith('250')) acknowledged.push(subject);
  }
  await client.quit();
  return acknowledged;
}

function subjectOf(octets: Buffer): string {
  return /Subject: (.*)\r\n/.exec(octets.toString())![1]!;
}
