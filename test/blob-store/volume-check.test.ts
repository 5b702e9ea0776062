/** Volume headers and the manifests of full volumes, held against the files. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checkVolumes } from '../../services/blob-store/volume-check.ts';
import { makeFrame } from '../contracts/blob-store.contract.ts';
import { logId, makeVolumeFolder, openVolumes, removeVolumeFolders } from './volume-house.ts';

let folder: string;

before(async () => {
  folder = makeVolumeFolder();
  const steps: (() => void)[] = [];
  const open = openVolumes(folder, { maxVolumeOctets: 9000, defer: (step) => steps.push(step) });
  for (let i = 0; i < 7; i++) await open.store.put(makeFrame(randomBytes(4000)).sealed);
  for (let step = steps.shift(); step; step = steps.shift()) step();
  await open.close();
});
after(removeVolumeFolders);

const path = (name: string): string => join(folder, name);

async function found(id: string | null = logId): Promise<string[]> {
  return Array.fromAsync(
    checkVolumes(folder, id, () => {}),
    ({ file, text }) => `${file.slice(folder.length + 1)}: ${text}`,
  );
}

/** What is found while a file is another. */
async function foundWith(name: string, change: (octets: Buffer) => Buffer): Promise<string[]> {
  const octets = readFileSync(path(name));
  chmodSync(path(name), 0o600);
  writeFileSync(path(name), change(Buffer.from(octets)));
  const problems = await found();
  writeFileSync(path(name), octets);
  return problems;
}

const flipped =
  (place: number) =>
  (octets: Buffer): Buffer => {
    octets[place]! ^= 1;
    return octets;
  };

describe('the check of volumes', () => {
  test('finds nothing in sound ones, and counts them', async () => {
    const steps: number[][] = [];
    const problems = await Array.fromAsync(checkVolumes(folder, logId, (...step) => steps.push(step)));
    assert.deepEqual(problems, []);
    assert.equal(steps.length, steps.at(-1)![1]);
    assert.ok(steps.length >= 3, 'full ones and the active one');
    assert.deepEqual(await found(null), []);
  });

  test('finds every octet of a full volume that was changed', async () => {
    const { length } = readFileSync(path('00000000.vol'));
    for (const place of [0, 5, 12, 25, 40, 200, 5000, length - 1]) {
      const problems = await foundWith('00000000.vol', flipped(place));
      assert.ok(
        problems.some((each) => each.startsWith('00000000.vol: its octets are not those')),
        `octet ${place}: ${problems}`,
      );
      assert.equal(problems.length, place < 24 ? 2 : 1, 'the header says it as well');
    }
    assert.match(
      (await foundWith('00000000.vol', (octets) => octets.subarray(0, -1)))[0]!,
      /and had \d+ when/,
    );
  });

  test('finds the header of the active volume changed', async () => {
    const last = '00000002.vol';
    assert.match((await foundWith(last, flipped(2)))[0]!, /00000002\.vol: it does not begin as a volume/);
    assert.match((await foundWith(last, flipped(7)))[0]!, /says that it is volume 3/);
    assert.match((await foundWith(last, flipped(9)))[0]!, /belongs to another log/);
  });

  test('finds every octet of a manifest that was changed', async () => {
    const { length } = readFileSync(path('00000001.json'));
    for (let place = 0; place < length; place++) {
      const problems = await foundWith('00000001.json', flipped(place));
      assert.equal(problems.length, 1, `octet ${place}: ${problems}`);
      assert.match(problems[0]!, /^00000001\.vol: /);
    }
  });

  test('finds volumes exchanged, and those of another log', async () => {
    renameSync(path('00000000.vol'), path('kept'));
    writeFileSync(path('00000000.vol'), readFileSync(path('00000001.vol')));
    const problems = await found();
    rmSync(path('00000000.vol'));
    renameSync(path('kept'), path('00000000.vol'));
    assert.match(problems[0]!, /^00000000\.vol: it says that it is volume 1$/);
    assert.ok((await found(randomUUID())).every((each) => /belongs to another log/.test(each)));
  });
});
