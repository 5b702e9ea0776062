/** A frame that no store has yet, read where it lies: in memory, or in the file that it was sealed into. */
import { open } from 'node:fs/promises';
import type { SealedFrame } from './blob-store.ts';
import type { FrameSource } from './read-blob.ts';

export class UnkeptFrame implements FrameSource {
  readonly #content: SealedFrame['content'];

  constructor(content: SealedFrame['content']) {
    this.#content = content;
  }

  async read(_frame: string, offset: number, length: number): Promise<Uint8Array> {
    if ('bytes' in this.#content) return this.#content.bytes.subarray(offset, offset + length);
    const file = await open(this.#content.file, 'r');
    try {
      const octets = Buffer.allocUnsafe(length);
      const { bytesRead } = await file.read(octets, 0, length, offset);
      return octets.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async place(frame: string): Promise<string> {
    return `frame ${frame}, not kept yet`;
  }
}
