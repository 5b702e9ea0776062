/** Frames of mails over 8 MiB: each a file of its own, written by the scanner and moved into place here. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Uuid } from '../domain/values.ts';
import { syncFolder } from './active-volume.ts';
import { decodeFrameHeader, type FrameHeader, frameHeaderOctets, frameOctets } from './frame.ts';
import type { IndexedFrame, LocationIndex } from './location-index.ts';
import { largeFrameFileName } from './volume-file.ts';
import type { NamedFrames, VolumeDamage } from './volume-recovery.ts';

const readOnly = 0o400;

export class LargeFrames {
  readonly #folder: string;
  readonly #incoming: string;
  /** Moved, but not yet on disk. */
  #unsynced: string[] = [];
  #folderIsDirty = false;

  constructor(folder: string, incoming: string) {
    this.#folder = folder;
    this.#incoming = incoming;
  }

  /** Header of a file that waits in `incoming` (null where there is none), and the file's octets. */
  headerOf(file: string): [FrameHeader | null, number] {
    const path = this.#waiting(file);
    return [readHeader(path), statSync(path).size];
  }

  /** Moves the file into place: from now on it can be read. */
  adopt(frame: Uuid, file: string): void {
    const path = join(this.#folder, largeFrameFileName(frame));
    chmodSync(this.#waiting(file), readOnly);
    renameSync(this.#waiting(file), path);
    this.#unsynced.push(path);
    this.#folderIsDirty = true;
  }

  /** Frees the octets at once. */
  remove(frame: Uuid): void {
    rmSync(join(this.#folder, largeFrameFileName(frame)), { force: true });
    this.#unsynced = this.#unsynced.filter((path) => basename(path) !== largeFrameFileName(frame));
    syncFolder(this.#folder);
  }

  /** The scanner has brought the octets to disk already, so this waits for little more than the folder. */
  sync(): void {
    for (const path of this.#unsynced) syncFile(path);
    if (this.#folderIsDirty) syncFolder(this.#folder);
    this.#unsynced = [];
    this.#folderIsDirty = false;
  }

  /** Brings the index in line with the files. Files that nobody names stay: no start frees what it may not. */
  recover(index: LocationIndex, named: NamedFrames): VolumeDamage[] {
    const known = new Set(index.large());
    const unknown = readdirSync(this.#folder).filter((name) => !known.has(name.replace(/\.frame$/, '')));
    return [
      ...unknown.flatMap((name) => enterFile(index, join(this.#folder, name))),
      ...[...known].flatMap((frame) => this.#missing(index, frame, named)),
    ];
  }

  #missing(index: LocationIndex, frame: Uuid, named: NamedFrames): VolumeDamage[] {
    const file = join(this.#folder, largeFrameFileName(frame));
    if (existsSync(file)) return [];
    if (named.isNamed(frame)) return [{ file, offset: 0, octets: 0, frame, reason: 'the file is missing' }];
    index.forget(frame);
    return [];
  }

  /** Whatever path the command names, only a file of `incoming` is meant. */
  #waiting(file: string): string {
    return join(this.#incoming, basename(file));
  }
}

function enterFile(index: LocationIndex, file: string): VolumeDamage[] {
  const header = readHeader(file);
  const octets = statSync(file).size;
  if (
    header === null ||
    frameOctets(header) !== octets ||
    basename(file) !== largeFrameFileName(header.frame)
  ) {
    return [{ file, offset: 0, octets, frame: null, reason: 'the file is not the frame that its name says' }];
  }
  index.found(largeFrame(header));
  return [];
}

/** The index entry of a frame with a file of its own. */
export function largeFrame(header: FrameHeader): IndexedFrame {
  const { frame, address, blobOctets } = header;
  return { frame, address, blobOctets, volume: null, offset: 0, octets: frameOctets(header) };
}

function readHeader(path: string): FrameHeader | null {
  const octets = Buffer.alloc(frameHeaderOctets);
  const file = openSync(path, 'r');
  try {
    readSync(file, octets, 0, frameHeaderOctets, 0);
  } finally {
    closeSync(file);
  }
  return decodeFrameHeader(octets);
}

function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
