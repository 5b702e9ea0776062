/** What the volume engine does beyond the port: files, manifests, compacting. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { FrameMissing } from '../../services/blob-store/blob-store.ts';
import { readBlob } from '../../services/blob-store/read-blob.ts';
import { decodeVolumeHeader } from '../../services/blob-store/volume-file.ts';
import type { VolumeWriterOptions } from '../../services/blob-store/volume-writer.ts';
import { makeFrame, mixedBlob } from '../contracts/blob-store.contract.ts';
import {
  asKilledNow,
  flipOctet,
  logId,
  makeVolumeFolder,
  openVolumes,
  removeVolumeFolders,
} from './volume-house.ts';

let folder: string;
beforeEach(() => {
  folder = makeVolumeFolder();
});
after(removeVolumeFolders);

const maxVolumeOctets = 50_000;
const volumeNames = (of = folder) =>
  readdirSync(of)
    .filter((name) => name.endsWith('.vol'))
    .sort();

/** Steps that the engine puts off are done when the test says so. */
function deferring(): { defer: NonNullable<VolumeWriterOptions['defer']>; runAll(): void } {
  const steps: (() => void)[] = [];
  return {
    defer: (step) => steps.push(step),
    runAll: () => {
      for (let step = steps.shift(); step; step = steps.shift()) step();
    },
  };
}

describe('volume files', () => {
  test('begin with a header and hold frames back to back', async () => {
    const open = openVolumes(folder);
    assert.deepEqual(volumeNames(), []);
    const frames = [makeFrame(mixedBlob(2000)), makeFrame(mixedBlob(100_000)), makeFrame(Buffer.alloc(0))];
    for (const { sealed } of frames) await open.store.put(sealed);
    await open.close();
    const file = readFileSync(join(folder, '00000000.vol'));
    const header = decodeVolumeHeader(file)!;
    assert.deepEqual([header.volume, header.logId], [0, logId]);
    assert.ok(Math.abs(header.createdAt - Date.now()) < 60_000);
    assert.deepEqual(file.subarray(32), Buffer.concat(frames.map(({ octets }) => octets)));
  });

  test('are read-only with a manifest once they are full', async () => {
    const { defer, runAll } = deferring();
    const open = openVolumes(folder, { maxVolumeOctets, defer });
    const frames = Array.from({ length: 4 }, () => makeFrame(mixedBlob(50_000)));
    for (const { sealed } of frames) await open.store.put(sealed);
    runAll();
    assert.deepEqual(volumeNames(), ['00000000.vol', '00000001.vol']);
    const path = join(folder, '00000000.vol');
    assert.equal(statSync(path).mode & 0o222, 0);
    const octets = readFileSync(path);
    const [first, second] = frames.map(({ sealed, octets }) => ({
      frame: sealed.frame,
      octets: octets.length,
    }));
    assert.deepEqual(JSON.parse(readFileSync(join(folder, '00000000.json'), 'utf8')), {
      v: 1,
      volume: 0,
      octets: octets.length,
      sha256: createHash('sha256').update(octets).digest('hex'),
      frames: [
        [first!.frame, 32, first!.octets],
        [second!.frame, 32 + first!.octets, second!.octets],
      ],
    });
    await open.close();
  });

  test('that were full when a kill came get their manifest after the start', async () => {
    const open = openVolumes(folder, { maxVolumeOctets, defer: () => {} });
    for (let i = 0; i < 5; i++) await open.store.put(makeFrame(mixedBlob(50_000)).sealed);
    const left = asKilledNow(folder);
    await open.close();
    assert.equal(readdirSync(left).filter((name) => name.endsWith('.json')).length, 0);
    const { defer, runAll } = deferring();
    const again = openVolumes(left, { maxVolumeOctets, defer });
    runAll();
    assert.deepEqual(
      readdirSync(left).filter((name) => name.endsWith('.json')),
      ['00000000.json', '00000001.json'],
    );
    await again.close();
  });

  test('with damage in them get no manifest', async () => {
    const { defer, runAll } = deferring();
    const open = openVolumes(folder, { maxVolumeOctets, defer });
    for (let i = 0; i < 3; i++) await open.store.put(makeFrame(mixedBlob(50_000)).sealed);
    flipOctet(join(folder, '00000000.vol'), 40);
    runAll();
    assert.equal(existsSync(join(folder, '00000000.json')), false);
    await open.close();
  });

  test('that cannot be written keep what they had', async () => {
    const open = openVolumes(folder);
    const made = makeFrame(mixedBlob(2000));
    await open.store.put(made.sealed);
    const broken = makeFrame(mixedBlob(3000)).sealed;
    await assert.rejects(
      open.store.put({ ...broken, content: { file: 'nothing.frame', octets: 5 } }),
      /ENOENT/,
    );
    assert.deepEqual(Buffer.from(await readBlob(open.store, made.sealed.frame, made.key)), made.blob);
    await open.close();
  });
});

describe('large frames', () => {
  test('have a read-only file of their own, which removing frees at once', async () => {
    const open = openVolumes(folder);
    const made = makeFrame(mixedBlob(100_000));
    const file = join(open.store.incoming, 'any-name');
    writeFileSync(file, made.octets);
    await open.store.put({ ...made.sealed, content: { file, octets: made.octets.length } });
    open.writer.syncBeforeLog();
    const path = join(folder, 'large', `${made.sealed.frame}.frame`);
    assert.equal(existsSync(file), false);
    assert.equal(statSync(path).mode & 0o222, 0);
    assert.deepEqual(readFileSync(path), made.octets);
    await open.store.read(made.sealed.frame, 0, 10);
    await open.store.remove(made.sealed.frame);
    assert.equal(existsSync(path), false);
    await open.close();
  });

  test('are taken out of the folder for arrivals only', async () => {
    const open = openVolumes(folder);
    const made = makeFrame(mixedBlob(1000));
    const outside = join(makeVolumeFolder(), 'outside.frame');
    writeFileSync(outside, made.octets);
    await assert.rejects(
      open.store.put({ ...made.sealed, content: { file: outside, octets: made.octets.length } }),
    );
    assert.equal(existsSync(outside), true);
    await open.close();
  });

  test('that never arrived wholly are gone at the next start', async () => {
    await openVolumes(folder).close();
    const rest = join(folder, 'incoming', 'half.frame');
    writeFileSync(rest, 'half');
    await openVolumes(folder).close();
    assert.equal(existsSync(rest), false);
  });
});

describe('structure facts', () => {
  test('are found for the version of the scanner that took them, at once and after a restart', async () => {
    let open = openVolumes(folder);
    const [first, second] = [makeFrame(mixedBlob(10)), makeFrame(mixedBlob(20))];
    await open.store.put({
      ...first.sealed,
      structure: { scanner: 3, sealed: Buffer.from('facts of the first') },
    });
    await open.store.put(second.sealed);
    const [one, two] = [first.sealed.frame, second.sealed.frame];
    const texts = async (scanner: number) =>
      (await open.store.structures([two, one, randomUUID()], scanner)).map(
        (facts) => facts && Buffer.from(facts).toString(),
      );
    assert.deepEqual(await texts(3), [null, 'facts of the first', null]);
    assert.deepEqual(await texts(4), [null, null, null]);
    await open.store.keepStructure(two, 4, Buffer.from('facts of the second'));
    await open.store.keepStructure(one, 4, Buffer.from('newer facts'));
    assert.deepEqual(await texts(4), ['facts of the second', 'newer facts', null]);
    await open.close();
    open = openVolumes(folder);
    assert.deepEqual(await texts(4), ['facts of the second', 'newer facts', null]);
    await open.store.remove(one);
    assert.deepEqual(await texts(4), ['facts of the second', null, null]);
    await open.close();
  });

  test('are a cache: a file that is none is begun anew', async () => {
    await openVolumes(folder).close();
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(folder, `structures.sqlite${suffix}`), { force: true });
    writeFileSync(
      join(folder, 'structures.sqlite'),
      'this is no database, but long enough to look at'.repeat(100),
    );
    const open = openVolumes(folder);
    assert.deepEqual(await open.store.structures([randomUUID()], 1), [null]);
    await open.close();
  });
});

describe('compacting', () => {
  async function filled(count: number) {
    const open = openVolumes(folder, { maxVolumeOctets });
    const frames = Array.from({ length: count }, () => makeFrame(mixedBlob(20_000)));
    for (const { sealed } of frames) await open.store.put(sealed);
    return { open, frames };
  }

  test('frees removed frames and keeps every other, also after a restart without its index', async () => {
    const { open, frames } = await filled(14);
    // Where they lay when they were read, once the index had them, must not be believed afterwards.
    await open.store.usage();
    for (const { sealed } of frames) await open.store.read(sealed.frame, 0, 1);
    const removed = frames.filter((_, i) => i % 3 === 0);
    for (const { sealed } of removed) await open.store.remove(sealed.frame);
    for (const { sealed } of removed)
      await assert.rejects(async () => open.store.read(sealed.frame, 0, 1), FrameMissing);
    const before = volumeNames();
    const usage = await open.store.usage();
    assert.deepEqual(
      usage.map(({ volume }) => volume),
      [0, 1, 2],
    );
    assert.ok(usage.every(({ removedOctets, octets }) => removedOctets > 0 && removedOctets < octets));
    for (const { volume } of usage) await open.store.compact(volume);
    const check = async (store: typeof open.store) => {
      for (const made of frames) {
        const { frame } = made.sealed;
        if (removed.includes(made)) await assert.rejects(async () => store.read(frame, 0, 1), FrameMissing);
        else assert.deepEqual(Buffer.from(await readBlob(store, frame, made.key)), made.blob);
      }
    };
    await check(open.store);
    assert.ok(volumeNames().every((name) => !before.includes(name)));
    const octets = Buffer.concat(volumeNames().map((name) => readFileSync(join(folder, name))));
    for (const made of removed) assert.equal(octets.includes(made.octets.subarray(96, 300)), false);
    await open.close();
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(folder, `location.sqlite${suffix}`), { force: true });
    const again = openVolumes(folder, { maxVolumeOctets });
    assert.deepEqual(again.writer.recovery.damages, []);
    await check(again.store);
    await again.close();
  });

  test('does not lose what is put or read meanwhile', async () => {
    const { open, frames } = await filled(3);
    const made = makeFrame(mixedBlob(3000));
    const reads = frames.map(({ sealed, key }) => readBlob(open.store, sealed.frame, key));
    await Promise.all([open.store.compact(0), open.store.put(made.sealed), ...reads]);
    for (const { sealed, key, blob } of [...frames, made]) {
      assert.deepEqual(Buffer.from(await readBlob(open.store, sealed.frame, key)), blob);
    }
    await open.close();
  });

  test('of the volume that grows moves on to the next one', async () => {
    const { open, frames } = await filled(1);
    await open.store.remove(frames[0]!.sealed.frame);
    await open.store.compact(0);
    assert.deepEqual(volumeNames(), ['00000001.vol']);
    await open.close();
    await openVolumes(folder).close();
    assert.deepEqual(volumeNames(), ['00000001.vol']);
  });

  test('stops at a damaged frame and keeps the volume', async () => {
    const { open, frames } = await filled(4);
    const [path, offset] = (await open.store.place(frames[1]!.sealed.frame)).split(' at ') as [
      string,
      string,
    ];
    flipOctet(path, Number(offset) + 30);
    await assert.rejects(open.store.compact(0), /damaged/);
    assert.ok(existsSync(path));
    for (const { sealed, key, blob } of [frames[0]!, frames[2]!, frames[3]!]) {
      assert.deepEqual(Buffer.from(await readBlob(open.store, sealed.frame, key)), blob);
    }
    await open.close();
  });

  test('may be killed after any step', async () => {
    const { open, frames } = await filled(9);
    for (let i = 0; i < 9; i += 2) await open.store.remove(frames[i]!.sealed.frame);
    const living = frames.filter((_, i) => i % 2 === 1);
    for (let step = 0; step < 4; step++) {
      if (step > 0) open.writer.handle({ ask: 'compact', volume: 0 });
      const left = asKilledNow(folder);
      const again = openVolumes(left, { maxVolumeOctets });
      assert.deepEqual(again.writer.recovery.damages, [], `step ${step}`);
      for (const { sealed, key, blob } of living) {
        assert.deepEqual(Buffer.from(await readBlob(again.store, sealed.frame, key)), blob, `step ${step}`);
        assert.deepEqual(await again.store.find(sealed.address), [sealed.frame]);
      }
      await again.close();
    }
    await open.close();
  });
});
