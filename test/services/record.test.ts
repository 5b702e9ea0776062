import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { uuidOf } from '../support/given-when-then.ts';
import {
  faulty,
  inbox,
  open,
  recorder,
  setRecorder,
  stall,
  start,
  stored,
  types,
  wang,
} from './recorder-house.ts';

describe('record: a session', () => {
  test('is one append per window, from opening to close, by its account', async () => {
    const session = recorder.openSession(start);
    session.opened(inbox, 'write');
    for (const uid of [1, 2, 3]) session.read(inbox, uid, 'body');
    session.read(inbox, [1, 500], 'flags');
    session.searched(inbox, 'SUBJECT 合同', 4);
    session.acted('store', inbox, 2);
    await session.durable();
    assert.equal(faulty.tries, 1);
    session.read(inbox, 9, 'envelope');
    await session.close('logout');
    assert.equal(faulty.tries, 2);
    const events = await stored();
    assert.deepEqual(await types(), [
      'SessionOpened',
      'MailboxOpened',
      'SearchRun',
      'MessagesRead',
      'MessagesRead',
      'ActsDone',
      'MessagesRead',
      'SessionClosed',
    ]);
    assert.ok(
      events.every(
        ({ stream, actor }) => stream === `session-${session.session}` && actor === `account-${wang}`,
      ),
    );
    assert.deepEqual(events[3]!.data, { mailbox: inbox, owner: wang, items: 'body', uids: [1, 3] });
  });

  test('seals peer, program and query under the key of account and month', async () => {
    const session = recorder.openSession(start);
    session.searched(inbox, 'secret words', 0);
    session.identified('Thunderbird');
    await session.close('logout');
    for (const event of await stored()) {
      const text = Buffer.from(event.record).toString();
      for (const secret of ['192.0.2.1', 'mutt', 'secret', 'Thunderbird']) assert.ok(!text.includes(secret));
      if (event.key !== null) assert.equal(event.key, `access-${wang}-202606`);
    }
    assert.equal((await stored())[1]!.personal?.['query'], 'secret words');
  });

  test('others’ mail is named with its owner and is on disk when durable resolves', async () => {
    const session = recorder.openSession(start);
    session.read(inbox, 5, 'body', uuidOf(2));
    await session.durable();
    assert.equal((await stored()).at(-1)!.data['owner'], uuidOf(2));
    await session.durable();
    assert.equal(faulty.tries, 1, 'nothing new, nothing written');
  });

  test('the end of the window writes by itself', async () => {
    setRecorder(open({ windowMs: 1 }));
    const session = recorder.openSession(start);
    session.read(inbox, 5, 'body');
    while ((await stored()).length < 2) await new Promise((go) => setTimeout(go, 1));
    assert.equal(recorder.health().waitingFacts, 0);
    assert.equal(faulty.tries, 1);
    session.read(inbox, 6, 'body');
    while ((await stored()).length < 3) await new Promise((go) => setTimeout(go, 1));
  });

  test('what is observed while an append is on its way follows in the next', async () => {
    const session = recorder.openSession(start);
    const go = stall();
    const first = session.durable();
    session.read(inbox, 1, 'body');
    const second = session.durable();
    go();
    await Promise.all([first, second]);
    assert.deepEqual(await types(), ['SessionOpened', 'MessagesRead']);
    assert.equal(faulty.tries, 2);
  });

  test('nothing is recorded or shown after close; closing again changes nothing', async () => {
    const session = recorder.openSession(start);
    await session.close('lost');
    session.read(inbox, 1, 'body');
    assert.equal(session.mayReveal(), false);
    assert.equal(await session.untilMayReveal(), false);
    await session.close('logout');
    await recorder.flush();
    assert.deepEqual(await types(), ['SessionOpened', 'SessionClosed']);
  });

  test('more facts than one append holds go in several, in order', async () => {
    const session = recorder.openSession(start);
    for (let i = 0; i < 450; i++) session.searched(inbox, `query ${i}`, i);
    for (let i = 0; i < 6; i++) session.searched(inbox, 'x'.repeat(60_000), 1000 + i);
    await session.close('logout');
    const found = (await stored())
      .filter(({ type }) => type === 'SearchRun')
      .map(({ data }) => data['found']);
    assert.deepEqual(found, [...Array(450).keys(), 1000, 1001, 1002, 1003, 1004, 1005]);
    assert.ok(faulty.tries >= 5, `${faulty.tries} appends`);
  });

  test('many sessions at once: every fact once, in order', async () => {
    setRecorder(open({ windowMs: 1 }));
    const sessions = Array.from({ length: 50 }, () => recorder.openSession(start));
    for (let uid = 1; uid <= 200; uid++) {
      for (const session of sessions) session.read(inbox, uid, uid % 2 ? 'body' : 'flags');
      if (uid % 50 === 0) await new Promise((go) => setTimeout(go, 2));
    }
    await Promise.all(sessions.map((session) => session.close('logout')));
    const events = await stored();
    for (const { session } of sessions) {
      const uids = events
        .filter(({ stream, type }) => stream === `session-${session}` && type === 'MessagesRead')
        .flatMap(({ data }) => data['uids'] as number[]);
      assert.deepEqual(
        [...new Set(uids)].sort((a, b) => a - b),
        [...Array(200).keys()].map((i) => i + 1),
      );
    }
    assert.deepEqual(recorder.health(), { state: 'well', waitingFacts: 0, oldestMs: 0 });
  });
});
