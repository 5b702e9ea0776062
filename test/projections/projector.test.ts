import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { ProjectionRun } from '../../projections/projection-run.ts';
import { rowsOf } from '../../projections/table-projection.ts';
import { counted, countingProjection, passedOver } from './counting-projection.ts';
import { killImage, restoreImage } from './kill-image.ts';
import { MemoryLog } from './memory-log.ts';
import {
  appendMany,
  closed,
  folder,
  fullDisk,
  healthOf,
  log,
  seen,
  setLog,
  started,
  turns,
} from './projector-house.ts';

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
    setLog(new MemoryLog(1000));
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
