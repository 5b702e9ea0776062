/**
 * Manifests of full volumes (`docs/formats.md` §Volume). Hashing 256 MiB takes about a second, so it goes on in
 * small steps between the keeper's groups; a volume whose manifest a stop prevented gets it after the next start.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from './active-volume.ts';
import { manifestFileName, volumeFileName, walkVolume } from './volume-file.ts';
import { manifestText } from './volume-manifest.ts';

const stepOctets = 256 * 1024;

/** Runs a step soon, when nothing more urgent waits. */
export type Defer = (step: () => void) => void;

export class VolumeManifests {
  readonly #folder: string;
  readonly #defer: Defer;
  #waiting: number[] = [];
  #hashing: VolumeHash | null = null;

  constructor(folder: string, defer: Defer) {
    this.#folder = folder;
    this.#defer = defer;
  }

  /** The volume will not change any more. */
  add(volume: number): void {
    if (existsSync(join(this.#folder, manifestFileName(volume)))) return;
    this.#waiting.push(volume);
    if (this.#waiting.length === 1) this.#defer(() => this.#step());
  }

  /** The volume is about to be removed. */
  drop(volume: number): void {
    if (this.#waiting[0] === volume) this.#stopHashing();
    this.#waiting = this.#waiting.filter((each) => each !== volume);
  }

  close(): void {
    this.#stopHashing();
    this.#waiting = [];
  }

  #step(): void {
    const volume = this.#waiting[0];
    if (volume === undefined) return;
    this.#hashing ??= new VolumeHash(join(this.#folder, volumeFileName(volume)));
    if (this.#hashing.step()) {
      this.#write(volume, this.#hashing);
      this.drop(volume);
    }
    if (this.#waiting.length > 0) this.#defer(() => this.#step());
  }

  /** A volume with damage in it gets no manifest: nothing may vouch for it. */
  #write(volume: number, hash: VolumeHash): void {
    const frames = hash.frames();
    if (frames === null) return;
    const path = join(this.#folder, manifestFileName(volume));
    const text = manifestText({ volume, octets: hash.octets, sha256: hash.digest(), frames });
    const file = openSync(`${path}.new`, 'w', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
    syncFolder(this.#folder);
  }

  #stopHashing(): void {
    this.#hashing?.close();
    this.#hashing = null;
  }
}

/** SHA-256 of a whole volume, some octets at a time. */
class VolumeHash {
  readonly octets: number;
  readonly #file: number;
  readonly #hash: Hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafeSlow(stepOctets);
  #hashed = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.octets = statSync(path).size;
  }

  /** True when everything is hashed. */
  step(): boolean {
    const read = readSync(this.#file, this.#buffer, 0, stepOctets, this.#hashed);
    this.#hash.update(this.#buffer.subarray(0, read));
    this.#hashed += read;
    return this.#hashed >= this.octets || read === 0;
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  /** Frame, offset and octets of each frame; null where something else lies between them. */
  frames(): [string, number, number][] | null {
    const frames: [string, number, number][] = [];
    for (const { header, whole, offset, octets } of walkVolume(this.#file, this.octets)) {
      if (header === null || !whole) return null;
      frames.push([header.frame, offset, octets]);
    }
    return frames;
  }

  close(): void {
    closeSync(this.#file);
  }
}
