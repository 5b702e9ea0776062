import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Dispatcher } from '../../services/dispatch.ts';
import { account } from '../../services/domain/account.ts';
import { domain } from '../../services/domain/domain.ts';
import type { CommandContext, LoggedEvent } from '../../services/domain/event.ts';
import { organisation } from '../../services/domain/organisation.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import {
  AppendRefused,
  UnknownOutcome,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import { FaultyLog } from '../support/faulty-log.ts';
import { tagOf, uuidOf } from '../support/given-when-then.ts';

const context: CommandContext = { actor: 'operator', cause: null, now: 1_000_000 };
const retryDelaysMs = [0, 0, 0];
const id = uuidOf(1);
const stream = `domain-${id}`;

let faulty: FaultyLog;
let dispatcher: Dispatcher;

beforeEach(() => {
  faulty = new FaultyLog();
  dispatcher = new Dispatcher(faulty.log, { epoch: 1, retryDelaysMs });
});

function anotherProcess(): Dispatcher {
  return new Dispatcher(faulty.open(), { epoch: 1, retryDelaysMs });
}

function assign(by: Dispatcher, n: number, now = context.now) {
  const command = { kind: 'assignAddress', tag: tagOf(n), localPart: `a${n}`, account: uuidOf(n) } as const;
  return by.dispatch(domain, id, command, { ...context, now });
}

function stored(): Promise<LoggedEvent[]> {
  return faulty.log.readStream(stream, 0, 1000);
}

describe('dispatch', () => {
  test('decides, appends with exact revisions and gives events, state and revision', async () => {
    const first = await assign(dispatcher, 1);
    assert.ok(!isRefusal(first));
    assert.deepEqual([first.revision, first.events.length, first.events[0]!.position], [0, 1, 0]);
    const second = await assign(dispatcher, 2);
    assert.ok(!isRefusal(second));
    assert.deepEqual([second.revision, second.events[0]!.position, second.state.entries.size], [1, 1, 2]);
    const [event] = await stored();
    assert.deepEqual([event!.actor, event!.cause, event!.at, event!.epoch], ['operator', null, 1_000_000, 1]);
  });

  test('a refusal writes nothing', async () => {
    await assign(dispatcher, 1);
    const refused = await assign(dispatcher, 1);
    assert.ok(isRefusal(refused));
    assert.equal(refused.refused, 'addressTaken');
    assert.equal((await stored()).length, 1);
  });

  test('a command that changes nothing writes nothing', async () => {
    const set = { kind: 'setPostmaster', account: null } as const;
    const outcome = await dispatcher.dispatch(domain, id, set, context);
    assert.ok(!isRefusal(outcome));
    assert.deepEqual([outcome.events.length, outcome.revision, faulty.tries], [0, -1, 0]);
  });

  test('commands to one stream run one after the other, in order', async () => {
    let running = 0;
    faulty.beforeAppend = async () => {
      assert.equal(++running, 1, 'two appends at once');
      await new Promise((go) => setImmediate(go));
      running--;
    };
    const outcomes = await Promise.all([1, 2, 3, 4].map((n) => assign(dispatcher, n)));
    assert.deepEqual(
      outcomes.map((outcome) => !isRefusal(outcome) && outcome.events[0]!.data['tag']),
      [tagOf(1), tagOf(2), tagOf(3), tagOf(4)],
    );
    assert.equal(faulty.tries, 4);
  });

  test('an error of one command does not disturb the next', async () => {
    faulty.faults.push('lost-before', 'lost-before', 'lost-before', 'lost-before');
    const [lost, next] = await Promise.allSettled([assign(dispatcher, 1), assign(dispatcher, 2)]);
    assert.ok(lost.status === 'rejected' && lost.reason instanceof UnknownOutcome);
    assert.equal(next.status, 'fulfilled');
    assert.equal((await stored()).length, 1);
  });

  test('time never runs backwards in a stream, also after a restart', async () => {
    await assign(dispatcher, 1, 5000);
    await assign(dispatcher, 2, 4000);
    await assign(anotherProcess(), 3, 3000);
    const removed = { type: 'AliasRemoved', version: 1, data: { tag: tagOf(1) }, personal: null };
    await anotherProcess().appendResolved(stream, 2, [removed], { ...context, now: 2000 });
    assert.deepEqual(
      (await stored()).map(({ at }) => at),
      [5000, 5000, 5000, 5000],
    );
  });

  test('reads a stream that is longer than one read', async () => {
    for (let n = 0; n < 1100; n++) await assign(dispatcher, n);
    const { state, revision } = await anotherProcess().load(domain, id);
    assert.deepEqual([revision, state.entries.size], [1099, 1100]);
  });

  test('sealed values are there after a restart', async () => {
    const open = {
      kind: 'open',
      domain: uuidOf(9),
      address: 'wang@acme.example',
      realName: '王芳',
      quotaOctets: 0,
      roles: [],
      verifier: null,
    } as const;
    await dispatcher.dispatch(account, id, open, context);
    assert.equal((await anotherProcess().load(account, id)).state.realName, '王芳');
  });
});

describe('dispatch: conflicts', () => {
  test('another process was first: decided anew on the new state', async () => {
    await dispatcher.load(domain, id);
    await assign(anotherProcess(), 1);
    const outcome = await assign(dispatcher, 2);
    assert.ok(!isRefusal(outcome));
    assert.deepEqual([outcome.revision, outcome.state.entries.size], [1, 2]);
  });

  test('what another process took is refused, though the own state did not know', async () => {
    await dispatcher.load(domain, id);
    await assign(anotherProcess(), 1);
    const outcome = await assign(dispatcher, 1);
    assert.equal(isRefusal(outcome) && outcome.refused, 'addressTaken');
    assert.equal((await stored()).length, 1);
  });

  test('a refusal is checked against the tail of the log', async () => {
    const alias = { kind: 'addAlias', tag: tagOf(7), localPart: 'x', account: uuidOf(1) } as const;
    await dispatcher.load(domain, id);
    await assign(anotherProcess(), 1);
    assert.ok(!isRefusal(await dispatcher.dispatch(domain, id, alias, context)));
  });

  test('gives up after so many conflicts in a row', async () => {
    let n = 100;
    const other = anotherProcess();
    faulty.beforeAppend = async () => {
      faulty.beforeAppend = () => {};
      await assign(other, n++);
      faulty.beforeAppend = again;
    };
    const again = faulty.beforeAppend;
    await assert.rejects(assign(dispatcher, 1), WrongExpectedRevision);
    assert.ok(n < 120, `${n - 100} tries`);
    assert.ok((await stored()).every(({ data }) => data['tag'] !== tagOf(1)));
  });
});

describe('dispatch: unknown outcomes', () => {
  test('a lost acknowledgement is found by the own first id; nothing is written twice', async () => {
    faulty.faults.push('lost-after');
    const outcome = await assign(dispatcher, 1);
    assert.ok(!isRefusal(outcome));
    assert.deepEqual([outcome.revision, outcome.events[0]!.position, faulty.tries], [0, 0, 1]);
    assert.equal((await stored()).length, 1);
    assert.ok(!isRefusal(await assign(dispatcher, 2)));
  });

  test('what did not arrive is sent again, with the same id', async () => {
    const ids = new Set<string>();
    faulty.faults.push('lost-before', 'lost-before');
    const original = faulty.engine.append.bind(faulty.engine);
    faulty.engine.append = (name, expected, records) => {
      ids.add(records[0]!.id);
      return original(name, expected, records);
    };
    await assign(dispatcher, 1);
    assert.deepEqual([ids.size, faulty.tries, (await stored()).length], [1, 3, 1]);
    assert.equal((await stored())[0]!.id, [...ids][0]);
  });

  test('lost acknowledgement, and somebody else behind it: still ours', async () => {
    faulty.faults.push('lost-after');
    const { append } = faulty.engine;
    faulty.engine.append = async (...batch) => {
      faulty.engine.append = append;
      try {
        return await append(...batch);
      } finally {
        await assign(anotherProcess(), 2);
      }
    };
    const outcome = await assign(dispatcher, 1);
    assert.ok(!isRefusal(outcome));
    assert.equal(outcome.events[0]!.revision, 0);
    assert.equal((await stored()).length, 2);
  });

  test('while the log can be neither written nor read, the outcome stays unknown and then is given up', async () => {
    await dispatcher.load(domain, id);
    faulty.faults.push('lost-after', 'lost-before', 'lost-before', 'lost-before');
    faulty.readsFail = true;
    await assert.rejects(assign(dispatcher, 1), UnknownOutcome);
    faulty.readsFail = false;
    const refused = await assign(dispatcher, 1);
    assert.equal(isRefusal(refused) && refused.refused, 'addressTaken', 'it had been written after all');
    assert.equal((await stored()).length, 1);
  });

  test('a conflict while the tail cannot be read is unknown, and found out later', async () => {
    await dispatcher.load(domain, id);
    await assign(anotherProcess(), 1);
    faulty.beforeAppend = () => {
      faulty.readsFail = !faulty.readsFail;
    };
    const outcome = await assign(dispatcher, 2);
    assert.equal(!isRefusal(outcome) && outcome.revision, 1);
  });

  test('what breaks a limit is not tried again', async () => {
    const drafts = Array.from({ length: 501 }, () => ({
      type: 'AddressAssigned',
      version: 1,
      data: {},
      personal: null,
    }));
    await assert.rejects(dispatcher.appendResolved(stream, 'absent', drafts, context), AppendRefused);
    assert.equal(faulty.tries, 1);
  });

  test('a state that could not be read is read again by the next', async () => {
    faulty.readsFail = true;
    await assert.rejects(assign(dispatcher, 1));
    faulty.readsFail = false;
    assert.ok(!isRefusal(await assign(dispatcher, 1)));
  });
});

describe('dispatch: appendResolved', () => {
  const draft = { type: 'AliasRemoved', version: 1, data: { tag: tagOf(1) }, personal: null };

  test('finds its own batch and throws what is another’s', async () => {
    faulty.faults.push('lost-after');
    const events = await dispatcher.appendResolved(stream, 'absent', [draft, draft], context);
    assert.deepEqual(
      events.map(({ revision, position }) => [revision, position]),
      [
        [0, 0],
        [1, 1],
      ],
    );
    await assert.rejects(
      dispatcher.appendResolved(stream, 'absent', [draft], context),
      WrongExpectedRevision,
    );
    await assert.rejects(dispatcher.appendResolved(stream, 0, [draft], context), WrongExpectedRevision);
    assert.equal(
      (await dispatcher.appendResolved(stream, 1, [draft], { ...context, now: 5 }))[0]!.at,
      context.now,
    );
  });
});

describe('dispatch: what other processes append', () => {
  test('states advance by the subscription; own events count once', async () => {
    const seen: string[] = [];
    dispatcher.onEvent('domain', ({ type, revision }) => seen.push(`${revision} ${type}`));
    const { state } = await dispatcher.load(domain, id);
    const subscription = faulty.log.subscribe(-1, (batch) => dispatcher.advance(batch));
    await assign(anotherProcess(), 1);
    await assign(dispatcher, 2);
    await assign(anotherProcess(), 3);
    while (seen.length < 3) await new Promise((go) => setImmediate(go));
    await subscription.close();
    assert.equal(state.entries.size, 3);
    assert.deepEqual(seen, ['0 AddressAssigned', '1 AddressAssigned', '2 AddressAssigned']);
  });

  test('a gap is filled from the log', async () => {
    const { state } = await dispatcher.load(domain, id);
    const other = anotherProcess();
    for (const n of [1, 2, 3]) await assign(other, n);
    await dispatcher.advance((await stored()).slice(2));
    assert.equal(state.entries.size, 3);
  });

  test('a state that cannot follow is dropped and read anew', async () => {
    await dispatcher.load(domain, id);
    const other = anotherProcess();
    await assign(other, 1);
    await assign(other, 2);
    const [, second] = await stored();
    faulty.readsFail = true;
    await dispatcher.advance([second!]);
    faulty.readsFail = false;
    assert.equal((await dispatcher.load(domain, id)).state.entries.size, 2);
  });

  test('streams without a state here are told of all the same', async () => {
    await assign(anotherProcess(), 1);
    const seen: string[] = [];
    const stop = dispatcher.onEvent('domain', ({ type }) => seen.push(type));
    await dispatcher.advance(await stored());
    stop();
    await dispatcher.advance(await stored());
    assert.deepEqual(seen, ['AddressAssigned']);
  });

  test('idle states beyond the bound are dropped and come back', async () => {
    const small = new Dispatcher(faulty.log, { epoch: 1, retryDelaysMs, maxStates: 2 });
    const before = await small.load(domain, id);
    for (const n of [2, 3]) await small.load(organisation, uuidOf(n));
    await assign(anotherProcess(), 1);
    assert.equal(before.state.entries.size, 0);
    assert.equal((await small.load(domain, id)).state.entries.size, 1, 'read anew');
  });
});
