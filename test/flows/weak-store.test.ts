/**
 * The story of a mail on a log that does what a distributed one may do: answers that get lost, second writers, late
 * subscriptions, gaps between positions. Everything else is the real thing.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { readConfig } from '../../services/config.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { verifyLog } from '../../services/ledger/verify.ts';
import { makeLog } from '../../services/log.ts';
import { loadCertificate } from '../../services/start/certificate.ts';
import { type Engines, startEngines } from '../../services/start/engines.ts';
import { openHouse } from '../../services/start/house.ts';
import { type RunningServices, startServices } from '../../services/start/services.ts';
import { ImapClient } from '../support/imap-client.ts';
import { freePorts } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { WeakEventStore } from '../support/weak-event-store.ts';

const senders = 6;
const mailsPerSender = 5;
const quiet = makeLog('error', new Writable({ write: (_line, _encoding, done) => done() }));

for (const seed of [11, 12]) {
  describe(`a mail walks through the house on a weak log, seed ${seed}`, () => {
    let folder: string;
    let embedded: Engines;
    let engines: Engines;
    let running: RunningServices;
    let smtp: number;
    let imap: number;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'muniment-weak-'));
      [smtp, imap] = (await freePorts(2)) as [number, number];
      const off = Object.fromEntries(
        ['SUBMISSION', 'SUBMISSIONS', 'IMAPS', 'POP3', 'POP3S', 'HTTP', 'HTTPS'].map((name) => [
          `MUNIMENT_${name}_PORT`,
          '0',
        ]),
      );
      const config = readConfig(
        {
          ...off,
          MUNIMENT_DATA: folder,
          MUNIMENT_SMTP_PORT: `${smtp}`,
          MUNIMENT_IMAP_PORT: `${imap}`,
          MUNIMENT_MIN_FREE_OCTETS: '0',
        },
        null,
      );
      embedded = await startEngines(config, (error) => assert.fail(error));
      // Volumes carry the id of the log beside them: the embedded one is opened for its id alone.
      await (await openHouse(config, embedded, quiet)).close();
      for (const name of ['ledger', 'projections']) rmSync(join(folder, name), { recursive: true });
      engines = {
        ...embedded,
        events: new WeakEventStore({ seed, maxLateMs: 100 }),
        keys: new MemoryKeyStore(),
      };
      const certificate = await loadCertificate(config);
      running = await startServices({
        config,
        engines,
        certificate,
        log: quiet,
        onFatal: (error) => assert.fail(error),
      });
      await running.house.administration.addDomain('acme.example', 'operator');
      const account = { password: 'demo-Wang-1', realName: '', quotaOctets: 0, roles: [] };
      await running.house.administration.addAccount({ ...account, address: 'wang@acme.example' }, 'operator');
    });

    after(async () => {
      await running?.close();
      await engines?.events.close();
      await embedded?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('what was acknowledged is filed once, with ascending UIDs', async () => {
      const sent = await Promise.all(Array.from({ length: senders }, (_, sender) => sendSome(smtp, sender)));
      const acknowledged = sent.flat().sort();
      assert.equal(acknowledged.length, senders * mailsPerSender);
      const client = await ImapClient.login(imap, 'wang@acme.example', 'demo-Wang-1');
      await untilExists(client, acknowledged.length);
      const bodies = await client.bodies();
      assert.deepEqual([...bodies.values()].map(subjectOf).sort(), acknowledged);
      assert.deepEqual(
        [...bodies.keys()],
        [...bodies.keys()].sort((a, b) => a - b),
      );
      await client.logout();
    });

    test('flags, moves and appends are done once and seen', async () => {
      const client = await ImapClient.login(imap, 'wang@acme.example', 'demo-Wang-1');
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

    test('the ledger is sound', async () => {
      await running.house.sealer.sealNow();
      const { findings, exit } = await verifyLog(running.house.ledger, {
        projections: running.house.projections.checks(),
      });
      assert.deepEqual(findings, []);
      assert.equal(exit, 0);
    });
  });
}

/** Subjects that were answered 250. */
async function sendSome(port: number, sender: number): Promise<string[]> {
  const client = await SmtpClient.connect(port);
  const acknowledged: string[] = [];
  for (let i = 0; i < mailsPerSender; i++) {
    const subject = `mail ${sender}-${i}`;
    const octets = Buffer.from(`From: a@outside.example\r\nSubject: ${subject}\r\n\r\nbody\r\n`);
    const reply = await client.send('a@outside.example', ['wang@acme.example'], octets);
    if (reply.startsWith('250')) acknowledged.push(subject);
  }
  await client.quit();
  return acknowledged;
}

async function untilExists(client: ImapClient, count: number): Promise<void> {
  for (;;) {
    const { untagged } = await client.ok('SELECT INBOX');
    if (untagged.some((line) => line === `${count} EXISTS`)) return;
  }
}

function subjectOf(octets: Buffer): string {
  return /Subject: (.*)\r\n/.exec(octets.toString())![1]!;
}
