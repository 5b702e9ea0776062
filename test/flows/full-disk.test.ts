/**
 * The disk runs full under the real server: peers are told to come again before it is full, nothing acknowledged is
 * lost when it is, and the server goes on when there is room.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { imapLogin, inboxWith, mailWith, randomLines } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { embeddedLog } from '../support/server-log.ts';
import { SmallDisk, smallDiskMissing } from '../support/small-disk.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const mebi = 1024 * 1024;
const minFreeOctets = 16 * mebi;

flowOnEveryLog('a full disk', { timeout: 300_000, skip: smallDiskMissing() }, (openLog) => {
  let disk: SmallDisk;
  let server: RealServer;
  let isEmbedded: boolean;

  before(async () => {
    disk = SmallDisk.mount(160 * mebi)!;
  });

  afterEach(async () => {
    await server?.dispose();
    disk?.makeRoom();
  });

  after(() => disk?.unmount());

  async function sendUntilRefused(): Promise<{ accepted: number; refusal: string }> {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    for (let accepted = 0; ; accepted++) {
      const mail = Buffer.concat([mailWith(`mail ${accepted}`), randomLines(700_000)]);
      const refusal = await smtp.send('peer@peer.example', [addressOf('wang')], mail);
      if (!refusal.startsWith('250 ')) {
        await smtp.quit();
        return { accepted, refusal };
      }
    }
  }

  /** On a disk on which something else has left little room. */
  async function startWithLittleRoom(data: string, minFree: number): Promise<void> {
    disk.fill(minFreeOctets + 24 * mebi);
    const settings = { MUNIMENT_MIN_FREE_OCTETS: String(minFree) };
    const log = await openLog();
    isEmbedded = log === embeddedLog;
    server = await RealServer.prepare(settings, join(disk.path, data), log);
    await server.start();
    await server.addAccounts(['wang']);
  }

  /** The server looks at the disk a few times a second. */
  async function sendWhenSeen(): Promise<void> {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    for (;;) {
      const reply = await smtp.send('peer@peer.example', [addressOf('wang')], mailWith('afterwards'));
      if (reply.startsWith('250 ')) break;
      assert.match(reply, /^452 4\.3\.1 /);
      await sleep(50);
    }
    await smtp.quit();
  }

  /** Exactly so many mails, and all as it was, before and after a crash. */
  async function assertKept(mails: number): Promise<void> {
    assert.equal((await inboxWith(server, 'wang', mails)).length, mails);
    await server.kill();
    await server.start();
    assert.equal((await inboxWith(server, 'wang', mails)).length, mails);
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, 0, stdout);
  }

  test('452 before it is full, and on when there is room', async () => {
    await startWithLittleRoom('spared', minFreeOctets);
    const { accepted, refusal } = await sendUntilRefused();
    assert.match(refusal, /^452 4\.3\.1 /);
    assert.ok(accepted > 5);
    assert.ok(disk.freeOctets > minFreeOctets / 2, `${disk.freeOctets} octets are free`);
    assert.equal((await inboxWith(server, 'wang', accepted)).length, accepted, 'reading goes on');
    disk.fillUp();
    const client = await imapLogin(server, 'wang');
    await client.ok('SELECT INBOX');
    const { status } = await client.command('STORE 1 +FLAGS (\\Flagged)');
    // A flag is an event and nothing more: where the log is elsewhere, it needs no room here.
    assert.match(status, isEmbedded ? /^NO \[UNAVAILABLE\] / : /^OK /);
    assert.match((await sendUntilRefused()).refusal, /^452 4\.3\.1 /);
    disk.makeRoom();
    await client.ok('STORE 1 +FLAGS (\\Flagged)');
    await client.logout();
    await sendWhenSeen();
    await assertKept(accepted + 1);
  });

  test('without a reserve it is met in the middle of a mail: what was acknowledged is there', async () => {
    await startWithLittleRoom('bare', 0);
    const { accepted, refusal } = await sendUntilRefused();
    assert.match(refusal, /^4\d\d /);
    assert.ok(disk.freeOctets < mebi, `${disk.freeOctets} octets are free`);
    disk.makeRoom();
    await sendWhenSeen();
    await assertKept(accepted + 1);
  });
});
