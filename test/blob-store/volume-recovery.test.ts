/** What a start makes of what a crash, or worse, has left. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { FrameDamaged, FrameMissing } from '../../services/blob-store/blob-store.ts';
import { readBlob } from '../../services/blob-store/read-blob.ts';
import type { VolumeWriterOptions } from '../../services/blob-store/volume-writer.ts';
import { makeFrame, mixedBlob } from '../contracts/blob-store.contract.ts';
import {
  asKilledNow,
  flipOctet,
  makeVolumeFolder,
  type OpenVolumes,
  openVolumes,
  removeVolumeFolders,
} from './volume-house.ts';

type Made = ReturnType<typeof makeFrame>;

let folder: string;
let frames: Made[];
let volume: string;

/** Six frames in one volume, and the process killed before it could close anything. */
beforeEach(async () => {
  const made = makeVolumeFolder();
  const open = openVolumes(made);
  frames = Array.from({ length: 6 }, (_, i) => makeFrame(mixedBlob(5000 + i)));
  for (const { sealed } of frames) await open.store.put(sealed);
  open.writer.handle({ ask: 'commitIndex' });
  folder = asKilledNow(made);
  volume = join(folder, '00000000.vol');
  await open.close();
});
after(removeVolumeFolders);

const named = (...indices: number[]) => {
  const names = new Set(indices.map((index) => frames[index]!.sealed.frame));
  return { isNamed: (frame: string) => names.has(frame), newest: [...names] };
};

/** Octets of the volume with the first `count` frames. */
const octetsOf = (count: number) =>
  frames.slice(0, count).reduce((sum, { octets }) => sum + octets.length, 32);

function dropIndex(): void {
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(folder, `location.sqlite${suffix}`), { force: true });
}

async function reopened(
  options: Partial<VolumeWriterOptions>,
  use: (open: OpenVolumes) => Promise<void>,
): Promise<void> {
  const open = openVolumes(folder, options);
  try {
    await use(open);
  } finally {
    await open.close();
  }
}

async function assertKept(
  { store }: OpenVolumes,
  kept: readonly Made[],
  gone: readonly Made[],
): Promise<void> {
  for (const { sealed, key, blob } of kept) {
    assert.deepEqual(Buffer.from(await readBlob(store, sealed.frame, key)), blob);
    assert.deepEqual(await store.find(sealed.address), [sealed.frame]);
  }
  for (const { sealed } of gone) {
    await assert.rejects(async () => store.read(sealed.frame, 0, 1), FrameMissing);
    assert.deepEqual(await store.find(sealed.address), []);
  }
}

async function assertDamagedAtEnd(open: OpenVolumes, offset: number): Promise<void> {
  assert.equal(open.writer.recovery.cutOctets, 0);
  assert.deepEqual(
    open.writer.recovery.damages.map((damage) => damage.offset),
    [offset],
  );
  await assertGoesOn(open, frames.slice(0, 5));
}

/** A further frame goes behind, and another start finds all of it. */
async function assertGoesOn(open: OpenVolumes, kept: readonly Made[]): Promise<void> {
  const next = makeFrame(mixedBlob(7000));
  await open.store.put(next.sealed);
  await assertKept(open, [...kept, next], []);
  const left = asKilledNow(folder);
  const again = openVolumes(left);
  await assertKept(again, [...kept, next], []);
  await again.close();
}

for (const index of ['with its index', 'without an index'] as const) {
  describe(`a start after a kill, ${index}`, () => {
    beforeEach(() => {
      if (index === 'without an index') dropIndex();
    });

    test('keeps what events name', () =>
      reopened({}, async (open) => {
        assert.deepEqual(open.writer.recovery.damages, []);
        assert.equal(open.writer.recovery.cutOctets, 0);
        await assertKept(open, frames, []);
        await assertGoesOn(open, frames);
      }));

    test('cuts behind the last frame that an event names', () =>
      reopened({ named: named(0, 3) }, async (open) => {
        assert.equal(open.writer.recovery.cutOctets, octetsOf(6) - octetsOf(4));
        assert.deepEqual(open.writer.recovery.damages, []);
        assert.equal(statSync(volume).size, octetsOf(4));
        await assertKept(open, frames.slice(0, 4), frames.slice(4));
        await assertGoesOn(open, frames.slice(0, 4));
      }));

    test('keeps nothing where no event names anything', () =>
      reopened({ named: named() }, async (open) => {
        assert.equal(statSync(volume).size, 32);
        await assertKept(open, [], frames);
        await assertGoesOn(open, []);
      }));

    for (const [name, tear] of [
      ['half a frame', () => truncateSync(volume, octetsOf(5) + 500)],
      ['half a header', () => truncateSync(volume, octetsOf(5) + 50)],
      [
        'zeros',
        () => {
          truncateSync(volume, octetsOf(5));
          appendFileSync(volume, Buffer.alloc(9000));
        },
      ],
      [
        'a frame whose header did not reach the disk',
        () => {
          const octets = readFileSync(volume);
          octets.fill(0, octetsOf(5), octetsOf(5) + 300);
          writeFileSync(volume, octets);
        },
      ],
    ] as const) {
      test(`cuts a torn tail: ${name}`, () => {
        tear();
        return reopened({ named: named(4) }, async (open) => {
          assert.deepEqual(open.writer.recovery.damages, []);
          assert.equal(statSync(volume).size, octetsOf(5));
          await assertKept(open, frames.slice(0, 5), frames.slice(5));
          await assertGoesOn(open, frames.slice(0, 5));
        });
      });
    }

    test('names damage before the last named frame, and cuts nothing of it', () => {
      flipOctet(volume, octetsOf(2) + 10);
      return reopened({ named: named(0, 1, 2, 3, 4) }, async (open) => {
        const [damage, ...others] = open.writer.recovery.damages;
        assert.deepEqual(others, []);
        assert.deepEqual([damage!.file, damage!.offset], [volume, octetsOf(2)]);
        assert.equal(damage!.octets, frames[2]!.octets.length);
        assert.equal(statSync(volume).size, octetsOf(5));
        await assertKept(
          open,
          [0, 1, 3, 4].map((i) => frames[i]!),
          [frames[5]!],
        );
        await assertGoesOn(
          open,
          [0, 1, 3, 4].map((i) => frames[i]!),
        );
      });
    });

    test('names a frame that an event names and that is cut short, and appends nothing behind it', () => {
      truncateSync(volume, octetsOf(5) + 500);
      return reopened({ named: named(0, 5) }, async (open) => {
        const [damage, ...others] = open.writer.recovery.damages;
        assert.deepEqual(others, []);
        assert.deepEqual([damage!.offset, damage!.frame], [octetsOf(5), frames[5]!.sealed.frame]);
        assert.equal(statSync(volume).size, octetsOf(5) + 500);
        await assertGoesOn(open, frames.slice(0, 5));
        assert.equal(statSync(volume).size, octetsOf(5) + 500);
      });
    });

    test('goes on where a volume was only just begun', () => {
      writeFileSync(join(folder, '00000001.vol'), 'MVOL');
      return reopened({}, async (open) => {
        assert.equal(existsSync(join(folder, '00000001.vol')), false);
        await assertKept(open, frames, []);
        await assertGoesOn(open, frames);
      });
    });
  });
}

describe('a start', () => {
  test('keeps a named frame whose header is damaged at the very end: the index knows it', async () => {
    flipOctet(volume, octetsOf(5) + 10);
    const isNamed = named(0, 5).isNamed;
    await reopened({ named: { isNamed, newest: [] } }, (open) => assertDamagedAtEnd(open, octetsOf(5)));
  });

  test('keeps an illegible end where a frame is missing that an event names', () => {
    dropIndex();
    flipOctet(volume, octetsOf(5) + 10);
    return reopened({ named: named(0, 5) }, (open) => assertDamagedAtEnd(open, octetsOf(5)));
  });

  test('forgets a volume that compacting had removed just before a kill', async () => {
    const removeAll = ({ store }: OpenVolumes) =>
      Promise.all(frames.map(({ sealed }) => store.remove(sealed.frame)));
    await reopened({}, async (open) => void (await removeAll(open)));
    rmSync(volume);
    await reopened({}, async (open) => {
      assert.deepEqual(open.writer.recovery.damages, []);
      assert.deepEqual(await open.store.usage(), []);
      await assertGoesOn(open, []);
    });
  });

  test('makes a new index where the old one is no database', () => {
    dropIndex();
    writeFileSync(join(folder, 'location.sqlite'), 'no database'.repeat(1000));
    return reopened({}, (open) => assertKept(open, frames, []));
  });

  test('reads full volumes only where the index does not know them', async () => {
    const many = makeVolumeFolder();
    const open = openVolumes(many, { maxVolumeOctets: 12_000 });
    const kept = Array.from({ length: 20 }, () => makeFrame(mixedBlob(5000)));
    for (const { sealed } of kept) await open.store.put(sealed);
    folder = asKilledNow(many);
    await open.close();
    await reopened({ maxVolumeOctets: 12_000 }, (again) => assertKept(again, kept, []));
    dropIndex();
    await reopened({ maxVolumeOctets: 12_000 }, (again) => assertKept(again, kept, []));
    rmSync(join(folder, '00000001.vol'));
    await reopened({ maxVolumeOctets: 12_000 }, async (again) => {
      assert.deepEqual(
        again.writer.recovery.damages.map(({ file, reason }) => [file, reason]),
        [[join(folder, '00000001.vol'), 'the volume is missing']],
      );
      const lost = kept[15]!.sealed.frame;
      const place = await again.store.place(lost);
      await assert.rejects(
        async () => again.store.read(lost, 0, 10),
        (error) => {
          return error instanceof FrameDamaged && error.damage.place === place && error.damage.frame === lost;
        },
      );
    });
  });

  test('finds large frames by their files, and misses named ones', async () => {
    const made = makeFrame(mixedBlob(30_000));
    await reopened({}, async ({ store }) => {
      const file = join(store.incoming, 'x');
      writeFileSync(file, made.octets);
      await store.put({ ...made.sealed, content: { file, octets: made.octets.length } });
    });
    dropIndex();
    await reopened({}, (open) => assertKept(open, [...frames, made], []));
    const path = join(folder, 'large', `${made.sealed.frame}.frame`);
    rmSync(path);
    await reopened({}, async (open) => {
      assert.deepEqual(
        open.writer.recovery.damages.map(({ file }) => file),
        [path],
      );
    });
    await reopened({ named: named(0) }, async (open) => {
      assert.deepEqual(open.writer.recovery.damages, []);
      await assertKept(open, [], [made]);
    });
    writeFileSync(path, made.octets.subarray(0, 500));
    await reopened({}, async (open) => {
      assert.deepEqual(
        open.writer.recovery.damages.map(({ file, frame }) => [file, frame]),
        [[path, null]],
      );
    });
  });
});
