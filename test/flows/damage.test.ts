/**
 * What is found damaged is told by name, and nothing that lies goes on: a start is refused, or `verify` names the
 * place; what only follows from the log is made anew.
 */
import assert from 'node:assert/strict';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { deliver, imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { loggedFacts } from '../support/log-facts.ts';
import { type CommandResult, RealServer } from '../support/real-server.ts';

/** Enough events that the oldest lie outside of what each start compares. */
const mails = Array.from({ length: 110 }, (_, i) => mailWith(`mail ${i}`, `text ${i}`.repeat(1 + i * 3)));
const verifyExit = { sound: 0, broken: 1, recordsLost: 3 };

describe('damage', { timeout: 300_000 }, () => {
  let scratch: string;
  /** Data folders: after a stop, and after a kill, when the write-ahead logs are full. */
  let stopped: string;
  let killed: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'muniment-damage-'));
    [stopped, killed] = [join(scratch, 'stopped'), join(scratch, 'killed')];
    const server = await RealServer.start(['wang']);
    try {
      await deliver(server, 'wang', mails);
      await server.muniment('verify');
      await server.kill();
      await copyFolder(server.data, killed);
      await server.start();
      await server.stop();
      await copyFolder(server.data, stopped);
    } finally {
      await server.dispose();
    }
  });

  after(async () => {
    if (scratch) await rm(scratch, { recursive: true });
  });

  /** A server, not started, on a copy of a folder that has then been damaged. */
  async function damaged(
    from: string,
    damage: (data: string) => unknown,
    settings = {},
  ): Promise<RealServer> {
    const data = join(scratch, 'copy');
    rmSync(data, { recursive: true, force: true });
    await copyFolder(from, data);
    await damage(data);
    return RealServer.prepare(settings, data);
  }

  async function assertRefused(server: RealServer, ...named: readonly RegExp[]): Promise<void> {
    const { code, stdout, stderr } = await server.startRefused();
    assert.equal(code, 69, stdout + stderr);
    assert.equal(stdout, '');
    for (const each of named) assert.match(stderr, each);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack for an administrator');
  }

  const verified = (server: RealServer): Promise<CommandResult> => server.verb('verify');

  test('nothing is damaged: the copies start and verify', async () => {
    for (const folder of [stopped, killed]) {
      const server = await damaged(folder, () => {});
      await server.start();
      assert.equal((await inboxWith(server, 'wang', mails.length)).length, mails.length);
      assert.equal((await verified(server)).code, verifyExit.sound);
      await server.kill();
    }
  });

  test('the tail of the log is missing', async () => {
    const server = await damaged(killed, (data) => {
      const wal = join(data, 'log', 'events.sqlite-wal');
      truncateSync(wal, statSync(wal).size - 40_000);
    });
    await assertRefused(server, /log/, /muniment verify/, /muniment restore/);
    const { code, stdout } = await verified(server);
    assert.equal(code, verifyExit.recordsLost, stdout);
    assert.match(stdout, /lost: /);
  });

  test('a bit is flipped in the middle of the write-ahead log', async () => {
    const server = await damaged(killed, (data) => {
      const wal = join(data, 'log', 'events.sqlite-wal');
      flipBit(wal, Math.floor(statSync(wal).size / 2));
    });
    await assertRefused(server, /log/, /muniment verify/, /muniment restore/);
    const { code, stdout } = await verified(server);
    assert.equal(code, verifyExit.recordsLost, stdout);
  });

  test('a bit is flipped in a volume', async () => {
    const server = await damaged(stopped, (data) => {
      const volume = join(data, 'volumes', '00000000.vol');
      flipBit(volume, Math.floor(statSync(volume).size / 2));
    });
    await server.start();
    const { code, stdout } = await verified(server);
    assert.equal(code, verifyExit.broken);
    assert.equal(stdout.match(/^ {2}mail: /gm)?.length, 1, stdout);
    const client = await imapLogin(server, 'wang');
    await client.ok('SELECT INBOX');
    const readable = await client.command('UID FETCH 1:* (UID BODY.PEEK[])');
    assert.equal(readable.untagged.filter((line) => line.includes(' FETCH ')).length, mails.length - 1);
    await client.logout();
    await server.kill();
  });

  test('a bit is flipped in an old record of the log', async () => {
    const server = await damaged(stopped, (data) => {
      const log = join(data, 'log', 'events.sqlite');
      flipBit(log, readFileSync(log).indexOf('"type":"MessageAccepted"') + '"type":"Messa'.length);
    });
    await server.start();
    const { code, stdout } = await verified(server);
    assert.equal(code, verifyExit.broken, stdout);
    assert.match(stdout, /^ {2}(record|checkpoint|tile): /m);
    await server.kill();
  });

  test('a bit is flipped in one of the newest records', async () => {
    const server = await damaged(stopped, (data) => {
      const log = join(data, 'log', 'events.sqlite');
      const last = loggedFacts(data).findLast(({ type }) => type === 'MessagesFiled')!;
      flipBit(
        log,
        readFileSync(log).indexOf(`"stream":"${last.stream}","revision":${last.revision},`) + '"str'.length,
      );
    });
    await assertRefused(server, /ledger\/HEAD/, /muniment verify/);
    const { code, stdout } = await verified(server);
    assert.equal(code, verifyExit.broken, stdout);
  });

  test('`ledger/HEAD` is missing', async () => {
    const server = await damaged(stopped, (data) => rmSync(join(data, 'ledger', 'HEAD')));
    await assertRefused(server, /ledger\/HEAD is missing/, /muniment verify/, /muniment restore/);
    const { code, stdout } = await verified(server);
    assert.equal(code, verifyExit.broken, stdout);
    assert.match(stdout, /^ {2}head: .*ledger\/HEAD/m);
  });

  test('`ledger/HEAD` is damaged', async () => {
    const server = await damaged(stopped, (data) => flipBit(join(data, 'ledger', 'HEAD'), 60));
    await assertRefused(server, /ledger\/HEAD/, /muniment verify/);
  });

  test('the root key is another one', async () => {
    const file = join(scratch, 'copy', 'keys', 'root.key');
    const server = await damaged(stopped, () => writeFileSync(file, `${'ab'.repeat(32)}\n`));
    await assertRefused(server, /root\.key/);
    assert.equal((await verified(server)).code, 69);
  });

  test('the root key is missing beside a key store', async () => {
    const server = await damaged(stopped, (data) => rmSync(join(data, 'keys', 'root.key')));
    await assertRefused(server, /root\.key/);
  });

  test('projections, hash tiles and indexes are missing: all is made anew', async () => {
    const server = await damaged(stopped, (data) => {
      for (const folder of ['projections', 'ledger/tile']) rmSync(join(data, folder), { recursive: true });
      for (const file of readdirSync(join(data, 'volumes')).filter((name) => name.includes('.sqlite')))
        rmSync(join(data, 'volumes', file));
    });
    await server.start();
    assert.equal((await inboxWith(server, 'wang', mails.length)).length, mails.length);
    const { code, stdout } = await verified(server);
    assert.equal(code, verifyExit.sound, stdout);
    await server.kill();
  });

  test('projections are ahead of their log: dropped and made anew', async () => {
    const server = await damaged(stopped, () => {});
    await server.start();
    const before = await uidsOf(server);
    await deliver(server, 'wang', []);
    await server.stop();
    const early = join(scratch, 'early');
    await copyFolder(server.data, early);
    await server.start();
    const client = await imapLogin(server, 'wang');
    await client.append('INBOX', mailWith('from the future'));
    await client.logout();
    await server.stop();
    rmSync(join(early, 'projections'), { recursive: true });
    await copyFolder(join(server.data, 'projections'), join(early, 'projections'));
    const again = await RealServer.prepare({}, early);
    await again.start();
    assert.deepEqual(await uidsOf(again), before);
    const { code, stdout } = await verified(again);
    assert.equal(code, verifyExit.sound, stdout);
    await again.kill();
  });
});

async function uidsOf(server: RealServer): Promise<number[]> {
  const client = await imapLogin(server, 'wang');
  await client.ok('EXAMINE INBOX');
  const uids = [...(await client.bodies()).keys()];
  await client.logout();
  return uids;
}

/** Sockets belong to a process and are left behind. */
function copyFolder(from: string, to: string): Promise<void> {
  return cp(from, to, { recursive: true, filter: (path) => !path.endsWith('control.sock') });
}

function flipBit(file: string, offset: number): void {
  const descriptor = openSync(file, 'r+');
  const octet = Buffer.alloc(1);
  assert.equal(readSync(descriptor, octet, 0, 1, offset), 1);
  octet[0]! ^= 1;
  writeSync(descriptor, octet, 0, 1, offset);
  closeSync(descriptor);
}
