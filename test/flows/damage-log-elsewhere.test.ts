/**
 * What a start and `verify` find where the log is elsewhere: the same as beside the embedded one, asked through the
 * port. On the weak store alone, because a real server's log cannot be cut or altered from here.
 */
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { assertRefused, DamagedCopies, flipBit, verifyExit } from '../support/damaged-copies.ts';
import { deliver, inboxWith, mailWith, randomLines } from '../support/delivered-mail.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { logOn, weakServerLog } from '../support/server-log.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { copyOfLog, weakLog } from '../support/weak-event-store.ts';
import { WeakServer } from '../support/weak-server.ts';
import { WireEnded } from '../support/wire.ts';

const seed = 21;
const mails = Array.from({ length: 30 }, (_, i) => mailWith(`mail ${i}`, `text ${i}`.repeat(1 + i * 3)));

describe('damage with the log elsewhere', { timeout: 300_000 }, () => {
  let copies: DamagedCopies;
  /** What the test at hand looks at; it ends with the test. */
  let server: RealServer;
  /** A data folder after a kill, and the log that belongs to it. */
  let folder: string;
  let log: MemoryLog;

  before(async () => {
    copies = await DamagedCopies.make();
    log = weakLog();
    server = await RealServer.start(['wang'], {}, await weakServerLog(seed, { log }));
    await deliver(server, 'wang', mails.slice(0, 1));
    await server.muniment('verify'); // which seals a checkpoint
    await deliver(server, 'wang', mails.slice(1), 1);
    await server.muniment('verify');
    await server.kill();
    folder = await copies.keep(server.data, 'killed');
    log = copyOfLog(log);
    await server.dispose();
  });

  afterEach(() => server?.dispose());

  after(() => copies?.remove());

  async function onDamaged(damage: (data: string) => unknown, kept = copyOfLog(log)): Promise<void> {
    server = await copies.damaged(folder, damage, await weakServerLog(seed, { log: kept }));
  }

  async function assertWhole(): Promise<void> {
    assert.equal((await inboxWith(server, 'wang', mails.length)).length, mails.length);
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, verifyExit.sound, stdout);
  }

  test('nothing is damaged', async () => {
    await onDamaged(() => {});
    await server.start();
    await assertWhole();
  });

  test('the tail of the log is missing', async () => {
    await onDamaged(() => {}, copyOfLog(log, Math.floor(log.records.length * 0.8)));
    await assertRefused(server, /log/, /muniment verify/, /muniment restore/);
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, verifyExit.recordsLost, stdout);
  });

  test('the log is an empty one', async () => {
    await onDamaged(() => {}, weakLog());
    await assertRefused(server, /key store .* has seen the log/, /muniment restore/);
  });

  test('the data folder is an empty one', async () => {
    await onDamaged((data) => {
      for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
    });
    await assertRefused(server, /ledger\/HEAD is missing/);
  });

  test('`ledger/HEAD` is missing', async () => {
    await onDamaged((data) => rmSync(join(data, 'ledger', 'HEAD')));
    await assertRefused(server, /ledger\/HEAD is missing/);
  });

  test('a bit is flipped in an old record of the log', async () => {
    const altered = copyOfLog(log);
    const index = altered.records.findIndex(({ stream }) => stream.startsWith('message-'));
    const octets = Buffer.from(altered.records[index]!.record);
    octets[octets.indexOf('MessageAccepted') + 3]! ^= 1;
    Object.assign(altered.records[index]!, { record: octets });
    await onDamaged(() => {}, altered);
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, verifyExit.broken, stdout);
  });

  test('a bit is flipped in a volume', async () => {
    await onDamaged((data) => {
      const volume = join(data, 'volumes', '00000000.vol');
      flipBit(volume, Math.floor(statSync(volume).size / 2));
    });
    await server.start();
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, verifyExit.broken);
    assert.equal(stdout.match(/^ {2}mail: /gm)?.length, 1, stdout);
  });

  test('what no event names is cut off the volume, whole frames as well; what one names stays', async ({
    signal,
  }) => {
    const weak = await WeakServer.start({ seed, log: copyOfLog(log) });
    server = await copies.damaged(folder, () => {}, logOn(weak));
    const volume = join(server.data, 'volumes', '00000000.vol');
    const named = statSync(volume).size;
    await server.start();
    weak.losesAppends = true;
    const sending = sendUnanswered(server);
    // Then octets and key are on disk, and the event is not in the log.
    while (!weak.lost.some((stream) => stream.startsWith('message-'))) await sleep(10, undefined, { signal });
    assert.ok(statSync(volume).size > named + 10_000);
    await server.kill();
    await sending;
    weak.losesAppends = false;
    appendFileSync(volume, randomLines(1000));
    await server.start();
    assert.equal(statSync(volume).size, named);
    await assertWhole();
  });

  test('projections, hash tiles and indexes are missing: all is made anew', async () => {
    await onDamaged((data) => {
      for (const name of ['projections', 'ledger/tile']) rmSync(join(data, name), { recursive: true });
      for (const file of readdirSync(join(data, 'volumes')).filter((name) => name.includes('.sqlite')))
        rmSync(join(data, 'volumes', file));
    });
    await server.start();
    await assertWhole();
  });
});

/** Resolves when the connection has ended. */
async function sendUnanswered(server: RealServer): Promise<void> {
  const smtp = await SmtpClient.connect(server.ports.smtp);
  const mail = Buffer.concat([Buffer.from('From: a@peer.example\r\n\r\n'), randomLines(20_000)]);
  await assert.rejects(smtp.send('peer@peer.example', [addressOf('wang')], mail), WireEnded);
}
