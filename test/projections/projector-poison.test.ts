import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Projection } from '../../projections/projection.ts';
import { maxPoisonedStreams } from '../../projections/projection-run.ts';
import { rowsOf } from '../../projections/table-projection.ts';
import { counted, countingProjection } from './counting-projection.ts';
import { appendMany, closed, fullDisk, healthOf, log, seen, started } from './projector-house.ts';

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
