/** The folder `data/ledger`: the last head, every checkpoint, the hash tiles, and where the sealer goes on. */
import { copyFile, mkdir, opendir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';
import { TileFolder } from './tiles.ts';

/** Where the tree of `ledger/HEAD` ends in the log. A hint: whoever uses it checks it. */
export interface Resume {
  readonly size: number;
  /** Log position of leaf `size` − 1. */
  readonly position: number;
  /** Revision of the head's `CheckpointSealed`. */
  readonly revision: number;
}

export class LedgerFolder {
  readonly path: string;
  readonly tiles: TileFolder;

  constructor(path: string) {
    this.path = path;
    this.tiles = new TileFolder(path);
  }

  get headFile(): string {
    return join(this.path, 'HEAD');
  }

  checkpointFile(size: number): string {
    return join(this.path, 'checkpoint', String(size));
  }

  /** Text of `HEAD`; null where there is none. */
  head(): Promise<string | null> {
    return textOf(this.headFile);
  }

  checkpoint(size: number): Promise<string | null> {
    return textOf(this.checkpointFile(size));
  }

  async writeCheckpoint(size: number, text: string): Promise<void> {
    await replaceFile(this.checkpointFile(size), text);
  }

  /** The checkpoint's own file first: `HEAD` never names one that is not kept. */
  async writeHead(size: number, text: string): Promise<void> {
    await this.writeCheckpoint(size, text);
    await replaceFile(this.headFile, text);
  }

  /** Names of the files in `checkpoint/`, in no order. */
  async *checkpointNames(): AsyncGenerator<string> {
    try {
      for await (const entry of await opendir(join(this.path, 'checkpoint'))) {
        if (!entry.name.endsWith('.tmp')) yield entry.name;
      }
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  /**
   * Before an epoch begins: the old `HEAD` and the checkpoints of records that are lost stay as evidence in
   * `lost/<epoch>`.
   */
  async setAside(epoch: number, checkpoints: readonly string[]): Promise<void> {
    const lost = join(this.path, 'lost', String(epoch));
    await mkdir(lost, { recursive: true, mode: 0o700 });
    await copyFile(this.headFile, join(lost, 'HEAD')).catch(unlessAbsent);
    for (const name of checkpoints) await rename(join(this.path, 'checkpoint', name), join(lost, name));
  }

  /** All of them follow from the log. */
  async removeTiles(): Promise<void> {
    await rm(join(this.path, 'tile'), { recursive: true, force: true });
  }

  async resume(): Promise<Resume | null> {
    const match = /^(\d{1,15}) (\d{1,15}) (\d{1,15})\n$/.exec(
      (await textOf(join(this.path, 'resume'))) ?? '',
    );
    return match ? { size: Number(match[1]), position: Number(match[2]), revision: Number(match[3]) } : null;
  }

  async writeResume({ size, position, revision }: Resume): Promise<void> {
    await replaceFile(join(this.path, 'resume'), `${size} ${position} ${revision}\n`);
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function unlessAbsent(error: unknown): void {
  if (!isAbsent(error)) throw error;
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
