import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { maxPoisonedStreams } from '../../projections/projection-run.ts';
import { rowsOf } from '../../projections/table-projection.ts';
import type { LoggedEvent } from '../../services/domain/event.ts';
import { counted, countingProjection } from './counting-projection.ts';
import { killImage, restoreImage } from './kill-image.ts';
import { appendMany, closed, folder, healthOf, log, seen, started, turns } from './projector-house.ts';

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
