import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDraft } from '../../services/domain/check-draft.ts';
import { maxPairsPerFact, maxQueryCharacters, Observations } from '../../services/domain/observations.ts';
import { mailRefused, type SessionCommand, session } from '../../services/domain/session.ts';
import { appendLimits } from '../../services/event-store/event-store.ts';
import { assertRefused, decided, stateAfter, uuidOf } from '../support/given-when-then.ts';

const open: SessionCommand = {
  kind: 'open',
  account: uuidOf(1),
  protocol: 'imap',
  peer: '192.0.2.1',
  program: 'mutt',
};
const close: SessionCommand = { kind: 'close', reason: 'logout' };
const inbox = uuidOf(10);
const sent = uuidOf(11);
const me = uuidOf(1);

describe('session', () => {
  test('opens with the peer sealed', () => {
    assert.deepEqual(decided(session, [], open), [
      {
        type: 'SessionOpened',
        version: 1,
        data: { account: uuidOf(1), protocol: 'imap' },
        personal: { peer: '192.0.2.1', program: 'mutt' },
      },
    ]);
    assertRefused(session, [open], open, 'notPermitted');
  });

  test('observes while it is open only', () => {
    const window = new Observations();
    window.opened(inbox, me, 'write');
    const observe: SessionCommand = { kind: 'observe', observed: window.take() };
    assert.equal(decided(session, [open], observe)[0]!.type, 'MailboxOpened');
    assertRefused(session, [], observe, 'notPermitted');
    assertRefused(session, [open, close], observe, 'notPermitted');
  });

  test('closes once', () => {
    assert.equal(stateAfter(session, [open, close]).status, 'closed');
    assertRefused(session, [open, close], close, 'notPermitted');
    assertRefused(session, [], close, 'notPermitted');
  });

  test('refused mail names the accounts and seals the sender', () => {
    const fact = mailRefused([me], 'overQuota', 'x@outside.example', '192.0.2.9');
    assert.deepEqual(checkDraft('session', fact), []);
    assert.deepEqual(fact.personal, { sender: 'x@outside.example', peer: '192.0.2.9' });
  });
});

describe('observations', () => {
  test('reads are one fact per mailbox, owner and item class, as ranges', () => {
    const window = new Observations();
    for (const uid of [1, 2, 3, 7, 5, 6, 3]) window.read(inbox, me, uid, 'body');
    window.read(inbox, me, [10, 20, 15, 30], 'body');
    window.read(inbox, me, [1, 9], 'flags');
    window.read(sent, me, 4, 'body');
    window.read(inbox, uuidOf(2), 4, 'body');
    const facts = window.take();
    assert.deepEqual(
      facts.map(({ data }) => [data['mailbox'], data['owner'], data['items'], data['uids']]),
      [
        [inbox, me, 'body', [1, 3, 5, 7, 10, 30]],
        [inbox, me, 'flags', [1, 9]],
        [sent, me, 'body', [4, 4]],
        [inbox, uuidOf(2), 'body', [4, 4]],
      ],
    );
    for (const fact of facts) assert.deepEqual(checkDraft('session', fact), []);
  });

  test('a window ends with take', () => {
    const window = new Observations();
    window.read(inbox, me, 1, 'body');
    assert.equal(window.size, 1);
    assert.equal(window.take().length, 1);
    assert.equal(window.size, 0);
    window.read(inbox, me, 2, 'body');
    assert.deepEqual(window.take()[0]!.data['uids'], [2, 2]);
  });

  test('acts are counted, openings named once, searches each by itself', () => {
    const window = new Observations();
    for (let i = 0; i < 3; i++) {
      window.acted('store', inbox, 2);
      window.opened(inbox, me, 'read');
      window.searched(inbox, me, `subject ${i}`, i);
    }
    window.acted('list', null, 1);
    window.identified('Thunderbird');
    const facts = window.take();
    assert.deepEqual(
      facts.map(({ type, data }) => [type, data['count'] ?? null]),
      [
        ['MailboxOpened', null],
        ['SearchRun', null],
        ['SearchRun', null],
        ['SearchRun', null],
        ['ClientIdentified', null],
        ['ActsDone', 6],
        ['ActsDone', 1],
      ],
    );
    for (const fact of facts) assert.deepEqual(checkDraft('session', fact), []);
  });

  test('scattered UIDs are divided into facts that fit into a record', () => {
    const window = new Observations();
    const uids = 4 * maxPairsPerFact;
    for (let i = 0; i < uids; i++) window.read(inbox, me, 4_000_000_000 - 2 * i, 'headers');
    const facts = window.take();
    assert.equal(facts.length, 4);
    for (const fact of facts) {
      assert.ok(JSON.stringify(fact).length < appendLimits.maxRecordOctets - 500);
      assert.deepEqual(checkDraft('session', fact), []);
    }
    assert.equal(facts.flatMap(({ data }) => data['uids'] as number[]).length, 2 * uids);
  });

  test('reading the same messages for ever takes no more memory', () => {
    const window = new Observations();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 5_000_000; i++) window.read(inbox, me, 1 + 2 * (i % 3), 'body');
    const grownOctets = process.memoryUsage().heapUsed - before;
    assert.ok(grownOctets < 40_000_000, `${grownOctets} octets for 10,000,000 numbers`);
    assert.deepEqual(window.take()[0]!.data['uids'], [1, 1, 3, 3, 5, 5]);
  });

  test('an endless query is cut to what a sealed part holds', () => {
    const window = new Observations();
    window.searched(inbox, me, '王'.repeat(2 * maxQueryCharacters), 0);
    const query = window.take()[0]!.personal!['query'] as string;
    assert.ok(Buffer.byteLength(query) < appendLimits.maxSealedOctets - 100);
  });
});
