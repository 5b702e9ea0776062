import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { compareMailstore } from '../../projections/mailbox-comparison.ts';
import { MailboxRebuild } from '../../projections/mailbox-rebuild.ts';
import { newEventId } from '../../services/identifiers.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { killImage, restoreImage } from './kill-image.ts';
import {
  folder,
  house,
  log,
  never,
  reached,
  rebuilt,
  restarted,
  runRandomly,
  setHouse,
  turns,
} from './mailbox-files.ts';
import { MailboxHouse } from './mailbox-house.ts';

describe('rebuild', () => {
  test('beside those that serve: the same, and the states in memory go on with the new file', async () => {
    const random = seededRandom(11);
    const accounts = [newEventId(), newEventId()];
    await runRandomly(accounts, random, 120);
    await house.settled();
    const inode = statSync(house.path).ino;
    const rebuilding = house.projector.rebuild();
    await runRandomly(accounts, random, 120);
    const report = await rebuilding;
    assert.deepEqual(report.differing, []);
    assert.equal(report.switched, true);
    assert.notEqual(statSync(house.path).ino, inode);
    await runRandomly(accounts, random, 120);
    await house.mailstores.shrink(0);
    await house.settled();
    const anew = await rebuilt();
    for (const account of accounts) {
      const memory = await house.digestOfMemory(account);
      assert.deepEqual(await house.digestOfFile(account), memory);
      assert.equal(await compareMailstore(house.model, anew, account, log), null);
    }
    anew.close();
  });

  test('what is stored ahead of the live events is not lost by the switch', async () => {
    const account = newEventId();
    await house.file(account, 200);
    await house.settled();
    await house.file(account, 1);
    log.deliverUpTo(log.position);
    await house.file(account, 400);
    await reached(log.position - 1);
    await house.projector.flush();
    assert.equal(house.model.revision(account), log.lastRevision(`mailstore-${account}`));
    // Somebody watches: the state stays in memory, its clean pages do not.
    house.mailstores.watch(account, () => {});
    await house.mailstores.shrink(0);
    const rebuilding = house.projector.rebuild();
    await turns(50);
    // While it waits, nothing may be stored: one event is delivered, the next one is only acknowledged.
    await house.file(account, 1);
    log.deliverUpTo(log.position);
    await house.file(account, 300);
    await reached(log.position - 1);
    await house.projector.flush();
    assert.deepEqual((await rebuilding).differing, []);
    await house.mailstores.shrink(0);
    log.deliverUpTo(Number.MAX_SAFE_INTEGER);
    const { rows } = await house.mailbox(account, 'INBOX');
    assert.deepEqual(
      [...rows.allUids()],
      Array.from({ length: 902 }, (_, i) => i + 1),
    );
    await house.settled();
    assert.deepEqual(await house.digestOfFile(account), await house.digestOfMemory(account));
  });

  test('an expunged row that the file lacks is a difference', async () => {
    const account = newEventId();
    await house.file(account, 3);
    const { id } = await house.mailbox(account, 'INBOX');
    await house.run(account, { kind: 'expunge', mailbox: id, uids: [1, 2] });
    await house.settled();
    const database = new DatabaseSync(house.path);
    database.exec('DELETE FROM expunged WHERE uid = 1');
    database.close();
    assert.deepEqual((await house.projector.rebuild(() => {}, 'compare')).differing, [
      { account, parts: [id] },
    ]);
  });

  test('a difference is named; the new file takes over at the restart', async () => {
    const account = newEventId();
    await house.file(account, 300);
    await house.settled();
    const inbox = (await house.mailbox(account, 'INBOX')).id;
    const database = new DatabaseSync(house.path);
    database.exec(`UPDATE page_contents SET content = zeroblob(length(content)) WHERE number = 1`);
    database.close();
    const report = await house.projector.rebuild();
    assert.deepEqual(report.differing, [{ account, parts: [inbox] }]);
    assert.equal(report.switched, false);
    assert.equal((await house.projector.health()).stoppedBy, 'MailboxesDiffer');
    await restarted();
    assert.equal((await house.projector.health()).state, 'ok');
    assert.deepEqual((await house.projector.rebuild()).differing, []);
  });

  test('only compared, the file that serves stays as it is', async () => {
    const account = newEventId();
    await house.file(account, 300);
    await house.settled();
    const inode = statSync(house.path).ino;
    const report = await house.projector.rebuild(() => {}, 'compare');
    assert.deepEqual([report.differing, report.switched], [[], false]);
    assert.equal(statSync(house.path).ino, inode);
    assert.equal(existsSync(join(folder, 'mailboxes.rebuild.sqlite')), false);
  });

  test('a long log is read beside at the first start; accounts in use meanwhile are right afterwards', async () => {
    const accounts = [newEventId(), newEventId(), newEventId()];
    for (const account of accounts) for (let i = 0; i < 1800; i++) await house.file(account, 1);
    await house.close();
    rmSync(house.path);
    setHouse(await MailboxHouse.open(log, folder));
    assert.equal((await house.projector.health()).state, 'degraded');
    let release = () => {};
    log.hold = new Promise((resolve) => {
      release = resolve;
    });
    await house.file(accounts[0]!, 5);
    await reached(log.position);
    await house.projector.flush();
    const image = killImage(folder);
    release();
    await house.close();
    restoreImage(folder, image);
    setHouse(await MailboxHouse.open(log, folder));
    assert.equal((await house.projector.health()).state, 'degraded');
    const onlyRead = await house.mailstores.open(accounts[2]!);
    while ((await house.projector.health()).phase !== 'live') await nextLoopTurn();
    await house.file(accounts[1]!, 5);
    await house.settled();
    assert.equal(onlyRead.dirty, false);
    for (const account of accounts) {
      assert.deepEqual(await house.digestOfFile(account), await house.digestOfMemory(account));
      assert.equal(house.model.revision(account), log.lastRevision(`mailstore-${account}`));
    }
    assert.equal(house.model.checkpoint.position, log.position);
  });

  test('goes on from what it has stored', async () => {
    const account = newEventId();
    for (let i = 0; i < 50; i++) await house.file(account, 1);
    const middle = log.position;
    const path = join(folder, 'rebuilt.sqlite');
    const first = await MailboxRebuild.open(log, path);
    await first.to(middle, never);
    first.close();
    for (let i = 0; i < 50; i++) await house.file(account, 1);
    const second = await MailboxRebuild.open(log, path);
    assert.equal(second.position, middle);
    await second.to(log.position, never);
    await house.settled();
    assert.equal(await compareMailstore(house.model, second.model, account, log), null);
    second.close();
  });
});
