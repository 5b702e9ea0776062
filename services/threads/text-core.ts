/** The texts of a mail out of its sealed frame, on whichever thread. */
import { open } from 'node:fs/promises';
import type { SealedFrame } from '../blob-store/blob-store.ts';
import { type FrameSource, openBlob } from '../blob-store/read-blob.ts';
import { type MailTexts, readMailTexts } from '../mail/mail-texts.ts';
import { openStructure } from '../mail/structure-codec.ts';
import type { TextRequest } from './text-protocol.ts';

/** Rejects where the frame cannot be read. */
export async function readTexts(request: TextRequest): Promise<MailTexts> {
  const { root } = openStructure(request.structure)!;
  const blob = await openBlob(new UnkeptFrame(request.content), request.frame, request.frameKey);
  const places = { root, attachments: request.attachments };
  return readMailTexts(places, request.wanted, async (from, to) => blob.read(from, to));
}

/** A frame that no store has yet. */
class UnkeptFrame implements FrameSource {
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
