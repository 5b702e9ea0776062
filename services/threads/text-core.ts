/** The texts of a mail out of its sealed frame, on whichever thread. */
import { UnkeptFrame } from '../blob-store/frame-unkept.ts';
import { openBlob } from '../blob-store/read-blob.ts';
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
