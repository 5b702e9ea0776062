/**
 * What is found damaged is told by name, and nothing that lies goes on: a start is refused, or `verify` names the
 * place; what only follows from the log is made anew.
 */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { CommandResult } from '../support/command-here.ts';
import { assertRefused, copyFolder, DamagedCopies, flipBit, verifyExit } from '../support/damaged-copies.ts';
import { deliver, imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { loggedFacts } from '../support/log-facts.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

/** Enough events that the oldest lie outside of what each start compares. */
const mails = Array.from({ length: 110 }, (_, i) => mailWith(`mail ${i}`, `text ${i}`.repeat(1 + i * 3)));

const pageOctets = 4096;

describe('damage', { timeout: 300_000 }, () => {
  let copies: DamagedCopies;
  /** What the test at hand looks at; it ends with the test. */
  let server: RealServer;
  /** Data folders: after a stop, and after a kill, when the write-ahead logs are full. */
  let stopped: string;
  let killed: string;

  before(async () => {
    copies = await DamagedCopies.make();
    server = await RealServer.start(['wang']);
    await deliver(server, 'wang', mails.slice(0, 1));
    await server.muniment('verify'); // which seals a checkpoint, as each stop does
    await server.stop();
    await server.start();
    await deliver(server, 'wang', mails.slice(1), 1);
    await server.kill();
    killed = await copies.keep(server.data, 'killed');
    await server.start();
    await server.stop();
    stopped = await copies.keep(server.data, 'stopped');
    await server.dispose();
  });

  afterEach(() => server?.kill());

  after(() => copies?.remove());

  async function onDamaged(from: string, damage: (data: string) => unknown): Promise<void> {
    server = await copies.damaged(from, damage);
  }

  const verified = (): Promise<CommandResult> => server.verb('verify');

  test('nothing is damaged: the copies start and verify', async () => {
    for (const folder of [stopped, killed]) {
      await onDamaged(folder, () => {});
      await server.start();
      assert.equal((await inboxWith(server, 'wang', mails.length)).length, mails.length);
      assert.equal((await verified()).code, verifyExit.sound);
      await server.kill();
    }
  });

  test('the tail of the log is missing, in a copy of the folder without the index beside it', async () => {
    await onDamaged(killed, (data) => {
      const wal = join(data, 'log', 'events.sqlite-wal');
      rmSync(join(data, 'log', 'events.sqlite-shm'));
      truncateSync(wal, Math.floor((statSync(wal).size * 2) / 3));
    });
    await assertRefused(server, /log/, /muniment verify/, /muniment restore/);
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.recordsLost, stdout);
    assert.match(stdout, /lost: /);
  });

  test('a bit is flipped in a volume', async () => {
    await onDamaged(stopped, (data) => {
      const volume = join(data, 'volumes', '00000000.vol');
      flipBit(volume, Math.floor(statSync(volume).size / 2));
    });
    await server.start();
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.broken);
    assert.equal(stdout.match(/^ {2}mail: /gm)?.length, 1, stdout);
    const client = await imapLogin(server, 'wang');
    await client.ok('SELECT INBOX');
    const { untagged, status } = await client.command('UID FETCH 1:* (UID BODY.PEEK[])');
    assert.match(status, /^NO \[CORRUPTION\] /);
    assert.equal(untagged.filter((line) => line.includes(' FETCH ')).length, mails.length - 1);
    await client.logout();
  });

  test('a bit is flipped in the header of a volume', async () => {
    await onDamaged(stopped, (data) => flipBit(join(data, 'volumes', '00000000.vol'), 10));
    await server.start();
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.broken);
    assert.match(stdout, /^ {2}volume: .*00000000\.vol: it belongs to another log/m);
  });

  test('a stream is lost in the index of the log', async () => {
    await onDamaged(stopped, (data) => {
      const log = join(data, 'log', 'events.sqlite');
      flipBit(log, indexEntryOf(readFileSync(log), 'message-') + 'message-'.length);
    });
    await server.start();
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.broken);
    assert.match(stdout, /^ {2}stream: /m);
  });

  test('octets behind the last mail: verify says that opening the data has cut them', async () => {
    await onDamaged(stopped, (data) => {
      chmodSync(join(data, 'volumes', '00000000.vol'), 0o600);
      appendFileSync(join(data, 'volumes', '00000000.vol'), Buffer.alloc(500));
    });
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.sound, stdout);
    assert.match(stdout, /^When the data were opened: 500 octets at the end of the last volume were cut: /m);
    assert.doesNotMatch((await verified()).stdout, /When the data were opened/);
  });

  test('a mail in a damaged frame is refused by POP3, and the session goes on', async () => {
    await onDamaged(stopped, (data) => {
      const volume = join(data, 'volumes', '00000000.vol');
      flipBit(volume, Math.floor(statSync(volume).size / 2));
    });
    await server.start();
    const pop3 = await Pop3Client.login(server.ports.pop3, addressOf('wang'), passwordOf('wang'));
    const refused: string[] = [];
    for (let number = 1; number <= mails.length; number++)
      await pop3.retrieve(number).catch((error) => refused.push((error as Error).message));
    assert.equal(refused.length, 1, refused.join());
    assert.match(refused[0]!, /-ERR \[SYS\/PERM\] /);
    await pop3.quit();
  });

  test('a bit is flipped in an old record of the log', async () => {
    await onDamaged(stopped, (data) => {
      const log = join(data, 'log', 'events.sqlite');
      flipBit(log, readFileSync(log).indexOf('"type":"MessageAccepted"') + '"type":"Messa'.length);
    });
    await server.start();
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.broken, stdout);
    assert.match(stdout, /^ {2}record: position \d+, message-/m);
    assert.doesNotMatch(stdout, /^ {2}(checkpoint|head|tile): /m, 'the record is named, not what signs it');
  });

  test('a bit is flipped in one of the newest records', async () => {
    await onDamaged(stopped, (data) => {
      const log = join(data, 'log', 'events.sqlite');
      const last = loggedFacts(data).findLast(({ type }) => type === 'MessagesFiled')!;
      flipBit(
        log,
        readFileSync(log).indexOf(`"stream":"${last.stream}","revision":${last.revision},`) + '"str'.length,
      );
    });
    await assertRefused(server, /ledger\/HEAD/, /muniment verify/);
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.broken, stdout);
  });

  test('`ledger/HEAD` is missing', async () => {
    await onDamaged(stopped, (data) => rmSync(join(data, 'ledger', 'HEAD')));
    await assertRefused(server, /ledger\/HEAD is missing/, /muniment verify/, /muniment restore/);
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.broken, stdout);
    assert.match(stdout, /^ {2}head: .*ledger\/HEAD/m);
  });

  test('`ledger/HEAD` is damaged', async () => {
    await onDamaged(stopped, (data) => flipBit(join(data, 'ledger', 'HEAD'), 60));
    await assertRefused(server, /ledger\/HEAD/, /muniment verify/);
  });

  test('the root key is another one', async () => {
    await onDamaged(stopped, (data) => writeFileSync(join(data, 'keys', 'root.key'), `${'ab'.repeat(32)}\n`));
    await assertRefused(server, /root\.key/);
    assert.equal((await verified()).code, 69);
  });

  test('the root key is missing beside a key store', async () => {
    await onDamaged(stopped, (data) => rmSync(join(data, 'keys', 'root.key')));
    await assertRefused(server, /root\.key/);
  });

  test('projections, hash tiles and indexes are missing: all is made anew', async () => {
    await onDamaged(stopped, (data) => {
      for (const folder of ['projections', 'ledger/tile']) rmSync(join(data, folder), { recursive: true });
      for (const file of readdirSync(join(data, 'volumes')).filter((name) => name.includes('.sqlite')))
        rmSync(join(data, 'volumes', file));
    });
    await server.start();
    assert.equal((await inboxWith(server, 'wang', mails.length)).length, mails.length);
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.sound, stdout);
  });

  test('projections are ahead of their log: dropped and made anew', async () => {
    await onDamaged(stopped, () => {});
    await server.start();
    const before = await uidsOf(server);
    const client = await imapLogin(server, 'wang');
    await client.append('INBOX', mailWith('from the future'));
    await client.logout();
    await server.stop();
    const { data } = server;
    await onDamaged(stopped, (early) => {
      rmSync(join(early, 'projections'), { recursive: true });
      return copyFolder(join(data, 'projections'), join(early, 'projections'));
    });
    await server.start();
    assert.deepEqual(await uidsOf(server), before);
    const { code, stdout } = await verified();
    assert.equal(code, verifyExit.sound, stdout);
  });
});

async function uidsOf(server: RealServer): Promise<number[]> {
  const client = await imapLogin(server, 'wang');
  await client.ok('EXAMINE INBOX');
  const uids = [...(await client.bodies()).keys()];
  await client.logout();
  return uids;
}

/** Where an entry of an index has this text: cells of its leaf pages, which have the type 10 (SQLite file format §1.6). */
function indexEntryOf(database: Buffer, text: string): number {
  for (let page = pageOctets; page < database.length; page += pageOctets) {
    if (database[page] !== 10) continue;
    for (let cell = 0; cell < database.readUInt16BE(page + 3); cell++) {
      const from = page + database.readUInt16BE(page + 8 + 2 * cell);
      const at = database.subarray(from, from + 20).indexOf(text);
      if (at >= 0) return from + at;
    }
  }
  throw new Error(`no index has ${text}`);
}
