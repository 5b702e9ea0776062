/**
 * Clear octets out of a frame: any range, opening only the chunks that it touches.
 *
 * An `OpenBlob` remembers where the chunks lie, so a client that fetches a mail of 100 MB piece by piece should
 * be served from one.
 */
import { type BlobStore, FrameDamaged } from './blob-store.ts';
import {
  chunkOctets,
  chunkOffsets,
  decodeFrameHeader,
  type FrameHeader,
  frameHeaderOctets,
  frameOctets,
  tableOctets,
} from './frame.ts';
import { openChunk } from './frame-chunk.ts';

/** The first read of a frame takes so much: nine mails of ten are then read at once. */
const firstReadOctets = 64 * 1024;
/** Stored octets are read in spans of about so much, so that a stream over a large mail stays small. */
const maxSpanChunks = 8;

export async function openBlob(blobs: BlobStore, frame: string, frameKey: Uint8Array): Promise<OpenBlob> {
  const start = await blobs.read(frame, 0, firstReadOctets);
  try {
    const header = headerOf(frame, start);
    const tableOffset = frameHeaderOctets + header.chunksOctets;
    const whole = start.length >= frameOctets(header);
    const table = whole
      ? start.subarray(tableOffset, frameOctets(header))
      : await blobs.read(frame, tableOffset, tableOctets(header));
    return new OpenBlob(blobs, frameKey, header, chunkOffsets(header, table), start);
  } catch (error) {
    throw await withPlace(blobs, frame, error);
  }
}

/** The whole blob. For mails that may be large use `streamBlob`. */
export async function readBlob(blobs: BlobStore, frame: string, frameKey: Uint8Array): Promise<Uint8Array> {
  const blob = await openBlob(blobs, frame, frameKey);
  return blob.read(0, blob.octets);
}

/** Blob octets [from, to), clipped to the blob's end. */
export async function readBlobRange(
  blobs: BlobStore,
  frame: string,
  frameKey: Uint8Array,
  from: number,
  to: number,
): Promise<Uint8Array> {
  return (await openBlob(blobs, frame, frameKey)).read(from, to);
}

/** Blob octets [from, to) as they are opened, at most 64 KiB at a time. */
export async function* streamBlob(
  blobs: BlobStore,
  frame: string,
  frameKey: Uint8Array,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Uint8Array> {
  yield* (await openBlob(blobs, frame, frameKey)).stream(from, to);
}

export class OpenBlob {
  readonly octets: number;
  readonly #blobs: BlobStore;
  readonly #key: Uint8Array;
  readonly #header: FrameHeader;
  readonly #offsets: Float64Array;
  /** The frame's beginning as first read; let go when a span behind it is read. */
  #start: Uint8Array;

  constructor(
    blobs: BlobStore,
    key: Uint8Array,
    header: FrameHeader,
    offsets: Float64Array,
    start: Uint8Array,
  ) {
    this.octets = header.blobOctets;
    this.#blobs = blobs;
    this.#key = key;
    this.#header = header;
    this.#offsets = offsets;
    this.#start = start;
  }

  async read(from: number, to: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(from, to)) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  async *stream(from: number, to: number): AsyncGenerator<Uint8Array> {
    const begin = Math.max(0, from);
    const end = Math.min(to, this.octets);
    if (begin >= end) return;
    const lastChunk = Math.floor((end - 1) / chunkOctets);
    for (let chunk = Math.floor(begin / chunkOctets); chunk <= lastChunk; chunk += maxSpanChunks) {
      const behind = Math.min(chunk + maxSpanChunks, lastChunk + 1);
      const span = await this.#span(chunk, behind);
      for (let index = chunk; index < behind; index++) {
        const clear = await this.#open(
          index,
          span.subarray(this.#at(index, chunk), this.#at(index + 1, chunk)),
        );
        yield clear.subarray(Math.max(0, begin - index * chunkOctets), end - index * chunkOctets);
      }
    }
  }

  /** Where a chunk begins in a span that begins with chunk `first`. */
  #at(index: number, first: number): number {
    return this.#offsets[index]! - this.#offsets[first]!;
  }

  /** Stored octets of the chunks [first, behind). */
  async #span(first: number, behind: number): Promise<Uint8Array> {
    const from = this.#offsets[first]!;
    const to = this.#offsets[behind]!;
    if (to <= this.#start.length) return this.#start.subarray(from, to);
    this.#start = this.#start.subarray(0, 0);
    return this.#blobs.read(this.#header.frame, from, to - from);
  }

  async #open(index: number, stored: Uint8Array): Promise<Uint8Array> {
    const { frame, blobOctets, chunkCount } = this.#header;
    const octets = Math.min(chunkOctets, blobOctets - index * chunkOctets);
    const clear = openChunk(this.#key, { frame, index, last: index === chunkCount - 1 }, stored, octets);
    if (clear !== null) return clear;
    const damage = {
      frame,
      part: `chunk ${index}`,
      offset: this.#offsets[index]!,
      reason: 'it does not open',
    } as const;
    throw await withPlace(this.#blobs, frame, new FrameDamaged(damage));
  }
}

function headerOf(frame: string, octets: Uint8Array): FrameHeader {
  const header = decodeFrameHeader(octets);
  if (header === null)
    throw new FrameDamaged({ frame, part: 'header', offset: 0, reason: 'it is not a header' });
  if (header.frame === frame) return header;
  throw new FrameDamaged({ frame, part: 'header', offset: 0, reason: `it names the frame ${header.frame}` });
}

/** A damage found in octets, with the file that they came from. */
async function withPlace(blobs: BlobStore, frame: string, error: unknown): Promise<unknown> {
  if (!(error instanceof FrameDamaged)) return error;
  return new FrameDamaged({ ...error.damage, place: await blobs.place(frame) });
}
