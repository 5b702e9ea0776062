/** A file system of a few MiB, for tests of a full disk: only root may mount one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
  readonly path: string;
  readonly #filler: string;

  private constructor(path: string) {
    this.path = path;
    this.#filler = join(path, 'filler');
  }

  /** Null where none can be mounted. */
  static mount(octets: number): SmallDisk | null {
    const path = mkdtempSync(join(tmpdir(), 'muniment-disk-'));
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${octets}`, 'tmpfs', path]);
    if (status === 0) return new SmallDisk(path);
    rmdirSync(path);
    return null;
  }

  get freeOctets(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Something else takes all but so many octets. */
  fill(leaveOctets: number): void {
    writeFileSync(this.#filler, Buffer.alloc(Math.max(0, this.freeOctets - leaveOctets)));
  }

  /** Takes what is left, to the last octet. */
  fillUp(): void {
    for (let octets = 1 << 20; octets >= 4096; octets >>= 1)
      while (this.freeOctets >= octets) writeFileSync(this.#filler, Buffer.alloc(octets), { flag: 'a' });
  }

  makeRoom(): void {
    rmSync(this.#filler, { force: true });
  }

  unmount(): void {
    spawnSync('umount', ['--lazy', this.path]);
    rmdirSync(this.path);
  }
}

/** What a test says where no small disk can be had; false where it can. */
export function smallDiskMissing(): string | false {
  const disk = SmallDisk.mount(1 << 20);
  disk?.unmount();
  return disk === null && 'a tmpfs cannot be mounted here';
}
