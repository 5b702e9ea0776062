import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { type NewRecord, StorageFull } from '../../services/event-store/event-store.ts';
import type { LogAppend, LogOutcome } from '../../services/event-store/sqlite-log.ts';
import { newEventId } from '../../services/identifiers.ts';
import type { Core, CoreName } from '../../services/threads/keeper-core.ts';
import { KeeperLoop, type LogCore, StorageBroken } from '../../services/threads/keeper-loop.ts';
import type { Answer, KeeperRequest } from '../../services/threads/keeper-protocol.ts';
import { packAppends } from '../../services/threads/packed-appends.ts';

/** A keeper whose cores and log write down what they are asked. */
class Watched {
  readonly steps: string[] = [];
  readonly answers: Answer[] = [];
  /** Thrown at these steps. */
  readonly errors = new Map<string, Error>();
  /** What a core has begun to sync on another thread. */
  readonly begun = new Map<CoreName, Promise<void>>();
  readonly loop: KeeperLoop;

  constructor({ log: place = 'here' }: { log?: 'here' | 'elsewhere' } = {}) {
    const log: LogCore = {
      lastPosition: 41,
      commit: (group) => {
        this.#step(`commit ${group.map(({ stream }) => stream).join(' ')}`);
        return group.map(outcomeOf);
      },
      close: () => this.#step('close log'),
    };
    const cores = { volumes: this.#core('volumes'), keys: this.#core('keys') };
    this.loop = new KeeperLoop(place === 'here' ? log : null, cores, (answers) => {
      this.#step(`post ${answers.map(({ call }) => call).join(' ')}`);
      this.answers.push(...answers);
    });
  }

  answerTo(call: number): Answer {
    return this.answers.find((answer) => answer.call === call)!;
  }

  #core(name: CoreName): Core<string, string> {
    return {
      handle: (command) => {
        this.#step(`${name} ${command}`);
        return command.toUpperCase();
      },
      beginSync: () => this.begun.get(name) ?? null,
      syncBeforeLog: (position) => this.#step(`sync ${name} ${position}`),
      close: () => this.#step(`close ${name}`),
    };
  }

  #step(step: string): void {
    this.steps.push(step);
    const error = this.errors.get(step);
    if (error) throw error;
  }
}

function outcomeOf({ stream, rows }: LogAppend): LogOutcome {
  if (stream.startsWith('bad')) return { outcome: 'conflict', actual: 3 };
  return { outcome: 'written', firstRevision: 0, positions: rows.map((_, i) => i) };
}

function record(): NewRecord {
  return { id: newEventId(), record: Buffer.from('{}'), sealed: null };
}

let lastCall = 0;

function request(
  commands: readonly [CoreName, string][],
  streams: readonly string[] = [],
  lastKnownFailure = 0,
): KeeperRequest {
  const calls = commands.map(([core, command]) => ({ call: ++lastCall, core, command }));
  const packed = packAppends(
    streams.map((stream) => ({ stream, expected: 'absent', records: [record()], causes: [] })),
  );
  return {
    calls,
    appends: streams.length === 0 ? null : { call: ++lastCall, packed },
    sync: null,
    lastKnownFailure,
    close: false,
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no good`), { code });
}

function sqliteError(errcode: number): Error {
  return Object.assign(new Error('sqlite'), { code: 'ERR_SQLITE_ERROR', errcode });
}

const put: [CoreName, string][] = [['volumes', 'put']];
const keep: [CoreName, string][] = [['keys', 'keep']];

test.beforeEach(() => {
  lastCall = 0;
});

describe('a log that another engine keeps', () => {
  const sync = (lastLogPosition: number): KeeperRequest => {
    const waiting = { call: ++lastCall, lastLogPosition };
    return { calls: [], appends: null, sync: waiting, lastKnownFailure: 0, close: false };
  };

  test('what was sent before its sender knew that a command had failed is refused', async () => {
    const keeper = new Watched({ log: 'elsewhere' });
    keeper.errors.set('volumes put', systemError('ENOSPC'));
    await keeper.loop.run([request(put)]);
    await keeper.loop.run([sync(7)]);
    assert.equal((keeper.answerTo(2) as { error: { name: string } }).error.name, 'StorageFull');
    assert.deepEqual(keeper.steps, ['volumes put', 'post 1', 'post 2']);
  });

  test('commands, their answers, all syncs with the last position told, then the answers to who waits', async () => {
    const keeper = new Watched({ log: 'elsewhere' });
    await keeper.loop.run([request(put), sync(7), sync(3)]);
    await keeper.loop.run([sync(5)]);
    keeper.loop.close();
    assert.deepEqual(keeper.steps, [
      ...['volumes put', 'post 1', 'sync volumes 7', 'sync keys 7', 'post 2 3'],
      ...['sync volumes 7', 'sync keys 7', 'post 4'],
      ...['sync volumes 7', 'sync keys 7', 'close volumes', 'close keys'],
    ]);
  });

  test('a sync that fails ends everything; one that lacks space refuses those who wait', async () => {
    const full = new Watched({ log: 'elsewhere' });
    full.errors.set('sync keys -1', new StorageFull('no space'));
    await full.loop.run([sync(-1)]);
    const answer = full.answers[0]!;
    assert.equal('error' in answer && answer.error.name, 'StorageFull');
    const broken = new Watched({ log: 'elsewhere' });
    broken.errors.set('sync volumes -1', systemError('EIO'));
    await assert.rejects(broken.loop.run([sync(-1)]), StorageBroken);
    assert.deepEqual(broken.answers, []);
  });
});

describe('the order on disk', () => {
  test('commands, all syncs, one commit, then all answers in one message, those to commands first', async () => {
    const keeper = new Watched();
    await keeper.loop.run([request(put, ['a-1', 'bad-1']), request(keep), request([], ['b-1'])]);
    assert.deepEqual(keeper.steps, [
      'volumes put',
      'keys keep',
      'sync volumes 41',
      'sync keys 41',
      'commit a-1 bad-1 b-1',
      'post 1 3 2 4',
    ]);
    assert.deepEqual(keeper.answerTo(1), { call: 1, value: 'PUT' });
    const written = { outcome: 'written', firstRevision: 0, positions: [0] };
    assert.deepEqual(keeper.answerTo(2), { call: 2, value: [written, { outcome: 'conflict', actual: 3 }] });
    assert.deepEqual(keeper.answerTo(4), { call: 4, value: [written] });
  });

  test('what another thread syncs goes on beside the other syncs, and the commit waits for it', async () => {
    const keeper = new Watched();
    const volumes = Promise.withResolvers<void>();
    keeper.begun.set('volumes', volumes.promise);
    const group = keeper.loop.run([request(put, ['a-1'])]);
    await nextLoopTurn();
    assert.equal(keeper.steps.at(-1), 'sync keys 41');
    volumes.resolve();
    await group;
    assert.deepEqual(keeper.steps.slice(-2), ['commit a-1', 'post 1 2']);
  });

  test('a sync that fails on another thread is fatal, and nothing is acknowledged behind it', async () => {
    const keeper = new Watched();
    keeper.begun.set('volumes', Promise.reject(systemError('EIO')));
    await assert.rejects(keeper.loop.run([request(put, ['a-1'])]), StorageBroken);
    assert.deepEqual(keeper.answers, []);
  });

  test('a group without appends syncs nothing', async () => {
    const keeper = new Watched();
    await keeper.loop.run([request(put), request(keep)]);
    assert.deepEqual(keeper.steps, ['volumes put', 'keys keep', 'post 1 2']);
  });

  test('closing syncs first and closes the log last', async () => {
    const keeper = new Watched();
    keeper.loop.close();
    assert.deepEqual(keeper.steps, [
      'sync volumes 41',
      'sync keys 41',
      'close volumes',
      'close keys',
      'close log',
    ]);
  });
});

describe('what goes wrong', () => {
  test('an append that may rest on a command that failed is refused, unless its sender knew', async () => {
    const keeper = new Watched();
    keeper.errors.set('volumes put', systemError('ENOSPC'));
    const before = request([], ['a-1']);
    await keeper.loop.run([before, request(put, ['b-1']), request([], ['c-1'])]);
    await keeper.loop.run([request([], ['d-1']), request([], ['e-1'], 2), request([], ['f-1'], 2)]);
    const refused = keeper.answers.filter((answer) => 'error' in answer).map(({ call }) => call);
    assert.deepEqual(refused, [2, 3, 4, 5]);
    assert.deepEqual(
      keeper.steps.filter((step) => step.startsWith('commit')),
      ['commit a-1', 'commit e-1 f-1'],
    );
  });

  test('a refused command is answered so, and the other commands go on', async () => {
    const keeper = new Watched();
    keeper.errors.set('volumes put', Object.assign(new RangeError('no such frame'), { frame: 'x' }));
    await keeper.loop.run([request([...put, ...keep])]);
    assert.deepEqual(keeper.answerTo(1), {
      call: 1,
      error: { name: 'RangeError', message: 'no such frame', fields: { frame: 'x' } },
    });
    assert.deepEqual(keeper.answerTo(2), { call: 2, value: 'KEEP' });
  });

  test('no space for a command refuses that command', async () => {
    const keeper = new Watched();
    keeper.errors.set('volumes put', systemError('ENOSPC'));
    await keeper.loop.run([request([...put, ...keep])]);
    assert.equal((keeper.answerTo(1) as { error: { name: string } }).error.name, 'StorageFull');
    assert.ok('value' in keeper.answerTo(2));
  });

  test('no space for the log refuses every append of the group and acknowledges none', async () => {
    const keeper = new Watched();
    keeper.errors.set('commit a-1 b-1', sqliteError(13));
    await keeper.loop.run([request([], ['a-1']), request([], ['b-1'])]);
    for (const call of [1, 2]) {
      assert.equal((keeper.answerTo(call) as { error: { name: string } }).error.name, 'StorageFull');
    }
    await keeper.loop.run([request([], ['c-1'])]);
    assert.ok('value' in keeper.answerTo(3));
  });

  test('a core that lacks space but has lost nothing refuses the appends, and is asked again', async () => {
    const keeper = new Watched();
    keeper.errors.set('sync keys 41', new StorageFull('later'));
    await keeper.loop.run([request(keep, ['a-1'])]);
    assert.ok('value' in keeper.answerTo(1));
    assert.equal((keeper.answerTo(2) as { error: { name: string } }).error.name, 'StorageFull');
    assert.ok(!keeper.steps.includes('commit a-1'));
    assert.throws(() => keeper.loop.close(), StorageBroken);
    keeper.errors.clear();
    await keeper.loop.run([request([], ['b-1'])]);
    assert.ok('value' in keeper.answerTo(3));
  });

  const fatal: [string, Error, string][] = [
    ['a failed write of a command', systemError('EIO'), 'volumes put'],
    ['a broken database under a command', sqliteError(11), 'keys keep'],
    ['a failed sync', systemError('EIO'), 'sync volumes 41'],
    ['no space in a sync', systemError('ENOSPC'), 'sync keys 41'],
    ['no space in the commit of the keys', sqliteError(13), 'sync keys 41'],
    ['a failed sync of the log', sqliteError(10 + 4 * 256), 'commit a-1'],
    ['any other failure of the log', new TypeError('odd'), 'commit a-1'],
  ];
  for (const [what, error, step] of fatal) {
    test(`${what} is fatal, and nothing is acknowledged behind it`, async () => {
      const keeper = new Watched();
      keeper.errors.set(step, error);
      await assert.rejects(
        () => keeper.loop.run([request([...put, ...keep], ['a-1'])]),
        (thrown) => thrown instanceof StorageBroken && thrown.cause === error,
      );
      assert.equal(keeper.steps.at(-1), step);
      assert.ok(!keeper.answers.some(({ call }) => call === 3));
    });
  }

  test('a core that this keeper does not have is named', async () => {
    const loop = new KeeperLoop({} as LogCore, {}, (answers) => {
      assert.match(JSON.stringify(answers), /the keeper runs without volumes/);
    });
    await loop.run([request(put)]);
    assert.equal(lastCall, 1);
  });
});
