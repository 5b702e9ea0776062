import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Dispatcher } from '../../services/dispatch.ts';
import { checkDraft } from '../../services/domain/check-draft.ts';
import type { LoggedEvent } from '../../services/domain/event.ts';
import { createRecorder, type Recorder, type SessionRecorder } from '../../services/record.ts';
import { FaultyLog } from '../support/faulty-log.ts';
import { uuidOf } from '../support/given-when-then.ts';

const wang = uuidOf(1);
const inbox = uuidOf(10);
const start = { account: wang, protocol: 'imap', peer: '192.0.2.1', program: 'mutt' } as const;

let faulty: FaultyLog;
let recorder: Recorder;
let recorders: Recorder[];
let nowMs: number;
let problems: unknown[];

/** A window so long that only what the tests do ends it. */
function open(settings: Parameters<typeof createRecorder>[1] = {}): Recorder {
  const dispatcher = new Dispatcher(faulty.log, { epoch: 1, retryDelaysMs: [] });
  const opened = createRecorder(dispatcher, {
    windowMs: 100_000,
    now: () => nowMs,
    onProblem: (error) => problems.push(error),
    ...settings,
  });
  recorders.push(opened);
  return opened;
}

beforeEach(() => {
  faulty = new FaultyLog();
  recorders = [];
  nowMs = Date.UTC(2026, 5, 1);
  problems = [];
  recorder = open();
});

afterEach(async () => {
  faulty.faults.length = 0;
  for (const each of recorders) await each.close();
});

async function stored(): Promise<LoggedEvent[]> {
  const events = await faulty.open().readAll(-1, 10_000);
  await faulty.log.prepare(events);
  for (const event of events) assert.deepEqual(checkDraft('session', event), []);
  return events;
}

async function types(): Promise<string[]> {
  return (await stored()).map(({ type }) => type);
}

/** An append that waits until it is let go. */
function stall(): () => void {
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  faulty.beforeAppend = () => gate;
  return () => {
    faulty.beforeAppend = () => {};
    go();
  };
}

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
    recorder = open({ windowMs: 1 });
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
    recorder = open({ windowMs: 1 });
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

describe('record: when mail may be shown', () => {
  let session: SessionRecorder;
  beforeEach(() => {
    recorder = open({ maxWaitingFacts: 4, revealWaitMs: 100_000 });
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
    nowMs += 81;
    assert.deepEqual([session.mayReveal(), recorder.health().state], [true, 'strained']);
    nowMs += 19;
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
    nowMs += 60_000;
    assert.deepEqual(
      [session.mayReveal(), recorder.health()],
      [true, { state: 'well', waitingFacts: 0, oldestMs: 0 }],
    );
  });

  test('age counts from the observation, also for what waited behind an append', async () => {
    const go = stall();
    const first = session.durable();
    while (faulty.tries === 0) await new Promise((next) => setImmediate(next));
    nowMs += 60;
    session.read(inbox, 1, 'body');
    nowMs += 20;
    const again = stallAfter(go);
    await first;
    nowMs += 50;
    assert.equal(recorder.health().oldestMs, 70);
    nowMs += 30;
    assert.equal(session.mayReveal(), false);
    again();
    await session.durable();
  });

  /** Lets the append on its way go and stalls the next. */
  function stallAfter(go: () => void): () => void {
    go();
    return stall();
  }

  test('untilMayReveal waits for the acknowledgement', async () => {
    nowMs += 100;
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

  test('and says no when it takes too long', async () => {
    recorder = open({ revealWaitMs: 1 });
    session = recorder.openSession(start);
    nowMs += 100;
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
    nowMs += 100;
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

describe('record: peers without a login', () => {
  const mail = {
    accounts: [wang],
    reason: 'overQuota',
    sender: 'x@outside.example',
    peer: '198.51.100.7',
  } as const;

  test('mail for people here one by one up to a rate per network, then counted', async () => {
    for (let i = 0; i < 35; i++) recorder.mailRefused({ ...mail, peer: `198.51.100.${i}` });
    recorder.mailRefused({ ...mail, peer: '203.0.113.1' });
    await recorder.flush();
    const events = await stored();
    assert.equal(events.filter(({ type }) => type === 'MailRefused').length, 31);
    assert.equal(events.find(({ type }) => type === 'PeersRefused')!.data['count'], 5);
    assert.deepEqual(events[0]!.personal, { sender: 'x@outside.example', peer: '198.51.100.0' });
    assert.equal(events[0]!.actor, 'peer');
    nowMs += 60_000;
    recorder.mailRefused(mail);
    await recorder.flush();
    assert.equal((await types()).at(-1), 'MailRefused');
  });

  test('refusals are counted per network, reason, protocol and minute', async () => {
    for (let i = 0; i < 100; i++) recorder.peerRefused('smtp', `198.51.100.${i}`, 'relayDenied');
    recorder.peerRefused('smtp', '198.51.100.1', 'recipientUnknown');
    recorder.peerRefused('imap', '198.51.100.1', 'relayDenied');
    recorder.peerRefused('smtp', '2001:db8:1:2::1', 'relayDenied');
    nowMs += 60_000;
    recorder.peerRefused('smtp', '198.51.100.1', 'relayDenied');
    await recorder.flush();
    assert.deepEqual(
      (await stored()).map(({ data, personal }) => [
        data['protocol'],
        data['reason'],
        data['count'],
        personal!['network'],
      ]),
      [
        ['smtp', 'relayDenied', 100, '198.51.100.0/24'],
        ['smtp', 'recipientUnknown', 1, '198.51.100.0/24'],
        ['imap', 'relayDenied', 1, '198.51.100.0/24'],
        ['smtp', 'relayDenied', 1, '2001:db8:1::/48'],
        ['smtp', 'relayDenied', 1, '198.51.100.0/24'],
      ],
    );
  });

  test('a flood from everywhere takes bounded room, and every refusal is counted', async () => {
    const peers = 6000;
    for (let i = 0; i < peers; i++) recorder.peerRefused('smtp', `10.${i >> 8}.${i & 255}.1`, 'relayDenied');
    await recorder.flush();
    const counts = (await stored()).map(({ data }) => data['count'] as number);
    assert.equal(
      counts.reduce((a, b) => a + b),
      peers,
    );
    assert.ok(counts.length <= 5001, `${counts.length} facts`);
  });

  test('many recipients are divided', async () => {
    recorder.mailRefused({ ...mail, accounts: Array.from({ length: 1200 }, (_, i) => uuidOf(i)) });
    await recorder.flush();
    assert.deepEqual(
      (await stored()).map(({ data }) => (data['accounts'] as string[]).length),
      [500, 500, 200],
    );
  });

  test('a stream a day', async () => {
    recorder.mailRefused(mail);
    await recorder.flush();
    nowMs += 24 * 3_600_000;
    recorder.mailRefused(mail);
    await recorder.flush();
    assert.equal(new Set((await stored()).map(({ stream }) => stream)).size, 2);
  });
});
