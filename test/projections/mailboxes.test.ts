import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { compareMailstore } from '../../projections/mailbox-comparison.ts';
import { MailboxRebuild } from '../../projections/mailbox-rebuild.ts';
import type { MailboxModel } from '../../projections/mailboxes.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import { newEventId } from '../../services/identifiers.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { killImage, restoreImage } from './kill-image.ts';
import { digestOf, MailboxHouse, newFiling } from './mailbox-house.ts';
import { MemoryLog } from './memory-log.ts';
import { randomCommand } from './random-mailstore-commands.ts';

let folder: string;
let log: MemoryLog;
let house: MailboxHouse;
const never = new AbortController().signal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-mailboxes-'));
  log = new MemoryLog();
  house = await MailboxHouse.open(log, folder);
});

afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextLoopTurn();
}

async function reached(position: number): Promise<void> {
  while ((await house.projector.health()).position < position) await nextLoopTurn();
}

async function restarted(): Promise<void> {
  await house.close();
  house = await MailboxHouse.open(log, folder);
}

/** What is in memory is lost, the file stays as it was last stored. */
async function killed(): Promise<void> {
  const image = killImage(folder);
  await house.close();
  restoreImage(folder, image);
  house = await MailboxHouse.open(log, folder);
}

async function rebuilt(): Promise<MailboxModel> {
  log.lockKeys();
  const rebuild = await MailboxRebuild.open(log, join(folder, 'rebuilt.sqlite'));
  await rebuild.to(log.position, never);
  return rebuild.model;
}

async function runRandomly(
  accounts: readonly string[],
  random: () => number,
  commands: number,
): Promise<void> {
  for (let i = 0; i < commands; i++) {
    const account = accounts[Math.floor(random() * accounts.length)]!;
    await house.run(account, randomCommand(await house.mailstores.open(account), random));
    if (random() < 0.05) await house.mailstores.shrink(0);
    if (random() < 0.05) await house.projector.flush();
  }
}

describe('what is stored is what is in memory', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    test(`memory, file and rebuild say the same after random commands and kills (seed ${seed})`, async () => {
      const random = seededRandom(seed);
      const accounts = [newEventId(), newEventId(), newEventId()];
      for (let round = 0; round < 4; round++) {
        await runRandomly(accounts, random, 60);
        if (random() < 0.7) await killed();
      }
      await house.settled();
      const anew = await rebuilt();
      for (const account of accounts) {
        const memory = await house.digestOfMemory(account);
        assert.deepEqual(await house.digestOfFile(account), memory);
        assert.deepEqual(await digestOf(anew.load(account), anew), memory);
        assert.equal(await compareMailstore(house.model, anew, account, log), null);
      }
      anew.close();
    });
  }

  test('a state that was loaded has its rows, and reads them only when they are asked for', async () => {
    const account = newEventId();
    await house.file(account, 600, { flags: 1 });
    const before = await house.mailbox(account, 'INBOX');
    const expected = [...before.rows.allUids()].map((uid) => before.rows.messageAt(before.rows.find(uid)));
    await house.settled();
    await restarted();
    const { rows, exists, uidNext } = await house.mailbox(account, 'INBOX');
    assert.deepEqual([exists, uidNext, rows.loadedOctets()], [600, 601, 0]);
    assert.equal(rows.messageAt(rows.find(300)), expected[299]);
    assert.ok(rows.loadedOctets() > 0 && rows.loadedOctets() <= 256 * 72);
    assert.deepEqual(
      [...rows.allUids()].map((uid) => rows.messageAt(rows.find(uid))),
      expected,
    );
  });

  test('a page that does not hold what its head says is not believed', async () => {
    const account = newEventId();
    await house.file(account, 10);
    await house.settled();
    await house.close();
    const database = new DatabaseSync(house.path);
    database.exec('UPDATE page_contents SET content = zeroblob(72)');
    database.close();
    house = await MailboxHouse.open(log, folder);
    const { rows } = await house.mailbox(account, 'INBOX');
    assert.throws(() => rows.find(3), { name: 'PageDamaged' });
  });

  test('a store that fails leaves everything dirty, and the next one stores it', async () => {
    const account = newEventId();
    await house.file(account, 3);
    await house.settled();
    await house.close();
    house = await MailboxHouse.open(log, folder, 3_600_000);
    const lock = new DatabaseSync(house.path);
    lock.exec('BEGIN IMMEDIATE');
    await house.file(account, 3);
    await house.settled();
    assert.equal((await house.projector.health()).state, 'red');
    assert.equal((await house.mailstores.open(account)).dirty, true);
    lock.exec('ROLLBACK');
    lock.close();
    await house.projector.flush();
    assert.equal((await house.projector.health()).state, 'ok');
    assert.equal((await house.mailstores.open(account)).dirty, false);
    assert.equal(house.model.revision(account), log.lastRevision(`mailstore-${account}`));
  });

  test('a store leaves nothing to store', async () => {
    const account = newEventId();
    await house.file(account, 600);
    const mailbox = await house.mailbox(account, 'INBOX');
    await house.run(account, { kind: 'expunge', mailbox: mailbox.id, uids: [1, 300] });
    await house.settled();
    assert.deepEqual([mailbox.expunged, mailbox.emptiedPages], [[], []]);
    assert.equal(mailbox.rows.pages.length, 2);
    assert.ok(mailbox.rows.pages.every(({ dirty }) => !dirty));
  });

  test('of a mailbox that is deleted nothing stays in the file', async () => {
    const account = newEventId();
    await house.run(account, { kind: 'createMailbox', path: 'Work', role: 'none' });
    const { id } = await house.mailbox(account, 'Work');
    await house.file(account, 300, { mailbox: id });
    await house.run(account, { kind: 'expunge', mailbox: id, uids: [1, 10] });
    await house.settled();
    assert.deepEqual(rowsOfMailboxes(), [290, 2, 10]);
    await house.run(account, { kind: 'deleteMailbox', path: 'Work' });
    await house.settled();
    assert.deepEqual(rowsOfMailboxes(), [null, 0, 0]);
  });

  test('what another process appended is stored, without anybody opening the account', async () => {
    const account = newEventId();
    await house.file(account, 3);
    await house.settled();
    await restarted();
    const inbox = [...house.model.load(account).mailboxes.values()].find(({ role }) => role === 'inbox')!;
    const filed: DraftEvent = {
      type: 'MessagesFiled',
      version: 1,
      data: filedData(inbox.id, 4),
      personal: null,
    };
    log.append(`mailstore-${account}`, filed);
    await house.settled();
    assert.equal(house.model.load(account).mailboxes.get(inbox.id)!.exists, 4);
    // Now the account is in memory, and its keys are not loaded by anybody else.
    const created = { mailbox: newEventId(), parent: null, uidValidity: 2_000_000_000, role: 'none' };
    log.append(`mailstore-${account}`, {
      type: 'MailboxCreated',
      version: 1,
      data: created,
      personal: { name: 'Elsewhere' },
    });
    await house.settled();
    assert.deepEqual(house.faults, []);
    assert.equal((await house.mailbox(account, 'Elsewhere')).uidValidity, 2_000_000_000);
    assert.equal(house.model.revision(account), log.lastRevision(`mailstore-${account}`));
  });
});

/** Messages by the page heads, pages, expunged rows. */
function rowsOfMailboxes(): unknown[] {
  const database = new DatabaseSync(house.path, { readOnly: true });
  const one = (select: string) => Object.values(database.prepare(select).get()!)[0];
  const counts = ['sum(count) FROM page_heads', 'count(*) FROM page_contents', 'count(*) FROM expunged'];
  const rows = counts.map((count) => one(`SELECT ${count}`));
  database.close();
  return rows;
}

function filedData(mailbox: string, firstUid: number): DraftEvent['data'] {
  const { message, sizeOctets, dateMs, flags, thread, causePosition } = newFiling();
  const columns = {
    messages: [message],
    sizes: [sizeOctets],
    dates: [dateMs],
    flags: [flags],
    threads: [thread],
  };
  return { mailbox, firstUid, ...columns, causeEpoch: 1, causePosition };
}

describe('expunged rows', () => {
  test('are told in order since a MODSEQ, stored or not, each once', async () => {
    const account = newEventId();
    await house.file(account, 2000);
    const mailbox = await house.mailbox(account, 'INBOX');
    const marks: number[] = [];
    for (let uid = 1; uid <= 1900; uid += 100) {
      marks.push(mailbox.changedModseq);
      await house.run(account, { kind: 'expunge', mailbox: mailbox.id, uids: [uid, uid + 99] });
      if (uid === 1401) await house.settled();
    }
    for (const [i, mark] of marks.entries()) {
      const uids = [...house.model.expungedSince(mailbox, mark)].map(({ uid }) => uid);
      assert.deepEqual(
        uids,
        Array.from({ length: 1900 - i * 100 }, (_, n) => 1 + i * 100 + n),
      );
    }
    const { rows } = mailbox;
    assert.deepEqual([...house.model.expungedSince(mailbox, mailbox.changedModseq)], []);
    assert.equal(rows.find(1901) >= 0, true);
  });

  test('a store in the middle of the telling changes nothing', async () => {
    const account = newEventId();
    await house.file(account, 50);
    const mailbox = await house.mailbox(account, 'INBOX');
    await house.run(account, { kind: 'expunge', mailbox: mailbox.id, uids: [1, 10] });
    await house.settled();
    await house.run(account, { kind: 'expunge', mailbox: mailbox.id, uids: [11, 20] });
    const told: number[] = [];
    for (const { uid } of house.model.expungedSince(mailbox, 0)) {
      told.push(uid);
      if (uid === 5 || uid === 15) await house.settled();
    }
    assert.deepEqual(
      told,
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
  });
});

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
    house = await MailboxHouse.open(log, folder);
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
    house = await MailboxHouse.open(log, folder);
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

describe('poison', () => {
  const nonsense: DraftEvent = {
    type: 'MessagesExpunged',
    version: 1,
    data: { mailbox: newEventId(), uids: [1, 1] },
    personal: null,
  };

  test('an account whose events make no sense is left out; the others go on, and health turns red', async () => {
    const [good, bad] = [newEventId(), newEventId()];
    await house.file(good, 3);
    await house.file(bad, 3);
    await house.settled();
    await restarted();
    log.append(`mailstore-${bad}`, nonsense);
    await house.file(good, 3);
    await house.settled();
    assert.deepEqual(
      house.projector.poison().map(({ stream }) => stream),
      [`mailstore-${bad}`],
    );
    assert.equal((await house.projector.health()).state, 'red');
    assert.equal(house.model.revision(good), log.lastRevision(`mailstore-${good}`));
    assert.deepEqual((await house.projector.rebuild()).differing, []);
  });

  test('a hundred such accounts stop it', async () => {
    const good = newEventId();
    for (let n = 0; n < 100; n++) log.append(`mailstore-${newEventId()}`, nonsense);
    while ((await house.projector.health()).phase !== 'stopped') await nextLoopTurn();
    assert.equal(house.projector.poison().length, 100);
    await house.file(good, 1);
    await turns(20);
    assert.equal(house.model.revision(good), -1);
    await restarted();
    assert.equal((await house.projector.health()).phase, 'stopped');
    await assert.rejects(house.projector.rebuild(), { name: 'TooManyPoisonedStreams' });
  });

  test('one that has stopped is rebuilt for the next start', async () => {
    const good = newEventId();
    await house.file(good, 3);
    await house.settled();
    // As a program with a fault would have left it.
    for (let n = 0; n < 100; n++)
      house.model.file.recordPoison({ stream: `mailstore-${n}`, position: 0 }, 'fault');
    await restarted();
    assert.equal((await house.projector.health()).phase, 'stopped');
    await house.file(good, 3);
    const { differing, switched } = await house.projector.rebuild();
    assert.deepEqual([differing, switched], [null, false]);
    await restarted();
    await house.settled();
    assert.equal((await house.projector.health()).state, 'ok');
    assert.equal((await house.mailbox(good, 'INBOX')).exists, 6);
    assert.deepEqual(await house.digestOfFile(good), await house.digestOfMemory(good));
  });

  test('a log that cannot be read for a moment is none', async () => {
    const account = newEventId();
    await house.file(account, 3);
    await house.settled();
    await restarted();
    log.append(`mailstore-${account}`, {
      ...nonsense,
      type: 'MailboxSubscribed',
      data: { ...(await subscription(account)) },
    });
    log.streamFault = new Error('the log is away');
    await turns(20);
    log.streamFault = null;
    await house.settled();
    assert.deepEqual(house.projector.poison(), []);
    assert.equal(house.model.revision(account), log.lastRevision(`mailstore-${account}`));
  });

  async function subscription(account: string): Promise<DraftEvent['data']> {
    const [mailbox] = house.model.load(account).mailboxes.keys();
    return { mailbox: mailbox!, subscribed: false };
  }
});

test('a file that is ahead of its log is dropped', async () => {
  const account = newEventId();
  await house.file(account, 3);
  const kept = log.events.length;
  await house.file(account, 3);
  await house.settled();
  await house.close();
  log.truncate(kept);
  house = await MailboxHouse.open(log, folder);
  assert.equal((await house.mailbox(account, 'INBOX')).exists, 3);
  await house.settled();
  assert.equal(house.model.checkpoint.position, log.position);
});
