import type { PartPlace } from '../mail/part-codec.ts';
import { findPart } from '../mail/sections.ts';
import { transferDecoder } from '../mail/transfer-decoding.ts';
import type { OpenedMail } from '../mailstores/mail-reader.ts';
import { type FetchPiece, maxHeldOctets } from './fetch-piece.ts';
import type { MailAccess } from './mail-access.ts';
import type { BinaryItem, BinarySizeItem } from './protocol/fetch-items.ts';
import type { PartialRange } from './protocol/section.ts';

/** The part's transfer encoding is not known: `NO [UNKNOWN-CTE]` (RFC 9051 §6.4.5). */
export class UnknownEncoding extends Error {
  override readonly name = 'UnknownEncoding';
}

/** The decoded octets of a part, or how many they are (RFC 9051 §6.4.5 BINARY); NIL where there is no such part. */
export async function binaryPiece(
  mails: MailAccess,
  mail: OpenedMail,
  item: BinaryItem | BinarySizeItem,
): Promise<FetchPiece> {
  const part = item.part.length === 0 ? null : findPart((await mails.structure(mail)).root, item.part);
  if (part === null && item.part.length > 0)
    return item.item === 'BINARY' ? `${item.label} NIL` : `${item.label} 0`;
  const source = { mails, mail, part };
  const octets = await decodedOctets(source);
  if (item.item === 'BINARY.SIZE') return `${item.label} ${octets}`;
  const { from, to } = within(octets, item.partial);
  const stream = slice(decoded(source), from, to);
  if (to - from > maxHeldOctets) return { label: item.label, length: to - from, stream, binary: true };
  return { label: item.label, octets: await collect(stream), binary: true };
}

interface Source {
  readonly mails: MailAccess;
  readonly mail: OpenedMail;
  /** Null for the message itself, which is not decoded. */
  readonly part: PartPlace | null;
}

/** How long the decoded octets are can only be told by decoding them: a large part is read twice. */
async function decodedOctets(source: Source): Promise<number> {
  if (source.part === null) return source.mail.octets;
  let octets = 0;
  for await (const piece of decoded(source)) octets += piece.length;
  return octets;
}

async function* decoded({ mails, mail, part }: Source): AsyncGenerator<Uint8Array> {
  const shift = mail.trace.length;
  const range =
    part === null ? { from: 0, to: mail.octets } : { from: part.bodyStart + shift, to: part.bodyEnd + shift };
  // What holds other parts has no octets of its own that an encoding could have changed (RFC 2045 §6.4).
  const isLeaf = part?.kind === 'leaf';
  const decoder = transferDecoder(isLeaf ? part.encoding : 'binary');
  if (decoder === null) throw new UnknownEncoding();
  for await (const piece of mails.stream(mail, range.from, range.to)) yield decoder.push(piece);
  yield decoder.finish();
}

function within(octets: number, partial: PartialRange | null): { from: number; to: number } {
  if (partial === null) return { from: 0, to: octets };
  const from = Math.min(partial.offset, octets);
  return { from, to: Math.min(from + partial.length, octets) };
}

async function* slice(
  pieces: AsyncIterable<Uint8Array>,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of pieces) {
    const wanted = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (wanted.length > 0) yield wanted;
    at += piece.length;
    if (at >= to) return;
  }
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
