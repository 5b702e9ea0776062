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
  #freeOctets = 0;
  #probedAtMs = Number.NEGATIVE_INFINITY;

  constructor(probe: FreeSpaceProbe, minFreeOctets: number) {
    this.#probe = probe;
    this.#minFreeOctets = minFreeOctets;
  }

  /** Would be with so many octets more. True also where the file system does not answer: then nothing may be promised. */
  isLow(moreOctets = 0): boolean {
    return this.#read() - moreOctets < this.#minFreeOctets;
  }

  #read(): number {
    const now = performance.now();
    if (now - this.#probedAtMs < probeIntervalMs) return this.#freeOctets;
    this.#probedAtMs = now;
    try {
      this.#freeOctets = this.#probe();
    } catch {
      this.#freeOctets = Number.NEGATIVE_INFINITY;
    }
    return this.#freeOctets;
  }
}
