/**
 * What a start finds in the volumes. The index is brought up to date from frame headers; the active volume is cut
 * behind its last frame that an event names. What is damaged before that is reported and never touched.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Uuid } from '../domain/values.ts';
import type { LocationIndex } from './location-index.ts';
import { decideCut } from './volume-cut.ts';
import {
  type Stretch,
  volumeFileName,
  volumeHeaderOctets,
  volumeNumberOf,
  walkVolume,
} from './volume-file.ts';

/** Octets that should be a frame and are none. */
export interface VolumeDamage {
  readonly file: string;
  readonly offset: number;
  readonly octets: number;
  /** The frame that lay there, where that is known. */
  readonly frame: Uuid | null;
  readonly reason: string;
}

export interface Recovery {
  /** The volume that grows on; null where the next frame begins a new one. */
  readonly active: number | null;
  readonly nextVolume: number;
  /** Octets that were cut from the active volume's end. */
  readonly cutOctets: number;
  readonly damages: readonly VolumeDamage[];
  /** Indexes that were damaged, and begun again. */
  readonly dropped: readonly DroppedIndex[];
}

export interface DroppedIndex {
  readonly file: string;
  readonly reason: string;
}

/** What the log says of frames. */
export interface NamedFrames {
  /** Does any event of the log name this frame? Asked of frames in the active volume and of missing large ones. */
  isNamed(frame: Uuid): boolean;
  /**
   * Frames that the log's newest events name, at least the last one. Where one of them is nowhere to be found, an
   * illegible end of the active volume is not taken for torn, but for damaged.
   */
  readonly newest: readonly Uuid[];
}

/** Brings index and active volume in order. */
export function recoverVolumes(folder: string, index: LocationIndex, named: NamedFrames): Recovery {
  removeUnbegun(folder);
  const volumes = volumeNumbers(folder);
  const last = volumes.at(-1) ?? null;
  const known = index.indexedOctets();
  const damages = volumes
    .slice(0, -1)
    .flatMap((volume) => enterVolume(folder, index, volume, known.get(volume)));
  const cut = last === null ? nothingToCut : cutBehindNamed(folder, index, last, named);
  const missing = [...known.keys()].filter((volume) => !volumes.includes(volume));
  damages.push(...cut.damages, ...missing.flatMap((volume) => missingVolume(folder, index, volume)));
  index.commit();
  return {
    active: cut.goesOn ? last : null,
    nextVolume: Math.max(-1, ...volumes, ...known.keys()) + 1,
    cutOctets: cut.cutOctets,
    damages,
    dropped: [],
  };
}

/** Numbers of the volumes that there are, ascending. */
export function volumeNumbers(folder: string): number[] {
  const numbers = readdirSync(folder).map(volumeNumberOf);
  return numbers.filter((number) => number !== null).sort((a, b) => a - b);
}

/** A crash while a volume was begun leaves a file without a header, and no frame in it. */
function removeUnbegun(folder: string): void {
  const last = volumeNumbers(folder).at(-1);
  if (last === undefined) return;
  const path = join(folder, volumeFileName(last));
  if (statSync(path).size < volumeHeaderOctets) unlinkSync(path);
}

function enterVolume(
  folder: string,
  index: LocationIndex,
  volume: number,
  from = volumeHeaderOctets,
): VolumeDamage[] {
  const path = join(folder, volumeFileName(volume));
  const size = statSync(path).size;
  if (from >= size) return [];
  const stretches = readStretches(path, size, from);
  enter(index, volume, stretches, size);
  return stretches.filter((stretch) => !stretch.whole).map((stretch) => damageOf(path, stretch));
}

interface Cut {
  readonly cutOctets: number;
  readonly damages: readonly VolumeDamage[];
  /** False where a named frame reaches beyond the file's end: appended octets would be taken for its own. */
  readonly goesOn: boolean;
}

const nothingToCut: Cut = { cutOctets: 0, damages: [], goesOn: false };

function cutBehindNamed(folder: string, index: LocationIndex, volume: number, named: NamedFrames): Cut {
  const path = join(folder, volumeFileName(volume));
  const size = statSync(path).size;
  const stretches = readStretches(path, size, volumeHeaderOctets);
  const legible = new Set(stretches.map(({ header }) => header?.frame));
  const { keepOctets, damaged } = decideCut({
    stretches,
    indexed: index.ofVolume(volume, Number.MAX_SAFE_INTEGER),
    isNamed: named.isNamed,
    isFrameMissing: named.newest.some((frame) => !legible.has(frame) && index.get(frame) === null),
  });
  if (keepOctets < size) truncate(path, keepOctets);
  index.forgetBehind(volume, keepOctets);
  enter(
    index,
    volume,
    stretches.filter(({ offset }) => offset < keepOctets),
    Math.min(size, keepOctets),
  );
  return {
    cutOctets: Math.max(0, size - keepOctets),
    damages: damaged.map((stretch) => damageOf(path, stretch)),
    goesOn: keepOctets <= size,
  };
}

function readStretches(path: string, size: number, from: number): Stretch[] {
  const file = openSync(path, 'r');
  try {
    return [...walkVolume(file, size, from)];
  } finally {
    closeSync(file);
  }
}

function truncate(path: string, octets: number): void {
  chmodSync(path, 0o600); // a crash may have come between its last sync and the next volume
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, octets);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function enter(index: LocationIndex, volume: number, stretches: readonly Stretch[], size: number): void {
  for (const { header, whole, offset, octets } of stretches) {
    if (header === null || !whole) continue;
    const { frame, address, blobOctets } = header;
    index.found({ frame, address, blobOctets, volume, offset, octets });
  }
  index.setIndexedOctets(volume, size);
}

/** Compacting removes a volume when it has no living frame; one that is gone with living frames was lost. */
function missingVolume(folder: string, index: LocationIndex, volume: number): VolumeDamage[] {
  if (index.ofVolume(volume, 1).length > 0) {
    const file = join(folder, volumeFileName(volume));
    return [{ file, offset: 0, octets: 0, frame: null, reason: 'the volume is missing' }];
  }
  index.forgetVolume(volume);
  return [];
}

function damageOf(file: string, { offset, octets, header }: Stretch): VolumeDamage {
  const reason = header === null ? 'no frame is legible here' : 'the frame is cut short';
  return { file, offset, octets, frame: header?.frame ?? null, reason };
}
