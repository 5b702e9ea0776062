/**
 * Where the chunks of one frame gather. A frame that grows goes to a file in `volumes/incoming/`, so that many
 * large mails at once take little memory; what turns out to be no large mail is read back.
 */
import { close, closeSync, fdatasync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SealedFrame } from '../blob-store/blob-store.ts';
import { frameHeaderOctets } from '../blob-store/frame.ts';
import type { Uuid } from '../domain/values.ts';
import { giveBack } from '../memory/own-octets.ts';

export interface ScannerOutputOptions {
  /** The blob store's folder for arrivals. */
  readonly incoming: string;
  /** A mail of more octets has a file of its own. */
  readonly largeMailOctets?: number;
}

type Content = SealedFrame['content'];

const defaultLargeMailOctets = 8 * 1024 * 1024;
/** Stored octets that a mail may hold in memory while it arrives. */
const maxMemoryOctets = 1024 * 1024;

export class ScannerOutput {
  readonly #path: string;
  readonly #largeMailOctets: number;
  #chunks: Uint8Array[] = [];
  #chunksOctets = 0;
  #file: number | null = null;
  #fileOctets = 0;

  constructor(frame: Uuid, { incoming, largeMailOctets = defaultLargeMailOctets }: ScannerOutputOptions) {
    this.#path = join(incoming, `${frame}.frame`);
    this.#largeMailOctets = largeMailOctets;
  }

  add(stored: Uint8Array): void {
    this.#chunks.push(stored);
    this.#chunksOctets += stored.length;
    if (this.#file !== null || this.#chunksOctets > maxMemoryOctets) this.#spill();
  }

  /** The whole frame: at once in a buffer of its own, or in a file as soon as that is on disk. */
  finish(header: Uint8Array, table: Uint8Array, blobOctets: number): Content | Promise<Content> {
    const isLarge = blobOctets > this.#largeMailOctets;
    if (this.#file === null && !isLarge) return { bytes: this.#joined(header, table) };
    this.#chunks.push(table);
    this.#spill();
    writeFully(this.#file!, header, 0);
    return isLarge ? this.#onDisk(this.#file!) : { bytes: this.#readBack() };
  }

  /** Not on this thread: other mails go on meanwhile. */
  async #onDisk(file: number): Promise<Content> {
    await promisify(fdatasync)(file);
    this.#file = null;
    await promisify(close)(file);
    return { file: this.#path, octets: this.#fileOctets };
  }

  /** Nothing stays behind. */
  discard(): void {
    this.#chunks = [];
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    rmSync(this.#path, { force: true });
  }

  /** Moves what is in memory to the file. The header's place stays free: it is known last. */
  #spill(): void {
    if (this.#file === null) {
      this.#file = openSync(this.#path, 'wx+', 0o600);
      this.#fileOctets = frameHeaderOctets;
    }
    for (const chunk of this.#chunks) {
      writeFully(this.#file, chunk, this.#fileOctets);
      this.#fileOctets += chunk.length;
      giveBack(chunk);
    }
    this.#chunks = [];
    this.#chunksOctets = 0;
  }

  #joined(header: Uint8Array, table: Uint8Array): Uint8Array {
    const frame = new Uint8Array(header.length + this.#chunksOctets + table.length);
    let offset = 0;
    for (const part of [header, ...this.#chunks, table]) {
      frame.set(part, offset);
      offset += part.length;
      giveBack(part);
    }
    return frame;
  }

  #readBack(): Uint8Array {
    const frame = readFileSync(this.#path);
    this.discard();
    return new Uint8Array(frame.buffer, frame.byteOffset, frame.length);
  }
}

function writeFully(file: number, octets: Uint8Array, position: number): void {
  for (let written = 0; written < octets.length; ) {
    written += writeSync(file, octets, written, octets.length - written, position + written);
  }
}
