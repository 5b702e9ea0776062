/**
 * The text of a mail for SEARCH BODY and TEXT: decoded, in bounded memory. Folding case and comparing are the
 * caller's.
 */
import { decoderFor, type PieceDecoder } from './charset.ts';
import { fieldEnd, unfolded } from './header-fields.ts';
import { decodeHeaderText } from './header-text.ts';
import type { PartPlace } from './part-codec.ts';
import type { StructureView } from './structure-codec.ts';
import { transferDecoder } from './transfer-decoding.ts';

/** Reads octets [from, to) of the blob. */
export type ReadRange = (from: number, to: number) => Promise<Uint8Array>;

/**
 * Neighbouring pieces of one part overlap by so many characters: who searches for no more than that many need look
 * at one piece at a time.
 */
export const pieceOverlapCharacters = 1024;

const readOctets = 64 * 1024;

/**
 * What SEARCH BODY looks at, in pieces: of every part its header (except the message's own) and, where it is text,
 * its body with transfer encoding and charset undone. Attached files that are no text are not looked into.
 */
export async function* searchableText(view: StructureView, readRange: ReadRange): AsyncGenerator<string> {
  for (const part of partsWithin(view.root)) {
    if (part !== view.root) {
      const end = Math.min(part.bodyStart, part.headerStart + readOctets);
      yield searchableHeader(await readRange(part.headerStart, end));
    }
    if (part.kind === 'leaf' && /^(text|message)\//.test(part.mediaType)) yield* bodyPieces(part, readRange);
  }
}

/** A header as people read it, a field per line: what SEARCH TEXT looks at beside the body. */
export function searchableHeader(header: Uint8Array): string {
  const block = Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1');
  const lines: string[] = [];
  for (let start = 0, end: number; start < block.length; start = end) {
    end = fieldEnd(block, start);
    lines.push(decodeHeaderText(unfolded(block, start, end)));
  }
  return lines.join('\n');
}

function* partsWithin(part: PartPlace): Generator<PartPlace> {
  yield part;
  for (const child of part.children) yield* partsWithin(child);
}

async function* bodyPieces(part: PartPlace, readRange: ReadRange): AsyncGenerator<string> {
  const transfer = transferDecoder(part.encoding) ?? transferDecoder('binary')!;
  let charset: PieceDecoder | null = null;
  let overlap = '';
  for (let from = part.bodyStart; from < part.bodyEnd; from += readOctets) {
    const to = Math.min(from + readOctets, part.bodyEnd);
    let octets = transfer.push(await readRange(from, to));
    if (to === part.bodyEnd) octets = Buffer.concat([octets, transfer.finish()]);
    charset ??= decoderFor(part.charset, octets);
    const piece = overlap + charset.push(octets) + (to === part.bodyEnd ? charset.finish() : '');
    yield piece;
    overlap = piece.slice(-pieceOverlapCharacters);
  }
}
