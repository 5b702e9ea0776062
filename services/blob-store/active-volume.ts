/** The one volume that grows. Frames are appended as they come; `sync` brings them to disk together. */
import {
  chmodSync,
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { encodeVolumeHeader, type VolumeHeader, volumeHeaderOctets } from './volume-file.ts';

const ownerOnly = 0o600;
const readOnly = 0o400;

/** Brings a folder's entries to disk: a file is not there after a power cut before its folder is. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export class ActiveVolume {
  readonly volume: number;
  readonly #path: string;
  readonly #file: number;
  #octets: number;
  #isDirty: boolean;
  #folderIsDirty: boolean;

  private constructor(volume: number, path: string, file: number, octets: number, isNew: boolean) {
    this.volume = volume;
    this.#path = path;
    this.#file = file;
    this.#octets = octets;
    this.#isDirty = isNew;
    this.#folderIsDirty = isNew;
  }

  static create(path: string, header: VolumeHeader): ActiveVolume {
    const file = openSync(path, 'wx', ownerOnly);
    writeSync(file, encodeVolumeHeader(header), 0, volumeHeaderOctets, 0);
    return new ActiveVolume(header.volume, path, file, volumeHeaderOctets, true);
  }

  /** Goes on behind what recovery left of the volume. */
  static continue(path: string, volume: number): ActiveVolume {
    chmodSync(path, ownerOnly);
    const file = openSync(path, 'r+');
    return new ActiveVolume(volume, path, file, fstatSync(file).size, false);
  }

  /** Octets that are in use: the next frame begins here. */
  get octets(): number {
    return this.#octets;
  }

  /** Writes a frame and says at which offset. Not on disk before `sync`. */
  append(frame: Uint8Array): number {
    const offset = this.#octets;
    this.#isDirty = true;
    try {
      for (let written = 0; written < frame.length; ) {
        written += writeSync(this.#file, frame, written, frame.length - written, offset + written);
      }
    } catch (error) {
      ftruncateSync(this.#file, offset); // half a frame must not lie between whole ones
      throw error;
    }
    this.#octets += frame.length;
    return offset;
  }

  /** Begins to bring the octets to disk on another thread; null where they are there. `sync` does the rest. */
  beginSync(): Promise<void> | null {
    if (!this.#isDirty) return null;
    this.#isDirty = false;
    return promisify(fdatasync)(this.#file);
  }

  sync(): void {
    if (this.#isDirty) fdatasyncSync(this.#file);
    if (this.#folderIsDirty) syncFolder(dirname(this.#path));
    this.#isDirty = false;
    this.#folderIsDirty = false;
  }

  /** The volume is full: on disk and never written again. */
  seal(): void {
    this.sync();
    chmodSync(this.#path, readOnly);
    closeSync(this.#file);
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
  }
}
