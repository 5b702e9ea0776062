/**
 * The shape of a frame (`docs/formats.md` §Frame): its header and its table of chunk sizes. Pure over octets.
 * `frame-chunk.ts` seals and opens a chunk, `frame-sealer.ts` makes whole frames, `read-blob.ts` reads ranges.
 */
import { crc32 } from 'node:zlib';
import { type Uuid, uuidOctets, uuidText } from '../domain/values.ts';
import { FrameDamaged } from './blob-store.ts';

export const frameHeaderOctets = 96;
/** Octets of blob in each chunk but the last. */
export const chunkOctets = 65_536;
/** Marker and tag around a chunk's content. */
export const chunkOverheadOctets = 1 + 16;
/** The longest stored chunk: nothing is stored compressed unless that is smaller. */
export const maxStoredChunkOctets = chunkOctets + chunkOverheadOctets;
const tableEntryOctets = 4;
const magic = 0x4d465231; // 'MFR1'

export interface FrameHeader {
  readonly frame: Uuid;
  /** Hex of 32 octets. */
  readonly address: string;
  readonly blobOctets: number;
  /** Octets of all chunks as stored. */
  readonly chunksOctets: number;
  readonly chunkCount: number;
}

/** Chunks that a blob of so many octets has; an empty blob has one, so that it is authenticated too. */
export function chunkCountOf(blobOctets: number): number {
  return Math.max(1, Math.ceil(blobOctets / chunkOctets));
}

/** Octets of the whole frame: header, chunks and table. */
export function frameOctets(header: FrameHeader): number {
  return frameHeaderOctets + header.chunksOctets + tableOctets(header);
}

export function tableOctets(header: FrameHeader): number {
  return tableEntryOctets * header.chunkCount;
}

export function encodeFrameHeader(header: FrameHeader): Uint8Array {
  const octets = Buffer.alloc(frameHeaderOctets);
  octets.writeUInt32BE(magic, 0);
  uuidOctets(header.frame, octets, 8);
  octets.write(header.address, 24, 32, 'hex');
  octets.writeBigUInt64BE(BigInt(header.blobOctets), 56);
  octets.writeBigUInt64BE(BigInt(header.chunksOctets), 64);
  octets.writeUInt32BE(header.chunkCount, 72);
  octets.writeUInt32BE(chunkOctets, 76);
  octets.writeUInt32BE(crc32(octets.subarray(0, 92)), 92);
  return octets;
}

/** True where a header may begin: cheap enough to try at every octet of a damaged region. */
export function looksLikeHeader(octets: Uint8Array, offset: number): boolean {
  return (
    octets[offset] === 0x4d &&
    octets[offset + 1] === 0x46 &&
    octets[offset + 2] === 0x52 &&
    octets[offset + 3] === 0x31
  );
}

/** Reads a header; null where the octets are none or are damaged. */
export function decodeFrameHeader(octets: Uint8Array): FrameHeader | null {
  if (octets.length < frameHeaderOctets) return null;
  const view = Buffer.from(octets.buffer, octets.byteOffset, frameHeaderOctets);
  if (view.readUInt32BE(0) !== magic || view.readUInt32BE(92) !== crc32(view.subarray(0, 92))) return null;
  const header = {
    frame: uuidText(view, 8),
    address: view.toString('hex', 24, 56),
    blobOctets: Number(view.readBigUInt64BE(56)),
    chunksOctets: Number(view.readBigUInt64BE(64)),
    chunkCount: view.readUInt32BE(72),
  };
  return view.readUInt32BE(76) === chunkOctets && isConsistent(header) ? header : null;
}

/** A checksum is no proof: sizes that contradict one another must not size a buffer. */
function isConsistent(header: FrameHeader): boolean {
  return (
    Number.isSafeInteger(header.blobOctets) &&
    header.chunkCount === chunkCountOf(header.blobOctets) &&
    header.chunksOctets >= header.chunkCount * chunkOverheadOctets &&
    header.chunksOctets <= header.blobOctets + header.chunkCount * chunkOverheadOctets
  );
}

export function encodeTable(storedOctets: readonly number[]): Uint8Array {
  const table = Buffer.alloc(tableEntryOctets * storedOctets.length);
  storedOctets.forEach((octets, index) => {
    table.writeUInt32BE(octets, tableEntryOctets * index);
  });
  return table;
}

/**
 * Where each chunk begins, counted from the frame's first octet; one entry more than chunks, the end of the
 * last. Throws `FrameDamaged`: the table itself is not sealed, but its sizes must add up to the header's sum,
 * and a chunk cut out at the wrong place does not open.
 */
export function chunkOffsets(header: FrameHeader, table: Uint8Array): Float64Array {
  const tableOffset = frameHeaderOctets + header.chunksOctets;
  if (table.length !== tableOctets(header)) {
    throw new FrameDamaged({
      frame: header.frame,
      part: 'table',
      offset: tableOffset,
      reason: 'it is cut short',
    });
  }
  const view = Buffer.from(table.buffer, table.byteOffset, table.length);
  const offsets = new Float64Array(header.chunkCount + 1);
  offsets[0] = frameHeaderOctets;
  for (let index = 0; index < header.chunkCount; index++) {
    offsets[index + 1] = offsets[index]! + view.readUInt32BE(tableEntryOctets * index);
  }
  if (offsets[header.chunkCount] !== tableOffset || !sizesPossible(offsets)) {
    throw new FrameDamaged({
      frame: header.frame,
      part: 'table',
      offset: tableOffset,
      reason: 'its sizes do not add up',
    });
  }
  return offsets;
}

function sizesPossible(offsets: Float64Array): boolean {
  for (let index = 1; index < offsets.length; index++) {
    const octets = offsets[index]! - offsets[index - 1]!;
    if (octets < chunkOverheadOctets || octets > maxStoredChunkOctets) return false;
  }
  return true;
}
