/**
 * Damage in the write-ahead logs that a kill leaves full: SQLite would drop what lies behind it without a word. The
 * start is refused with file and octet before anything is opened, whatever the last checkpoint reaches.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { assertRefused, DamagedCopies, flipBit, verifyExit } from '../support/damaged-copies.ts';
import { deliver, imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { RealServer } from '../support/real-server.ts';

const mails = Array.from({ length: 30 }, (_, i) => mailWith(`mail ${i}`, `text ${i}`.repeat(1 + i * 3)));
const logWal = 'log/events.sqlite-wal';
const keysWal = 'keys/keys.sqlite-wal';

describe('damage in write-ahead logs', { timeout: 300_000 }, () => {
  let copies: DamagedCopies;
  let server: RealServer;
  /** Killed when nothing but the log itself knew of its last events: flags need no key, and no checkpoint came. */
  let killed: string;
  /** Where the log's write-ahead log ended before the flags. */
  let flagsFrom: number;

  before(async () => {
    copies = await DamagedCopies.make();
    server = await RealServer.start(['wang'], { MUNIMENT_SEAL_INTERVAL_MS: '3600000' });
    await deliver(server, 'wang', mails);
    const client = await imapLogin(server, 'wang');
    await client.ok('SELECT INBOX');
    await client.ok('STORE 1 +FLAGS (\\Seen)');
    flagsFrom = statSync(join(server.data, logWal)).size;
    for (let number = 1; number <= mails.length; number++) {
      await client.ok(`STORE ${number} +FLAGS (\\Flagged)`);
      await client.ok(`STORE ${number} +FLAGS (\\Answered)`);
    }
    await server.kill();
    killed = await copies.keep(server.data, 'killed');
    await server.dispose();
  });

  afterEach(() => server?.kill());
  after(() => copies?.remove());

  async function onDamaged(damage: (data: string) => unknown): Promise<void> {
    server = await copies.damaged(killed, damage);
  }

  /** Refused by start and verify alike, and nothing is touched: put right again, everything is there. */
  async function assertNamed(wal: string, offset: number): Promise<void> {
    const file = join(server.data, wal);
    const damaged = readFileSync(file);
    const named = new RegExp(`${wal} at octet ${offset}: `);
    await assertRefused(server, named, /Nothing was changed/, /copy of the whole data folder/);
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, verifyExit.broken, stdout);
    assert.match(stdout, /^BROKEN/);
    assert.match(stdout, named);
    assert.deepEqual(readFileSync(file), damaged, 'nothing was changed');
  }

  async function assertWhole(): Promise<void> {
    await server.start();
    assert.equal((await inboxWith(server, 'wang', mails.length)).length, mails.length);
    const client = await imapLogin(server, 'wang');
    await client.ok('EXAMINE INBOX');
    const { untagged } = await client.ok('SEARCH FLAGGED ANSWERED');
    assert.equal(untagged[0], `SEARCH ${mails.map((_, i) => i + 1).join(' ')}`);
    await client.logout();
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, verifyExit.sound, stdout);
  }

  test('behind the last commit of keys and the last checkpoint: refused, and mended by the right bit', async () => {
    await onDamaged(() => {});
    const wal = join(server.data, logWal);
    const place = flagsFrom + Math.floor((statSync(wal).size - flagsFrom) / 2);
    flipBit(wal, place);
    await assertNamed(logWal, frameAt(place));
    flipBit(wal, place);
    await assertWhole();
  });

  test('in the very last commit', async () => {
    await onDamaged((data) => flipBit(join(data, logWal), statSync(join(data, logWal)).size - 2000));
    await assertNamed(logWal, frameAt(statSync(join(server.data, logWal)).size - 2000));
  });

  test('in the header', async () => {
    await onDamaged((data) => flipBit(join(data, logWal), 20));
    await assertNamed(logWal, 0);
  });

  test('in a copy of the folder without the index beside the log', async () => {
    await onDamaged((data) => {
      rmSync(join(data, `${logWal.replace('-wal', '-shm')}`));
      flipBit(join(data, logWal), flagsFrom + 10_000);
    });
    await assertNamed(logWal, frameAt(flagsFrom + 10_000));
  });

  test('in that of the key store', async () => {
    await onDamaged((data) =>
      flipBit(join(data, keysWal), Math.floor(statSync(join(data, keysWal)).size / 2)),
    );
    await assertNamed(keysWal, frameAt(Math.floor(statSync(join(server.data, keysWal)).size / 2)));
  });

  test('the tail is missing', async () => {
    await onDamaged((data) => truncateSync(join(data, logWal), flagsFrom));
    await assertNamed(logWal, flagsFrom);
  });

  test('what a crash left of an unfinished commit is no damage', async () => {
    await onDamaged((data) => {
      const wal = join(data, logWal);
      const { size } = statSync(wal);
      truncateSync(wal, size + 3 * frameOctets);
      const tail = readFileSync(wal);
      assert.ok(tail.subarray(size).every((octet) => octet === 0));
    });
    await assertWhole();
  });

  test('a clean stop leaves nothing in any of them', async () => {
    await onDamaged(() => {});
    await server.start();
    await deliver(server, 'wang', mails.slice(0, 2), mails.length);
    assert.equal(await server.stop(), 0);
    const left = readdirSync(server.data, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('-wal') && statSync(join(server.data, name)).size > 0,
    );
    assert.deepEqual(left, []);
  });
});

const frameOctets = 24 + 4096;

/** Offset of the frame that has this octet. */
function frameAt(offset: number): number {
  return 32 + Math.floor((offset - 32) / frameOctets) * frameOctets;
}
