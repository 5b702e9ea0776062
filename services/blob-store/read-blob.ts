/**
 * Clear octets out of a frame: any range, opening only the chunks that it touches.
 *
 * An `OpenBlob` remembers where the chunks lie, so a client that fetches a mail of 100 MB piece by piece should
 * be served from one.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { giveBack } from '../memory/own-octets.ts';
import { type Soon, soon } from '../memory/soon.ts';
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

/** Where stored octets of frames come from. */
export type FrameSource = Pick<BlobStore, 'read' | 'place'>;

/** The first read of a frame takes so much: nine mails of ten are then read at once. */
const firstReadOctets = 64 * 1024;
/** Stored octets are read in spans of about so much, so that a stream over a large mail stays small. */
const maxSpanChunks = 8;

export function openBlob(blobs: FrameSource, frame: string, frameKey: Uint8Array): Soon<OpenBlob> {
  return placed(blobs, frame, () =>
    soon(blobs.read(frame, 0, firstReadOctets), (start) => openBehind(blobs, frame, frameKey, start)),
  );
}

/** `start`: the frame's first octets. */
function openBehind(
  blobs: FrameSource,
  frame: string,
  frameKey: Uint8Array,
  start: Uint8Array,
): Soon<OpenBlob> {
  const header = headerOf(frame, start);
  const tableOffset = frameHeaderOctets + header.chunksOctets;
  const whole = start.length >= frameOctets(header);
  const table = whole
    ? start.subarray(tableOffset, frameOctets(header))
    : blobs.read(frame, tableOffset, tableOctets(header));
  return soon(table, (octets) => new OpenBlob(blobs, frameKey, header, chunkOffsets(header, octets), start));
}

/** The whole blob. For mails that may be large use `streamBlob`. */
export async function readBlob(blobs: BlobStore, frame: string, frameKey: Uint8Array): Promise<Uint8Array> {
  return readBlobRange(blobs, frame, frameKey, 0, Number.MAX_SAFE_INTEGER);
}

/** Blob octets [from, to), clipped to the blob's end, behind `ahead`; in memory that is the caller's alone. */
export function readBlobRange(
  blobs: BlobStore,
  frame: string,
  frameKey: Uint8Array,
  from: number,
  to: number,
  ahead?: Uint8Array,
): Soon<Uint8Array> {
  return soon(openBlob(blobs, frame, frameKey), (blob) =>
    soon(blob.read(from, to, ahead), (octets) => {
      blob.close();
      return octets;
    }),
  );
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

/** One chunk as it is stored. */
interface StoredChunk {
  readonly index: number;
  readonly stored: Uint8Array;
  /** Octets of blob in it. */
  readonly octets: number;
}

/** A range of the blob on its way into memory. */
interface FilledRange {
  readonly begin: number;
  readonly end: number;
  readonly octets: Uint8Array;
  /** How far `octets` is filled. */
  filled: number;
}

const nothing = new Uint8Array();

export class OpenBlob {
  readonly octets: number;
  readonly #blobs: FrameSource;
  readonly #key: KeyObject;
  readonly #header: FrameHeader;
  readonly #offsets: Float64Array;
  /** The frame's beginning as first read; let go when a span behind it is read. */
  #start: Uint8Array;

  constructor(
    blobs: FrameSource,
    key: Uint8Array,
    header: FrameHeader,
    offsets: Float64Array,
    start: Uint8Array,
  ) {
    this.octets = header.blobOctets;
    this.#blobs = blobs;
    this.#key = createSecretKey(key);
    this.#header = header;
    this.#offsets = offsets;
    this.#start = start;
  }

  /** Blob octets [from, to), clipped to the blob's end, behind `ahead`; in memory that is the caller's alone. */
  read(from: number, to: number, ahead: Uint8Array = nothing): Soon<Uint8Array> {
    const begin = Math.max(0, from);
    const end = Math.max(begin, Math.min(to, this.octets));
    const octets = Buffer.allocUnsafeSlow(ahead.length + end - begin);
    octets.set(ahead);
    const range: FilledRange = { begin, end, octets, filled: ahead.length };
    return placed(this.#blobs, this.#header.frame, () =>
      this.#holds(end) ? this.#fillNow(range) : this.#fill(range),
    );
  }

  /** Blob octets [from, to) in pieces of at most 64 KiB, each in memory that is the caller's alone. */
  async *stream(from: number, to: number): AsyncGenerator<Uint8Array> {
    const begin = Math.max(0, from);
    const end = Math.min(to, this.octets);
    try {
      for await (const chunk of this.#chunks(begin, end)) yield this.#openPart(chunk, begin, end);
    } catch (error) {
      throw await withPlace(this.#blobs, this.#header.frame, error);
    }
  }

  /** Gives its memory back: nothing more is read of it. */
  close(): void {
    giveBack(this.#start);
    this.#start = nothing;
  }

  /** All chunks up to the blob octet before `end` have been read with the frame's beginning. */
  #holds(end: number): boolean {
    return this.#offsets[Math.ceil(end / chunkOctets)]! <= this.#start.length;
  }

  #fillNow(range: FilledRange): Uint8Array {
    const behindLast = Math.ceil(range.end / chunkOctets);
    for (let index = Math.floor(range.begin / chunkOctets); index < behindLast; index++) {
      this.#openInto(
        this.#chunk(index, this.#start.subarray(this.#offsets[index]!, this.#offsets[index + 1]!)),
        range,
      );
    }
    return range.octets;
  }

  async #fill(range: FilledRange): Promise<Uint8Array> {
    for await (const chunk of this.#chunks(range.begin, range.end)) this.#openInto(chunk, range);
    return range.octets;
  }

  /** Opens what of a chunk lies in the range, straight into its place where that is all of it. */
  #openInto(chunk: StoredChunk, range: FilledRange): void {
    const { begin, end, octets, filled } = range;
    if (isWithin(chunk, begin, end)) {
      this.#open(chunk, octets.subarray(filled, filled + chunk.octets));
      range.filled += chunk.octets;
    } else {
      const part = this.#openPart(chunk, begin, end);
      octets.set(part, filled);
      range.filled += part.length;
    }
  }

  /** The chunks that blob octets [begin, end) lie in, for as long as the next one is not asked for. */
  async *#chunks(begin: number, end: number): AsyncGenerator<StoredChunk> {
    if (begin >= end) return;
    const behindLast = Math.floor((end - 1) / chunkOctets) + 1;
    for (let first = Math.floor(begin / chunkOctets); first < behindLast; first += maxSpanChunks) {
      const behind = Math.min(first + maxSpanChunks, behindLast);
      const span = await this.#span(first, behind);
      for (let index = first; index < behind; index++) {
        yield this.#chunk(index, span.subarray(this.#at(index, first), this.#at(index + 1, first)));
      }
      if (span.buffer !== this.#start.buffer) giveBack(span);
    }
  }

  #chunk(index: number, stored: Uint8Array): StoredChunk {
    return { index, stored, octets: Math.min(chunkOctets, this.octets - index * chunkOctets) };
  }

  /** Where a chunk begins in a span that begins with chunk `first`. */
  #at(index: number, first: number): number {
    return this.#offsets[index]! - this.#offsets[first]!;
  }

  /** Stored octets of the chunks [first, behind). */
  #span(first: number, behind: number): Soon<Uint8Array> {
    const from = this.#offsets[first]!;
    const to = this.#offsets[behind]!;
    if (to <= this.#start.length) return this.#start.subarray(from, to);
    this.close();
    return this.#blobs.read(this.#header.frame, from, to - from);
  }

  /** What of a chunk lies in [begin, end). */
  #openPart(chunk: StoredChunk, begin: number, end: number): Uint8Array {
    const clear = Buffer.allocUnsafeSlow(chunk.octets);
    this.#open(chunk, clear);
    const at = chunk.index * chunkOctets;
    return clear.subarray(Math.max(0, begin - at), end - at);
  }

  #open({ index, stored }: StoredChunk, into: Uint8Array): void {
    const { frame, chunkCount } = this.#header;
    if (openChunk(this.#key, { frame, index, last: index === chunkCount - 1 }, stored, into)) return;
    throw new FrameDamaged({
      frame,
      part: `chunk ${index}`,
      offset: this.#offsets[index]!,
      reason: 'it does not open',
    });
  }
}

/** All of the chunk lies in [begin, end). */
function isWithin({ index, octets }: StoredChunk, begin: number, end: number): boolean {
  const at = index * chunkOctets;
  return begin <= at && at + octets <= end;
}

function headerOf(frame: string, octets: Uint8Array): FrameHeader {
  const header = decodeFrameHeader(octets);
  if (header === null)
    throw new FrameDamaged({ frame, part: 'header', offset: 0, reason: 'it is not a header' });
  if (header.frame === frame) return header;
  throw new FrameDamaged({ frame, part: 'header', offset: 0, reason: `it names the frame ${header.frame}` });
}

/** Whatever damage the work finds is told with its place. */
function placed<Value>(blobs: FrameSource, frame: string, work: () => Soon<Value>): Soon<Value> {
  const fail = async (error: unknown): Promise<never> => {
    throw await withPlace(blobs, frame, error);
  };
  try {
    const result = work();
    return result instanceof Promise ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}

/** A damage found in octets, with the file that they came from. */
async function withPlace(blobs: FrameSource, frame: string, error: unknown): Promise<unknown> {
  if (!(error instanceof FrameDamaged)) return error;
  return new FrameDamaged({ ...error.damage, place: await blobs.place(frame) });
}
