import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { AccessRow } from '../../projections/access-log-queries.ts';
import { Observations } from '../../services/domain/observations.ts';
import { mailRefused, sessionDraft } from '../../services/domain/session.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { ModelsHouse } from './models-house.ts';

let house: ModelsHouse;
const [wang, li, chen] = [uuidOf(1), uuidOf(2), uuidOf(3)];
const inbox = uuidOf(50);

beforeEach(async () => {
  house = await ModelsHouse.open();
});

afterEach(() => house.close());

function openSession(n: number, account: string, at?: number): string {
  const session = uuidOf(200 + n);
  const opened = sessionDraft(
    'SessionOpened',
    { account, protocol: 'imap' },
    { peer: '192.0.2.1', program: '' },
  );
  if (at === undefined) house.append(`session-${session}`, opened);
  else house.appendAt(at, `session-${session}`, opened);
  return session;
}

function observe(session: string, what: (observations: Observations) => void): void {
  const observations = new Observations();
  what(observations);
  house.append(`session-${session}`, ...observations.take());
}

describe('sessions', () => {
  test('from the sign-in to the end, with what the client said later', async () => {
    const session = openSession(1, wang);
    observe(session, (seen) => seen.identified('Thunderbird 140'));
    house.append(`session-${session}`, sessionDraft('SessionClosed', { reason: 'logout' }));
    const open = openSession(2, wang);
    openSession(3, li);
    await house.settled();
    const rows = house.accessLog.sessions({ account: wang });
    assert.deepEqual(
      rows.map((row) => row.session),
      [open, session],
    );
    const { openedAtMs, closedAtMs, position, ...row } = rows[1]!;
    assert.deepEqual(row, {
      session,
      account: wang,
      protocol: 'imap',
      ended: 'logout',
      peer: '192.0.2.1',
      program: 'Thunderbird 140',
    });
    assert.ok(closedAtMs! > openedAtMs && position >= 0);
    assert.deepEqual([rows[0]!.closedAtMs, rows[0]!.ended], [null, null]);
    await house.assertRebuildsAlike();
  });
});

describe('what was seen', () => {
  test('mailboxes opened, messages read, searches and acts, newest first', async () => {
    const session = openSession(1, wang);
    observe(session, (seen) => {
      seen.opened(inbox, wang, 'write');
      seen.searched(inbox, wang, 'TEXT 合同', 4);
      seen.read(inbox, wang, [1, 3], 'body');
      seen.read(inbox, wang, 7, 'body');
      seen.acted('store', inbox, 5);
      seen.acted('list', null, 1);
    });
    await house.settled();
    const rows = house.accessLog
      .accesses({ account: wang })
      .map(({ kind, mailbox, items, uids, count, query, owner }) => ({
        kind,
        mailbox,
        items,
        uids,
        count,
        query,
        owner,
      }));
    const plain = { mailbox: inbox, owner: wang, items: '', uids: [], count: 0, query: '' };
    assert.deepEqual(rows, [
      { ...plain, kind: 'acted', items: 'list', mailbox: null, count: 1 },
      { ...plain, kind: 'acted', items: 'store', count: 5 },
      { ...plain, kind: 'read', items: 'body', uids: [1, 3, 7, 7] },
      { ...plain, kind: 'searched', count: 4, query: 'TEXT 合同' },
      { ...plain, kind: 'opened', items: 'write' },
    ]);
    await house.assertRebuildsAlike();
  });

  test('others’ mail is found by whose it is', async () => {
    const session = openSession(1, chen);
    observe(session, (seen) => {
      seen.read(inbox, wang, 1, 'body');
      seen.read(inbox, chen, 2, 'body');
    });
    await house.settled();
    assert.deepEqual(
      house.accessLog.accesses({ owner: wang }).map(({ account, uids }) => [account, uids]),
      [[chen, [1, 1]]],
    );
    assert.equal(house.accessLog.accesses({ account: chen }).length, 2);
    assert.equal(house.accessLog.accesses({ account: chen, owner: li }).length, 0);
  });

  test('what else was shown, a row for each person whom it concerned', async () => {
    const session = openSession(1, chen);
    const mail = uuidOf(70);
    observe(session, (seen) => {
      seen.shown('traceMail', [wang, li], mail, '/api/messages');
      seen.shown('traceMail', [wang, li], mail, '/api/messages');
      seen.shown('listAccounts', [], null, '/api/accounts?search=wang');
    });
    await house.settled();
    const shown = ({ account, owner, kind, items, message, query }: AccessRow) =>
      [account, owner, kind, items, message, query] as const;
    const trace = ['shown', 'traceMail', mail, '/api/messages'];
    assert.deepEqual(house.accessLog.accesses({ owner: wang }).map(shown), [[chen, wang, ...trace]]);
    assert.deepEqual(house.accessLog.accesses({ owner: li }).map(shown), [[chen, li, ...trace]]);
    assert.deepEqual(house.accessLog.accesses({ owner: chen }), []);
    assert.deepEqual(house.accessLog.accesses({ account: chen, limit: 1 }).map(shown), [
      [chen, null, 'shown', 'listAccounts', null, '/api/accounts?search=wang'],
    ]);
    assert.equal(house.accessLog.accesses({ account: chen }).length, 3);
    await house.assertRebuildsAlike();
  });

  test('what a rule seals is there for auditors, and not for whose mail it was', async () => {
    const session = openSession(1, chen);
    observe(session, (seen) => {
      seen.shown('superviseMail', [wang], uuidOf(70), '/api/supervision', true);
      seen.shown('superviseMail', [wang], uuidOf(71), '/api/supervision');
    });
    await house.settled();
    const found = (told: boolean) => house.accessLog.accesses({ owner: wang, told });
    assert.deepEqual(
      found(true).map(({ message, sealed }) => [message, sealed]),
      [[uuidOf(71), false]],
    );
    assert.deepEqual(
      found(false).map(({ message, sealed }) => [message, sealed]),
      [
        [uuidOf(71), false],
        [uuidOf(70), true],
      ],
    );
  });

  test('by time and in pages', async () => {
    const session = openSession(1, wang, 1000);
    for (let n = 0; n < 5; n++) {
      const read = sessionDraft('MessagesRead', {
        mailbox: inbox,
        owner: wang,
        items: 'flags',
        uids: [n + 1, n + 1],
      });
      house.appendAt(2000 + n, `session-${session}`, read);
    }
    await house.settled();
    const times = (filter: Parameters<ModelsHouse['accessLog']['accesses']>[0]) =>
      house.accessLog.accesses(filter).map(({ atMs }) => atMs);
    assert.deepEqual(times({ fromMs: 2001, untilMs: 2004 }), [2003, 2002, 2001]);
    const first = house.accessLog.accesses({ limit: 2 });
    assert.deepEqual(
      first.map(({ atMs }) => atMs),
      [2004, 2003],
    );
    assert.deepEqual(times({ limit: 2, before: first[1]!.position }), [2002, 2001]);
  });

  test('of a session whose key is destroyed the facts stay', async () => {
    const session = openSession(1, wang);
    observe(session, (seen) => seen.searched(inbox, wang, 'a secret', 1));
    house.log.destroyKey(`session-${session}`);
    await house.settled();
    assert.deepEqual(
      house.accessLog.sessions({}).map(({ account, peer }) => [account, peer]),
      [[wang, '']],
    );
    assert.deepEqual(
      house.accessLog.accesses({}).map(({ query, count }) => [query, count]),
      [['', 1]],
    );
  });
});

describe('what was refused', () => {
  test('sign-ins, mail to people here, peers by network', async () => {
    const signIn = {
      type: 'SignInRefused',
      version: 1,
      data: { protocol: 'imap', reason: 'password', count: 3 },
      personal: { peer: '203.0.113.9' },
    };
    house.append(`account-${wang}`, signIn);
    const stranger = `session-${uuidOf(300)}`;
    house.append(stranger, mailRefused([wang, li], 'overQuota', 'buyer@outside.example', '192.0.2.8'));
    const counted = {
      protocol: 'smtp',
      reason: 'recipientUnknown',
      minute: 1_700_000_040_000,
      count: 40,
    } as const;
    house.append(stranger, sessionDraft('PeersRefused', counted, { network: '203.0.113.0/24' }));
    await house.settled();
    const rows = house.accessLog.refusals({});
    assert.deepEqual(
      rows.map(({ kind, account, protocol, reason, count, sender, peer }) => [
        kind,
        account,
        protocol,
        reason,
        count,
        sender,
        peer,
      ]),
      [
        ['peer', null, 'smtp', 'recipientUnknown', 40, '', '203.0.113.0/24'],
        ['mail', wang, 'smtp', 'overQuota', 1, 'buyer@outside.example', '192.0.2.8'],
        ['mail', li, 'smtp', 'overQuota', 1, 'buyer@outside.example', '192.0.2.8'],
        ['signIn', wang, 'imap', 'password', 3, '', '203.0.113.9'],
      ],
    );
    assert.deepEqual(
      house.accessLog.refusals({ account: li }).map(({ kind }) => kind),
      ['mail'],
    );
    await house.assertRebuildsAlike();
  });

  test('a page never ends in the middle of one event', async () => {
    const many = Array.from({ length: 5 }, (_, n) => uuidOf(400 + n));
    const stranger = `session-${uuidOf(300)}`;
    house.append(stranger, mailRefused([wang], 'diskLow', 'a@x', '192.0.2.8'));
    house.append(stranger, mailRefused(many, 'overQuota', 'a@x', '192.0.2.8'));
    await house.settled();
    const first = house.accessLog.refusals({ limit: 2 });
    assert.deepEqual(
      first.map(({ account }) => account),
      many,
    );
    const second = house.accessLog.refusals({ limit: 2, before: first.at(-1)!.position });
    assert.deepEqual(
      second.map(({ account }) => account),
      [wang],
    );
  });
});
