/** Whether the disk still has room for mail. Asked before a mail is taken, so that the log never meets a full disk. */
import { statfsSync } from 'node:fs';

/** Free octets of the file system that holds the data; throws where it cannot be asked. */
export type FreeSpaceProbe = () => number;

export function freeOctetsOf(folder: string): FreeSpaceProbe {
  return () => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
}

/** A system call per mail would cost more than what changes within this time. */
const probeIntervalMs = 200;

export class FreeSpace {
  readonly #probe: FreeSpaceProbe;
  readonly #minFreeOctets: number;
  #low = false;
  #probedAtMs = Number.NEGATIVE_INFINITY;

  constructor(probe: FreeSpaceProbe, minFreeOctets: number) {
    this.#probe = probe;
    this.#minFreeOctets = minFreeOctets;
  }

  /** True also where the file system does not answer: then nothing may be promised. */
  isLow(): boolean {
    const now = performance.now();
    if (now - this.#probedAtMs < probeIntervalMs) return this.#low;
    this.#probedAtMs = now;
    try {
      this.#low = this.#probe() < this.#minFreeOctets;
    } catch {
      this.#low = true;
    }
    return this.#low;
  }
}
