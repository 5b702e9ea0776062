import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { SessionRecorder } from '../../services/record.ts';
import { uuidOf } from '../support/given-when-then.ts';
import {
  faulty,
  inbox,
  nowMs,
  open,
  problems,
  recorder,
  setNowMs,
  setRecorder,
  stall,
  start,
  stored,
  types,
} from './recorder-house.ts';

describe('record: when mail may be shown', () => {
  let session: SessionRecorder;
  beforeEach(() => {
    setRecorder(open({ maxWaitingFacts: 4, revealWaitMs: 100_000 }));
    session = recorder.openSession(start);
  });

  test('while facts are young and few', () => {
    assert.equal(session.mayReveal(), true);
    assert.deepEqual(recorder.health(), { state: 'well', waitingFacts: 1, oldestMs: 0 });
  });

  test('not while the queue is full; the early warning comes before', () => {
    session.acted('list', null);
    assert.equal(recorder.health().state, 'well');
    session.acted('status', inbox);
    assert.deepEqual([session.mayReveal(), recorder.health().state], [true, 'strained']);
    session.acted('store', inbox);
    assert.deepEqual([session.mayReveal(), recorder.health().state], [false, 'stopped']);
    session.acted('store', inbox);
    assert.equal(recorder.health().waitingFacts, 4, 'joined');
  });

  test('not while a fact is older than it may be; the early warning comes before', async () => {
    setNowMs(nowMs + 81);
    assert.deepEqual([session.mayReveal(), recorder.health().state], [true, 'strained']);
    setNowMs(nowMs + 19);
    assert.deepEqual([session.mayReveal(), recorder.health().state], [false, 'stopped']);
    assert.equal(recorder.health().oldestMs, 100);
    await session.durable();
    assert.equal(session.mayReveal(), true);
  });

  test('what comes to no fact stops nobody: an empty mailbox read, nothing done', async () => {
    await session.durable();
    session.read(inbox, [], 'flags');
    session.acted('status', inbox, 0);
    await session.durable();
    setNowMs(nowMs + 60_000);
    assert.deepEqual(
      [session.mayReveal(), recorder.health()],
      [true, { state: 'well', waitingFacts: 0, oldestMs: 0 }],
    );
  });

  test('age counts from the observation, also for what waited behind an append', async () => {
    const go = stall();
    const first = session.durable();
    while (faulty.tries === 0) await new Promise((next) => setImmediate(next));
    setNowMs(nowMs + 60);
    session.read(inbox, 1, 'body');
    setNowMs(nowMs + 20);
    const again = stallAfter(go);
    await first;
    setNowMs(nowMs + 50);
    assert.equal(recorder.health().oldestMs, 70);
    setNowMs(nowMs + 30);
    assert.equal(session.mayReveal(), false);
    again();
    await session.durable();
  });

  /** Lets the append on its way go and stalls the next. */
  function stallAfter(go: () => void): () => void {
    go();
    return stall();
  }

  test('not before what concerns others, or the installation, is on disk', async () => {
    await session.durable();
    session.shown('readAccessLog', [start.account], null, '');
    assert.equal(session.mayReveal(), true, 'one’s own waits for nobody');
    for (const owners of [[], [start.account, inbox]]) {
      session.shown('traceMail', owners, null, '');
      assert.equal(session.mayReveal(), false);
      assert.equal(await session.untilMayReveal(), true);
      assert.equal(session.mayReveal(), true);
    }
  });

  test('untilMayReveal waits for the acknowledgement', async () => {
    setNowMs(nowMs + 100);
    const go = stall();
    let shown = false;
    const waiting = session.untilMayReveal().then((may) => {
      shown = may;
    });
    await new Promise((next) => setImmediate(next));
    assert.equal(shown, false);
    go();
    await waiting;
    assert.equal(shown, true);
  });

  test('what is on its way is waited for: what came since is not written in smaller pieces', async () => {
    setRecorder(open({ windowMs: 2000, revealWaitMs: 2000 }));
    session = recorder.openSession(start);
    const other = recorder.openSession(start);
    setNowMs(nowMs + 100);
    const go = stall();
    const first = session.untilMayReveal();
    while (faulty.tries < 2) await new Promise((next) => setImmediate(next));
    recorder.openSession(start).read(inbox, 1, 'body');
    const second = other.untilMayReveal();
    for (let turn = 0; turn < 10; turn++) await new Promise((next) => setImmediate(next));
    const tries = faulty.tries;
    go();
    assert.equal(tries, 2, 'the third session waits for the end of its window');
    assert.deepEqual([await first, await second], [true, true]);
    assert.equal(faulty.tries, 2);
  });

  test('and says no when it takes too long', async () => {
    setRecorder(open({ revealWaitMs: 1 }));
    session = recorder.openSession(start);
    setNowMs(nowMs + 100);
    const go = stall();
    assert.equal(await session.untilMayReveal(), false);
    go();
    await session.durable();
  });

  test('others’ mail is shown when the record of it is on disk, and not before', async () => {
    session.read(inbox, 1, 'body', uuidOf(77));
    assert.equal(session.mayReveal(), false);
    const go = stall();
    let shown = false;
    const waiting = session.untilMayReveal().then((may) => {
      shown = may;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(shown, false);
    go();
    await waiting;
    assert.equal(shown, true);
    assert.ok((await types()).includes('MessagesRead'));
    assert.equal(session.mayReveal(), true);
    session.read(inbox, 2, 'body');
    assert.equal(session.mayReveal(), true, 'one’s own waits for nothing');
  });

  for (const [what, note] of [
    ['opening', () => session.opened(inbox, 'read', uuidOf(77))],
    ['searching', () => session.searched(inbox, 'SUBJECT x', 1, uuidOf(77))],
  ] as const) {
    test(`${what} others’ mailboxes is recorded before it is answered`, () => {
      note();
      assert.equal(session.mayReveal(), false);
    });
  }

  test('others’ mail is not shown where the record of it cannot be written', async () => {
    faulty.faults.push('lost-before');
    faulty.readsFail = true;
    session.read(inbox, 1, 'body', uuidOf(77));
    assert.equal(await session.untilMayReveal(), false);
    faulty.readsFail = false;
    assert.equal(await session.untilMayReveal(), true);
  });

  test('while the log fails nothing is shown; when it is back all facts are there once', async () => {
    faulty.faults.push('lost-after', 'lost-before');
    faulty.readsFail = true;
    session.read(inbox, 1, 'body');
    await assert.rejects(session.durable(), 'others’ mail may not be shown');
    assert.equal(problems.length, 1);
    assert.equal(recorder.health().state, 'strained');
    setNowMs(nowMs + 100);
    assert.equal(session.mayReveal(), false);
    const second = assert.rejects(session.durable());
    for (let turn = 0; turn < 20 && faulty.tries < 2; turn++) await new Promise((go) => setImmediate(go));
    assert.equal(faulty.tries, 2, 'who asks is not kept waiting for the next try');
    await second;
    faulty.readsFail = false;
    session.read(inbox, 2, 'body');
    await session.durable();
    assert.equal(session.mayReveal(), true);
    assert.deepEqual(recorder.health(), { state: 'well', waitingFacts: 0, oldestMs: 0 });
    assert.deepEqual(await types(), ['SessionOpened', 'MessagesRead', 'MessagesRead']);
  });

  test('the log comes back by itself, without anybody asking', async () => {
    faulty.faults.push('lost-before');
    await assert.rejects(session.durable());
    while ((await stored()).length === 0) await new Promise((go) => setTimeout(go, 20));
    assert.equal(session.mayReveal(), true);
  });

  test('close gives up on a failing log and never rejects', async () => {
    faulty.faults.push('lost-before');
    await session.close('lost');
    assert.equal((await stored()).length, 0);
    await recorder.flush();
    assert.deepEqual(await types(), ['SessionOpened', 'SessionClosed']);
  });

  test('a session whose stream is spoilt shows nothing; the others go on', async () => {
    const other = recorder.openSession(start);
    await other.durable();
    await faulty.log.append(
      await faulty.log.seal(
        `session-${session.session}`,
        'absent',
        [{ type: 'SessionClosed', version: 1, data: { reason: 'lost' }, personal: null }],
        { ids: [uuidOf(77)], epoch: 1, at: 0, actor: 'system', cause: null },
      ),
    );
    session.read(inbox, 1, 'body');
    await assert.rejects(session.durable(), { name: 'WrongExpectedRevision' });
    assert.equal(session.mayReveal(), false);
    await assert.rejects(session.durable());
    session.read(inbox, 1, 'body');
    await session.close('lost');
    assert.equal(other.mayReveal(), true);
    assert.deepEqual(recorder.health(), { state: 'well', waitingFacts: 0, oldestMs: 0 });
    assert.equal(problems.length, 1);
  });
});
