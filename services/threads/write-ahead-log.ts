/**
 * A database's write-ahead log, read by its format (https://www.sqlite.org/fileformat2.html §4): a header, then
 * frames, each with a page and a checksum that goes on from the frame before. SQLite itself reads up to the first
 * frame that does not agree and says nothing of what lies behind.
 */
import { readSync } from 'node:fs';

export const walHeaderOctets = 32;
const frameHeaderOctets = 24;
/** The lowest bit tells the order of octets in which checksums are made. */
const magic = 0x377f0682;
const readAheadOctets = 1024 * 1024;
/** A disk writes whole ones; larger ones have their borders at the same places. */
const sectorOctets = 512;

export interface WalHeader {
  readonly isLittleEndian: boolean;
  readonly pageOctets: number;
  /** The two salts, 8 octets. */
  readonly salts: Buffer;
  readonly checksum: Checksum;
}

type Checksum = readonly [number, number];

export interface WalFrame {
  /** From 1. */
  readonly number: number;
  /** Of its header, in the file. */
  readonly offset: number;
  /** It ends a transaction; of a frame that isn't whole only said where its header is surely of this log. */
  readonly isCommit: boolean;
  /**
   * It has the header's salts and the checksum that follows from the frame before: from the one stored there, or
   * the one that its octets give, so that a damaged frame doesn't make the next one look damaged.
   */
  readonly isWhole: boolean;
}

/** Null where the octets are no header with a right checksum. */
export function decodeWalHeader(octets: Buffer): WalHeader | null {
  if (octets.length < walHeaderOctets || (octets.readUInt32BE(0) & ~1) >>> 0 !== magic) return null;
  const isLittleEndian = octets.readUInt32BE(0) === magic;
  const checksum = checksumOf(octets.subarray(0, 24), [0, 0], isLittleEndian);
  if (!isSame(checksum, storedChecksum(octets, 24))) return null;
  return { isLittleEndian, pageOctets: octets.readUInt32BE(8), salts: octets.subarray(16, 24), checksum };
}

/** Every frame that the file has room for, also those behind the first that isn't whole. */
export function* walkFrames(file: number, size: number, header: WalHeader): Generator<WalFrame> {
  const frameOctets = frameHeaderOctets + header.pageOctets;
  const window = Buffer.alloc(Math.max(1, Math.floor(readAheadOctets / frameOctets)) * frameOctets);
  let stored = header.checksum;
  let computed = header.checksum;
  let number = 0;
  for (let from = walHeaderOctets; from + frameOctets <= size; from += window.length) {
    const read = readSync(file, window, 0, window.length, from);
    for (let at = 0; at + frameOctets <= read; at += frameOctets) {
      const frame = window.subarray(at, at + frameOctets);
      const previous = [stored, computed];
      stored = storedChecksum(frame, 16);
      const isCurrent = frame.subarray(8, 16).equals(header.salts);
      const follows = (from: Checksum): Checksum => frameChecksum(frame, from, header.isLittleEndian);
      computed = isCurrent ? follows(previous[1]!) : stored;
      const isWhole = isCurrent && (isSame(computed, stored) || isSame(follows(previous[0]!), stored));
      const isLegible = isWhole || (isCurrent && isInOneSector(from + at));
      const isCommit = isLegible && frame.readUInt32BE(4) !== 0;
      yield { number: ++number, offset: from + at, isCommit, isWhole };
    }
  }
}

/** Then the disk has written all of the header up to the salts, or nothing of it. */
function isInOneSector(offset: number): boolean {
  return (offset % sectorOctets) + 16 <= sectorOctets;
}

/** The salts are not part of it. */
function frameChecksum(frame: Buffer, from: Checksum, isLittleEndian: boolean): Checksum {
  return checksumOf(
    frame.subarray(frameHeaderOctets),
    checksumOf(frame.subarray(0, 8), from, isLittleEndian),
    isLittleEndian,
  );
}

/** §4.2, over a multiple of 8 octets. */
export function checksumOf(octets: Buffer, from: Checksum, isLittleEndian: boolean): Checksum {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  let [first, second] = from;
  for (let at = 0; at < octets.length; at += 8) {
    first = (first + view.getUint32(at, isLittleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, isLittleEndian) + first) >>> 0;
  }
  return [first, second];
}

function storedChecksum(octets: Buffer, at: number): Checksum {
  return [octets.readUInt32BE(at), octets.readUInt32BE(at + 4)];
}

function isSame(one: Checksum, other: Checksum): boolean {
  return one[0] === other[0] && one[1] === other[1];
}
