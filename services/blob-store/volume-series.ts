/** The volumes as one place to append to: the active one grows, is sealed when it is full, and the next begins. */
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Uuid } from '../domain/values.ts';
import { ActiveVolume, syncFolder } from './active-volume.ts';
import { decodeFrameHeader, frameOctets } from './frame.ts';
import type { IndexedFrame } from './location-index.ts';
import { manifestFileName, volumeFileName } from './volume-file.ts';
import { type Defer, VolumeManifests } from './volume-manifests.ts';
import { type Recovery, volumeNumbers } from './volume-recovery.ts';

export interface VolumeSeriesOptions {
  readonly folder: string;
  /** Asked when a volume begins. */
  readonly logId: () => Uuid;
  readonly maxVolumeOctets: number;
  readonly defer: Defer;
  /** A volume is full: told before the next frame goes elsewhere. */
  readonly onSealed: (volume: number, octets: number) => void;
}

export class VolumeSeries {
  readonly #options: VolumeSeriesOptions;
  readonly #manifests: VolumeManifests;
  #active: ActiveVolume | null;
  #nextVolume: number;

  constructor(options: VolumeSeriesOptions, recovery: Recovery) {
    this.#options = options;
    this.#manifests = new VolumeManifests(options.folder, options.defer);
    this.#nextVolume = recovery.nextVolume;
    this.#active =
      recovery.active === null ? null : ActiveVolume.continue(this.#path(recovery.active), recovery.active);
    this.#sealWhenFull();
    for (const volume of volumeNumbers(options.folder)) {
      if (volume !== this.#active?.volume) this.#manifests.add(volume);
    }
  }

  append(frame: Uint8Array): { volume: number; offset: number } {
    const active = this.#ensureActive();
    const offset = active.append(frame);
    this.#sealWhenFull();
    return { volume: active.volume, offset };
  }

  beginSync(): Promise<void> | null {
    return this.#active?.beginSync() ?? null;
  }

  sync(): void {
    this.#active?.sync();
  }

  /** The active volume is full, whatever it holds, and the next begins. */
  beginNext(): void {
    if (this.#active !== null) this.#sealActive();
    this.#ensureActive();
  }

  /** Frames that are appended from now on go to another volume than this one. */
  leave(volume: number): void {
    if (this.#active?.volume === volume) this.#sealActive();
    this.#ensureActive();
  }

  /** The octets of a frame; null where not all of it is there. */
  read(entry: IndexedFrame): Uint8Array | null {
    const octets = Buffer.allocUnsafeSlow(entry.octets);
    const file = openSync(this.#path(entry.volume!), 'r');
    try {
      readSync(file, octets, 0, entry.octets, entry.offset);
    } finally {
      closeSync(file);
    }
    const header = decodeFrameHeader(octets);
    return header?.frame === entry.frame && frameOctets(header) === entry.octets ? octets : null;
  }

  remove(volume: number): void {
    this.#manifests.drop(volume);
    rmSync(this.#path(volume), { force: true });
    rmSync(join(this.#options.folder, manifestFileName(volume)), { force: true });
    syncFolder(this.#options.folder);
  }

  close(): void {
    this.#manifests.close();
    this.#active?.close();
  }

  #ensureActive(): ActiveVolume {
    this.#active ??= this.#begin(this.#nextVolume++);
    return this.#active;
  }

  #begin(volume: number): ActiveVolume {
    const header = { volume, logId: this.#options.logId(), createdAt: Date.now() };
    return ActiveVolume.create(this.#path(volume), header);
  }

  #sealWhenFull(): void {
    if (this.#active !== null && this.#active.octets > this.#options.maxVolumeOctets) this.#sealActive();
  }

  #sealActive(): void {
    const { volume, octets } = this.#active!;
    this.#active!.seal();
    this.#active = null;
    this.#options.onSealed(volume, octets);
    this.#manifests.add(volume);
  }

  #path(volume: number): string {
    return join(this.#options.folder, volumeFileName(volume));
  }
}
