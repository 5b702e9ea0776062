import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { compareMailstore } from '../../projections/mailbox-comparison.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import { newEventId } from '../../services/identifiers.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { folder, house, killed, log, rebuilt, restarted, runRandomly, setHouse } from './mailbox-files.ts';
import { digestOf, MailboxHouse, newFiling } from './mailbox-house.ts';

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
    setHouse(await MailboxHouse.open(log, folder));
    const { rows } = await house.mailbox(account, 'INBOX');
    assert.throws(() => rows.find(3), { name: 'PageDamaged' });
  });

  test('a store that fails leaves everything dirty, and the next one stores it', async () => {
    const account = newEventId();
    await house.file(account, 3);
    await house.settled();
    await house.close();
    setHouse(await MailboxHouse.open(log, folder, 3_600_000));
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
