/** kill -9 of a real EventStoreDB while mails arrive: nothing acknowledged is lost, and our server goes on. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { imapLogin } from '../support/delivered-mail.ts';
import { EventStoreDBProcess } from '../support/eventstoredb-process.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { eventStoreDBLog } from '../support/server-log.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const program = process.env['MUNIMENT_TEST_EVENTSTORE_COMMAND'];
const title = 'kills of EventStoreDB while mails arrive';
const kills = 3;
const senders = 4;
const mailsBetweenKills = 20;
const awayMs = 1500;

if (program === undefined) {
  test(title, { skip: 'MUNIMENT_TEST_EVENTSTORE_COMMAND names no server program' }, () => {});
} else {
  describe(title, { timeout: 300_000 }, () => tellOn(program));
}

function tellOn(program: string): void {
  let database: EventStoreDBProcess;
  let server: RealServer;
  const replies = new Map<string, string>();
  let isOver = false;

  before(async () => {
    database = await EventStoreDBProcess.start(program);
    server = await RealServer.start(['wang'], {}, await eventStoreDBLog(database.url));
  });

  after(async () => {
    await server?.dispose();
    await database?.dispose();
  });

  const acknowledged = (): string[] =>
    [...replies].filter(([, reply]) => reply.startsWith('250 ')).map(([subject]) => subject);

  /** A mail after the other, each with a subject of its own. */
  async function send(sender: number): Promise<void> {
    for (let i = 0; !isOver; i++) {
      const client = await SmtpClient.connect(server.ports.smtp);
      const subject = `mail ${sender}-${i}`;
      const mail = Buffer.from(`From: a@outside.example\r\nSubject: ${subject}\r\n\r\nbody\r\n`);
      replies.set(subject, await client.send('a@outside.example', [addressOf('wang')], mail));
      await client.quit();
    }
  }

  test('each mail is answered in words: accepted, or told to come again', async ({ signal }) => {
    const sending = Promise.all(Array.from({ length: senders }, (_, i) => send(i)));
    for (let kill = 0; kill <= kills; kill++) {
      const enough = acknowledged().length + mailsBetweenKills;
      while (acknowledged().length < enough) await sleep(10, undefined, { signal });
      if (kill === kills) break;
      await database.kill();
      await sleep(awayMs);
      await database.start();
    }
    isOver = true;
    await sending;
    for (const [subject, reply] of replies) assert.match(reply, /^(?:250|4\d\d) /, subject);
  });

  test('what was acknowledged is filed once, and nothing is there twice', async () => {
    const client = await imapLogin(server, 'wang');
    const expected = acknowledged();
    let found: string[] = [];
    while (!expected.every((subject) => found.includes(subject))) {
      await client.ok('EXAMINE INBOX');
      found = [...(await client.bodies()).values()].map((mail) => /Subject: (.*)\r\n/.exec(`${mail}`)![1]!);
    }
    assert.deepEqual(found.toSorted(), [...new Set(found)].sort());
    await client.logout();
  });

  test('the ledger is sound, in the running server and behind a stop', async () => {
    await server.muniment('verify');
    assert.equal(await server.stop(), 0);
    await server.muniment('verify');
  });
}
