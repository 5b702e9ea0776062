import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { Projection } from '../../projections/projection.ts';
import type { Phase } from '../../projections/projection-health.ts';
import { maxPoisonedStreams, ProjectionRun } from '../../projections/projection-run.ts';
import { Projector } from '../../projections/projector.ts';
import { rowsOf } from '../../projections/table-projection.ts';
import type { LoggedEvent } from '../../services/domain/event.ts';
import { counted, countingProjection, passedOver } from './counting-projection.ts';
import { killImage, restoreImage } from './kill-image.ts';
import { MemoryLog } from './memory-log.ts';

let folder: string;
let log: MemoryLog;
let projectors: Projector[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-projector-'));
  log = new MemoryLog();
  projectors = [];
});

afterEach(async () => {
  for (const projector of projectors) await projector.close();
  rmSync(folder, { recursive: true });
});

async function started(
  projections: Projection[] = [countingProjection()],
  over: MemoryLog = log,
  lingerMs = 1,
): Promise<Projector> {
  const projector = new Projector(over, folder, projections, { lingerMs, retryMs: 5 });
  projectors.push(projector);
  await projector.start();
  return projector;
}

async function closed(projector: Projector): Promise<void> {
  projectors = projectors.filter((each) => each !== projector);
  await projector.close();
}

/** Waits until everything in the log has been taken in, and says what is there. */
async function seen(projector: Projector, name = 'counting'): Promise<Record<string, number>> {
  assert.ok(await projector.reached(name, log.position, 5000), `${name} never reached the head`);
  const rows = rowsOf<{ stream: string; count: number }>(
    projector.source(name),
    'SELECT stream, count FROM seen',
  );
  return Object.fromEntries(rows.map(({ stream, count }) => [stream, count]));
}

/** Once its way to live has ended, there or stopped. */
async function healthOf(projector: Projector, phase: Phase = 'live', name = 'counting') {
  for (;;) {
    const health = (await projector.health()).find((each) => each.name === name)!;
    if (health.phase === phase) return health;
    await nextLoopTurn();
  }
}

/** As SQLite reports it. */
function fullDisk(): Error {
  return Object.assign(new Error('database or disk is full'), { errcode: 13 });
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextLoopTurn();
}

function appendMany(count: number, streams = 7): void {
  for (let i = 0; i < count; i++) log.append(`thing-${i % streams}`, counted(`said ${i}`), passedOver());
}

describe('the way to live', () => {
  test('takes what the log has, then what comes, each event once', async () => {
    appendMany(700);
    const projector = await started();
    assert.equal((await seen(projector))['thing-0'], 100);
    appendMany(7);
    assert.equal((await seen(projector))['thing-0'], 101);
    assert.equal((await healthOf(projector)).lagPositions, 0);
  });

  test('positions with gaps make no difference', async () => {
    log = new MemoryLog(1000);
    appendMany(70);
    const projector = await started();
    appendMany(7);
    assert.equal((await seen(projector))['thing-3'], 11);
    assert.equal((await projector.rebuild('counting')).position, log.position);
  });

  test('a kill at any instant of the way leaves rows and checkpoint together', async () => {
    appendMany(1400);
    const images: string[] = [];
    let applied = 0;
    const projection = countingProjection({
      before: () => {
        if (++applied % 300 === 0) images.push(killImage(folder));
      },
    });
    const first = await started([projection]);
    await seen(first);
    await closed(first);
    assert.equal(images.length, 4);
    for (const image of images) {
      restoreImage(folder, image);
      const next = await started();
      assert.deepEqual(new Set(Object.values(await seen(next))), new Set([200]));
      await closed(next);
    }
  });

  test('goes on behind its checkpoint after a restart', async () => {
    appendMany(70);
    const first = await started();
    await seen(first);
    await closed(first);
    appendMany(7);
    assert.equal((await seen(await started()))['thing-0'], 11);
  });

  test('events that come while a projection reads the old ones are neither lost nor taken twice', async () => {
    appendMany(1400);
    const projector = await started();
    for (let i = 0; i < 50; i++) {
      appendMany(7);
      await nextLoopTurn();
    }
    assert.deepEqual(new Set(Object.values(await seen(projector))), new Set([250]));
  });

  test('what is delivered between the last read and the first live batch is not lost', async () => {
    let isFull = true;
    const late = countingProjection({
      name: 'late',
      before: () => {
        if (isFull) throw fullDisk();
      },
    });
    const projector = await started([countingProjection(), late]);
    await seen(projector);
    log.append('thing-a', counted('1'));
    await healthOf(projector, 'stopped', 'late');
    const [second] = log.append('thing-a', counted('2'));
    // It reads up to where the live events were, and must wait for the batch that is under way.
    log.beforePrepare = async (events) => {
      if (!events.includes(second!)) return;
      log.beforePrepare = () => {};
      isFull = false;
      await healthOf(projector, 'cutover', 'late');
    };
    assert.equal((await seen(projector, 'late'))['thing-a'], 2);
  });

  test('an event that comes again changes nothing', async () => {
    const run = new ProjectionRun(countingProjection(), join(folder, 'counting.sqlite'));
    const events = log.append('thing-a', counted('1'), counted('2'));
    await log.prepare(events);
    await run.take(events);
    await run.take(events);
    const select = 'SELECT count FROM seen';
    assert.deepEqual(
      rowsOf(() => run.file.database, select),
      [{ count: 2 }],
    );
    run.close();
  });

  test('waiting for a position ends without it after the time given', async () => {
    const projector = await started();
    assert.equal(await projector.reached('counting', 5, 10), false);
  });

  test('the pause behind a small batch ends when somebody waits', async () => {
    const projector = await started([countingProjection()], log, 60_000);
    appendMany(1);
    await seen(projector);
    appendMany(1);
    await turns(5);
    assert.equal((await seen(projector))['thing-0'], 2);
  });

  test('a subscription that breaks is taken up again where it was', async () => {
    const projector = await started();
    await seen(projector);
    log.fault = new Error('the log is away');
    appendMany(7);
    await nextLoopTurn();
    log.fault = null;
    assert.equal((await seen(projector))['thing-0'], 1);
  });

  test('others have their turn while it works', async () => {
    appendMany(70);
    let turns = 0;
    const busy = countingProjection({
      before: () => {
        for (const end = performance.now() + 1; performance.now() < end; );
      },
    });
    const projector = await started([busy]);
    const counting = setInterval(() => turns++, 0);
    await seen(projector);
    clearInterval(counting);
    assert.ok(turns >= 4, `${turns} turns`);
  });
});

describe('what makes a file unusable', () => {
  async function rebuiltAfter(change: () => void | Promise<void>, projection = countingProjection()) {
    appendMany(70);
    const first = await started();
    await seen(first);
    await closed(first);
    await change();
    return seen(await started([projection]));
  }

  test('another version: it is made anew', async () => {
    const raised = countingProjection({ version: 2 });
    const tampered = () =>
      new DatabaseSync(join(folder, 'counting.sqlite')).exec('UPDATE seen SET count = 99');
    assert.equal((await rebuiltAfter(tampered, raised))['thing-0'], 10);
  });

  test('the same version: it is kept', async () => {
    const marked = () => new DatabaseSync(join(folder, 'counting.sqlite')).exec('UPDATE seen SET count = 99');
    assert.equal((await rebuiltAfter(marked))['thing-0'], 99);
  });

  test('ahead of its log: it is dropped and made anew', async () => {
    assert.equal((await rebuiltAfter(() => log.truncate(70)))['thing-0'], 5);
  });

  test('beside another log of the same length: likewise', async () => {
    const count = await rebuiltAfter(() => {
      log.truncate(138);
      log.append('thing-9', counted('other'), passedOver());
    });
    assert.equal(count['thing-9'], 1);
    assert.equal(count['thing-6'], 9);
  });

  test('damaged: it is dropped and made anew', async () => {
    const damage = () => writeFileSync(join(folder, 'counting.sqlite'), 'this is not a database, not at all');
    assert.equal((await rebuiltAfter(damage))['thing-0'], 10);
  });
});

describe('poison', () => {
  const refuseNumber7 = countingProjection({
    before: (_, { number }) => {
      if (number === 7) throw new TypeError('seven');
    },
  });

  test('the stream is left out from there on, the others go on, and health turns red', async () => {
    log.append('thing-a', counted('1'), counted('2'));
    log.append('thing-b', counted('1'));
    log.append('thing-a', counted('3', 7), counted('4'));
    log.append('thing-b', counted('2'));
    const projector = await started([refuseNumber7]);
    assert.deepEqual(await seen(projector), { 'thing-a': 2, 'thing-b': 2 });
    assert.deepEqual(projector.poison('counting'), [
      { stream: 'thing-a', position: 3, error: 'TypeError: seven' },
    ]);
    log.append('thing-a', counted('5'));
    log.append('thing-b', counted('3'));
    assert.deepEqual(await seen(projector), { 'thing-a': 2, 'thing-b': 3 });
    const health = await healthOf(projector);
    assert.equal(health.state, 'red');
    assert.equal(health.poisonedStreams, 1);
  });

  test('stays left out after a restart', async () => {
    log.append('thing-a', counted('1', 7), counted('2'));
    const first = await started([refuseNumber7]);
    await seen(first);
    await closed(first);
    const second = await started([refuseNumber7]);
    log.append('thing-a', counted('3'));
    assert.deepEqual(await seen(second), {});
  });

  test('a hundred such streams stop the projection, also after a restart, and no other', async () => {
    for (let i = 0; i < maxPoisonedStreams; i++) log.append(`thing-${i}`, counted('x', 7));
    log.append('thing-good', counted('x'));
    const other = countingProjection({ name: 'other' });
    const projector = await started([refuseNumber7, other]);
    assert.equal((await seen(projector, 'other'))['thing-good'], 1);
    assert.equal((await healthOf(projector, 'stopped')).stoppedBy, 'TooManyPoisonedStreams');
    await closed(projector);
    const again = await started([refuseNumber7, other]);
    await seen(again, 'other');
    assert.equal((await healthOf(again, 'stopped')).state, 'red');
  });

  test('ninety-nine do not', async () => {
    for (let i = 0; i < maxPoisonedStreams - 1; i++) log.append(`thing-${i}`, counted('x', 7));
    log.append('thing-good', counted('x'));
    assert.deepEqual(await seen(await started([refuseNumber7])), { 'thing-good': 1 });
  });

  test('an event whose key is destroyed is none: its personal part is null', async () => {
    log.append('thing-a', counted('a secret'), counted('another'));
    log.destroyKey('thing-a');
    const projector = await started();
    assert.deepEqual(await seen(projector), { 'thing-a': 2 });
    assert.deepEqual(rowsOf(projector.source('counting'), 'SELECT said FROM seen'), [{ said: '' }]);
    assert.equal((await healthOf(projector)).state, 'ok');
  });

  test('a disk that fails is none: the projection stops, says so, and tries again', async () => {
    let full = true;
    const onFullDisk = countingProjection({
      before: () => {
        if (full) throw fullDisk();
      },
    });
    appendMany(7);
    const projector = await started([onFullDisk]);
    assert.equal((await healthOf(projector, 'stopped')).state, 'red');
    full = false;
    assert.equal((await seen(projector))['thing-0'], 1);
    assert.deepEqual(projector.poison('counting'), []);
    assert.equal((await healthOf(projector)).state, 'ok');
  });

  test('a projection that reads what it did not declare stops: that is no event’s fault', async () => {
    const careless: Projection = { ...countingProjection(), opens: new Set() };
    appendMany(7);
    const projector = await started([careless]);
    assert.equal((await healthOf(projector, 'stopped')).stoppedBy, 'KeyNotLoaded');
    assert.deepEqual(projector.poison('counting'), []);
  });
});

describe('rebuild beside the one that serves', () => {
  test('says the same, and events that come meanwhile are in it', async () => {
    appendMany(1400);
    const projector = await started();
    await seen(projector);
    const rebuilding = projector.rebuild('counting');
    for (let i = 0; i < 30; i++) {
      appendMany(7);
      await nextLoopTurn();
      assert.ok(
        rowsOf<{ n: number }>(projector.source('counting'), 'SELECT sum(count) AS n FROM seen')[0]!.n >= 1400,
      );
    }
    assert.deepEqual((await rebuilding).differing, []);
    assert.deepEqual(new Set(Object.values(await seen(projector))), new Set([230]));
    appendMany(7);
    assert.deepEqual(new Set(Object.values(await seen(projector))), new Set([231]));
  });

  test('events that come at any moment of it are in it', async () => {
    appendMany(70);
    const projector = await started();
    await seen(projector);
    let hasReadAll = false;
    let beforeSwitch: LoggedEvent | undefined;
    const [beforeComparing] = log.append('thing-0', counted('before comparing'));
    let timesRead = 0;
    // The live batches are under way while the rebuild waits, first to compare, then to take over.
    log.beforePrepare = async (events) => {
      if (events.includes(beforeSwitch!)) {
        log.beforePrepare = () => {};
        await turns(50);
      } else if (events.includes(beforeComparing!) && ++timesRead === 1) {
        while (!hasReadAll) await nextLoopTurn();
        await turns(20);
      } else if (events.includes(beforeComparing!)) {
        beforeSwitch = log.append('thing-0', counted('before the switch'))[0];
        // Behind the pause after the last live batch.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const report = await projector.rebuild('counting', () => {
      hasReadAll = true;
    });
    assert.deepEqual(report.differing, []);
    assert.ok(beforeSwitch);
    assert.equal((await seen(projector))['thing-0'], 12);
  });

  test('names the part that differed, and the new one serves', async () => {
    appendMany(70);
    const projector = await started();
    await seen(projector);
    projector.source('counting')().exec(`UPDATE seen SET count = 99 WHERE stream = 'thing-3'`);
    assert.deepEqual((await projector.rebuild('counting')).differing, ['seen']);
    assert.equal((await seen(projector))['thing-3'], 10);
  });

  test('only compared, the one that serves stays as it is', async () => {
    appendMany(70);
    const projector = await started();
    await seen(projector);
    projector.source('counting')().exec(`UPDATE seen SET count = 99 WHERE stream = 'thing-3'`);
    const report = await projector.rebuild('counting', () => {}, 'compare');
    assert.deepEqual([report.differing, report.position], [['seen'], log.position]);
    assert.equal((await seen(projector))['thing-3'], 99);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('rebuild')),
      [],
    );
    appendMany(7);
    assert.equal((await seen(projector))['thing-3'], 100);
  });

  test('heals one that had stopped', async () => {
    let isBroken = true;
    const projection = countingProjection({
      before: () => {
        if (isBroken) throw new TypeError('a fault in the program');
      },
    });
    for (let i = 0; i < maxPoisonedStreams; i++) log.append(`thing-${i}`, counted('x'));
    const projector = await started([projection]);
    await healthOf(projector, 'stopped');
    await assert.rejects(projector.rebuild('counting'), { name: 'TooManyPoisonedStreams' });
    isBroken = false;
    assert.equal((await projector.rebuild('counting')).differing, null);
    assert.equal(Object.keys(await seen(projector)).length, maxPoisonedStreams);
    assert.equal((await healthOf(projector)).state, 'ok');
  });

  test('a kill at any instant of it leaves what the next start can use', async () => {
    appendMany(1400);
    const projector = await started();
    await seen(projector);
    const images: string[] = [killImage(folder)];
    await projector.rebuild('counting', () => images.push(killImage(folder)));
    images.push(killImage(folder));
    await closed(projector);
    for (const image of images) {
      restoreImage(folder, image);
      const next = await started();
      while ((await healthOf(next)).rebuiltTo !== null) await nextLoopTurn();
      assert.deepEqual(new Set(Object.values(await seen(next))), new Set([200]));
      await closed(next);
    }
    assert.ok(images.length >= 4);
  });

  test('is taken up again after a restart, from where it was', async () => {
    appendMany(1400);
    const first = await started();
    await seen(first);
    let applied = 0;
    const rebuilding = assert.rejects(
      first.rebuild('counting', (position) => position > 500 && log.fault === null && interrupt()),
    );
    const interrupt = () => {
      log.fault = new Error('killed');
    };
    await rebuilding;
    log.fault = null;
    await closed(first);
    const second = await started([countingProjection({ before: () => applied++ })]);
    while ((await healthOf(second)).rebuiltTo !== null) await nextLoopTurn();
    assert.deepEqual(new Set(Object.values(await seen(second))), new Set([200]));
    assert.ok(applied > 0 && applied < 1400, `${applied} events were read again`);
  });

  test('one at a time', async () => {
    const projector = await started();
    const first = projector.rebuild('counting');
    await assert.rejects(projector.rebuild('counting'), /being rebuilt already/);
    await first;
  });
});
