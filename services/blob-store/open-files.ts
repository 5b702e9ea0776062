/** Descriptors of volume files, kept open for the next read. A file in use is not closed under its reader. */
import { closeSync, openSync, read, readSync } from 'node:fs';
import type { Soon } from '../memory/soon.ts';

/**
 * So much is read on the calling thread. Of most mails that is all, and it mostly is in the system's memory, where
 * copying it takes 5 µs; handing it to another thread and back takes 50. Where it is not, everybody waits for the
 * disk once, as for the look-ups of the same mail in log, keys and location index before it.
 */
const maxOctetsAtOnce = 64 * 1024;

interface OpenFile {
  readonly descriptor: number;
  readers: number;
  /** No longer kept: closed when the last reader is done. */
  isLeft: boolean;
}

export class OpenFiles {
  readonly #maxFiles: number;
  /** In order of use, the youngest last. */
  readonly #files = new Map<string, OpenFile>();
  /** The youngest: mostly the next read is of the same file. */
  #last: { readonly path: string; readonly file: OpenFile } | null = null;

  constructor(maxFiles: number) {
    this.#maxFiles = maxFiles;
  }

  /** Octets from `offset`, in memory that is the caller's alone; fewer only at the end of the file. */
  read(path: string, offset: number, length: number): Soon<Uint8Array> {
    const file = this.#use(path);
    return length <= maxOctetsAtOnce
      ? readNow(file.descriptor, offset, length)
      : this.#readLater(file, offset, length);
  }

  async #readLater(file: OpenFile, offset: number, length: number): Promise<Uint8Array> {
    file.readers++;
    try {
      return await readFully(file.descriptor, offset, length);
    } finally {
      file.readers--;
      if (file.isLeft) closeUnused(file);
    }
  }

  /** The file has been removed or replaced. */
  forget(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    if (this.#last?.file === file) this.#last = null;
    this.#files.delete(path);
    file.isLeft = true;
    closeUnused(file);
  }

  close(): void {
    for (const path of [...this.#files.keys()]) this.forget(path);
  }

  #use(path: string): OpenFile {
    if (this.#last?.path === path) return this.#last.file;
    const file = this.#files.get(path) ?? { descriptor: openSync(path, 'r'), readers: 0, isLeft: false };
    this.#files.delete(path);
    this.#files.set(path, file);
    this.#last = { path, file };
    if (this.#files.size > this.#maxFiles) this.forget(this.#files.keys().next().value!);
    return file;
  }
}

function closeUnused(file: OpenFile): void {
  if (file.readers === 0) closeSync(file.descriptor);
}

function readNow(descriptor: number, offset: number, length: number): Uint8Array {
  const octets = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const octetsRead = readSync(descriptor, octets, filled, length - filled, offset + filled);
    if (octetsRead === 0) break;
    filled += octetsRead;
  }
  return octets.subarray(0, filled);
}

async function readFully(descriptor: number, offset: number, length: number): Promise<Uint8Array> {
  const octets = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const octetsRead = await readOnce(descriptor, octets.subarray(filled), offset + filled);
    if (octetsRead === 0) break;
    filled += octetsRead;
  }
  return octets.subarray(0, filled);
}

function readOnce(descriptor: number, into: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, into, 0, into.length, position, (error, octets) =>
      error ? reject(error) : resolve(octets),
    );
  });
}
