/** Makes a frame out of octets as they arrive: at no time does it hold more than one chunk of them. */
import type { Uuid } from '../domain/values.ts';
import { giveBack } from '../memory/own-octets.ts';
import { chunkOctets, encodeFrameHeader, encodeTable, type FrameHeader } from './frame.ts';
import { sealChunk } from './frame-chunk.ts';

/** Takes each stored chunk in order, with its memory. */
export type ChunkSink = (stored: Uint8Array) => void;

export class FrameSealer {
  readonly #frame: Uuid;
  readonly #key: Uint8Array;
  readonly #sink: ChunkSink;
  /** A full chunk waits here until more octets follow, because the last one is sealed as the last. */
  readonly #waiting = Buffer.allocUnsafeSlow(chunkOctets);
  #waitingOctets = 0;
  #blobOctets = 0;
  readonly #storedOctets: number[] = [];

  constructor(frame: Uuid, key: Uint8Array, sink: ChunkSink) {
    this.#frame = frame;
    this.#key = key;
    this.#sink = sink;
  }

  push(octets: Uint8Array): void {
    this.#blobOctets += octets.length;
    let rest = octets;
    while (this.#waitingOctets + rest.length > chunkOctets) rest = this.#sealFull(rest);
    this.#waiting.set(rest, this.#waitingOctets);
    this.#waitingOctets += rest.length;
  }

  /** Seals the last chunk; then header and table are known. The header stands before the chunks, the table behind. */
  finish(address: string): {
    header: Uint8Array;
    table: Uint8Array;
    blobOctets: number;
    frameOctets: number;
  } {
    this.#seal(this.#waiting.subarray(0, this.#waitingOctets), true);
    giveBack(this.#waiting);
    const header = encodeFrameHeader(this.#header(address));
    const table = encodeTable(this.#storedOctets);
    const frameOctets = header.length + this.#chunksOctets() + table.length;
    return { header, table, blobOctets: this.#blobOctets, frameOctets };
  }

  /** Seals one full chunk, straight from `octets` where nothing waits; gives back what is left of them. */
  #sealFull(octets: Uint8Array): Uint8Array {
    const taken = chunkOctets - this.#waitingOctets;
    if (this.#waitingOctets === 0) {
      this.#seal(octets.subarray(0, taken), false);
    } else {
      this.#waiting.set(octets.subarray(0, taken), this.#waitingOctets);
      this.#seal(this.#waiting, false);
    }
    this.#waitingOctets = 0;
    return octets.subarray(taken);
  }

  #seal(octets: Uint8Array, last: boolean): void {
    const stored = sealChunk(
      this.#key,
      { frame: this.#frame, index: this.#storedOctets.length, last },
      octets,
    );
    this.#storedOctets.push(stored.length);
    this.#sink(stored);
  }

  #chunksOctets(): number {
    return this.#storedOctets.reduce((sum, octets) => sum + octets, 0);
  }

  #header(address: string): FrameHeader {
    return {
      frame: this.#frame,
      address,
      blobOctets: this.#blobOctets,
      chunksOctets: this.#chunksOctets(),
      chunkCount: this.#storedOctets.length,
    };
  }
}

/** A whole frame of a blob that is in memory already. */
export function sealFrame(frame: Uuid, key: Uint8Array, address: string, blob: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  const sealer = new FrameSealer(frame, key, (stored) => chunks.push(stored));
  sealer.push(blob);
  const { header, table } = sealer.finish(address);
  return Buffer.concat([header, ...chunks, table]);
}
