/**
 * What a volume file holds (`docs/formats.md` §Volume): a header and frames back to back. Reading it from its
 * headers alone is what makes the location index rebuildable.
 */
import { readSync } from 'node:fs';
import { type Uuid, uuidOctets, uuidText } from '../domain/values.ts';
import {
  decodeFrameHeader,
  type FrameHeader,
  frameHeaderOctets,
  frameOctets,
  looksLikeHeader,
} from './frame.ts';

export const volumeHeaderOctets = 32;
const magic = 0x4d564f4c; // 'MVOL'
const windowOctets = 64 * 1024;

export interface VolumeHeader {
  readonly volume: number;
  readonly logId: Uuid;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

export function volumeFileName(volume: number): string {
  return `${String(volume).padStart(8, '0')}.vol`;
}

export function manifestFileName(volume: number): string {
  return `${String(volume).padStart(8, '0')}.json`;
}

/** The number in the name of a volume file; null for other names. */
export function volumeNumberOf(fileName: string): number | null {
  return /^\d{8,}\.vol$/.test(fileName) ? Number.parseInt(fileName, 10) : null;
}

export function largeFrameFileName(frame: Uuid): string {
  return `${frame}.frame`;
}

export function encodeVolumeHeader(header: VolumeHeader): Uint8Array {
  const octets = Buffer.alloc(volumeHeaderOctets);
  octets.writeUInt32BE(magic, 0);
  octets.writeUInt32BE(header.volume, 4);
  uuidOctets(header.logId, octets, 8);
  octets.writeBigUInt64BE(BigInt(header.createdAt), 24);
  return octets;
}

/** Null where the octets are no volume header. */
export function decodeVolumeHeader(octets: Uint8Array): VolumeHeader | null {
  if (octets.length < volumeHeaderOctets) return null;
  const view = Buffer.from(octets.buffer, octets.byteOffset, volumeHeaderOctets);
  if (view.readUInt32BE(0) !== magic) return null;
  return {
    volume: view.readUInt32BE(4),
    logId: uuidText(view, 8),
    createdAt: Number(view.readBigUInt64BE(24)),
  };
}

/** A stretch of a volume: a frame, or octets that are none. */
export interface Stretch {
  readonly offset: number;
  readonly octets: number;
  /** The header, where one is legible; in a stretch that is not whole it tells which frame was cut short. */
  readonly header: FrameHeader | null;
  /** A frame that lies in the file from its header to its table. */
  readonly whole: boolean;
}

/** The stretches of an open volume file from `from` to `size`, in order and without gaps between them. */
export function* walkVolume(file: number, size: number, from = volumeHeaderOctets): Generator<Stretch> {
  const window = new FileWindow(file, size);
  let offset = from;
  while (offset < size) {
    const stretch = stretchAt(window, offset, size);
    yield stretch;
    offset += stretch.octets;
  }
}

function stretchAt(window: FileWindow, offset: number, size: number): Stretch {
  const header = decodeFrameHeader(window.at(offset));
  if (header === null)
    return { offset, octets: nextHeader(window, offset + 1, size) - offset, header, whole: false };
  const octets = frameOctets(header);
  if (offset + octets > size) return { offset, octets: size - offset, header, whole: false };
  return { offset, octets, header, whole: true };
}

/** Where the next legible header begins; `size` where there is none. */
function nextHeader(window: FileWindow, from: number, size: number): number {
  for (let offset = from; offset + frameHeaderOctets <= size; offset++) {
    const octets = window.at(offset);
    if (looksLikeHeader(octets, 0) && decodeFrameHeader(octets) !== null) return offset;
  }
  return size;
}

/** Reads ahead, because headers of small frames lie close together. */
class FileWindow {
  readonly #file: number;
  readonly #size: number;
  readonly #octets = Buffer.allocUnsafeSlow(windowOctets);
  #offset = 0;
  #length = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** The octets from `offset`: a header's worth, less only at the end of the file. */
  at(offset: number): Uint8Array {
    const wanted = Math.min(frameHeaderOctets, this.#size - offset);
    if (offset < this.#offset || offset + wanted > this.#offset + this.#length) {
      this.#offset = offset;
      this.#length = readSync(
        this.#file,
        this.#octets,
        0,
        Math.min(windowOctets, this.#size - offset),
        offset,
      );
    }
    const start = offset - this.#offset;
    return this.#octets.subarray(start, Math.min(start + wanted, this.#length));
  }
}
