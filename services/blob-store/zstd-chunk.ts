/**
 * The zstd form of one chunk. Node's `zstdCompressSync` and `zstdDecompressSync` make a context, a stream and a buffer
 * for each call, which costs more than the work on 64 KiB; here one context of each kind serves all chunks of a thread.
 */
import {
  constants,
  createZstdCompress,
  createZstdDecompress,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';

/**
 * What the synchronous functions themselves use of a stream (Node 24.21, lib/zlib.js `processChunkSync`). It is not
 * documented: where it is not as expected, or does not do exactly what is wanted, the documented way is gone.
 */
interface ZstdStream {
  readonly destroyed: boolean;
  readonly _handle?: { writeSync?: WriteSync };
  /** Octets of output and of input that are left. */
  readonly _writeState?: Uint32Array;
  on(event: 'error', listener: () => void): unknown;
}

type WriteSync = (
  flush: number,
  input: Uint8Array,
  inputOffset: number,
  inputOctets: number,
  output: Uint8Array,
  outputOffset: number,
  outputOctets: number,
) => void;

const level = { [constants.ZSTD_c_compressionLevel]: 1 };
const minBufferOctets = 64;
let packer: ZstdStream | null = null;
let unpacker: ZstdStream | null = null;

/** Octets that zstd makes of so many, at most (zstd.h `ZSTD_COMPRESSBOUND`). */
export function packedOctetsAtMost(octets: number): number {
  return octets + (octets >> 8) + 64;
}

/** Compresses into `into`, which has room for `packedOctetsAtMost`; how many octets that are. */
export function compressInto(octets: Uint8Array, into: Uint8Array): number {
  packer ??= quiet(createZstdCompress({ chunkSize: minBufferOctets, params: level }));
  const left = runOnce(packer, octets, into);
  if (left !== null && left > 0) return into.length - left;
  // It may have been left in the middle of something: the next chunk gets a new one.
  packer = null;
  const packed = zstdCompressSync(octets, { pledgedSrcSize: octets.length, params: level });
  into.set(packed);
  return packed.length;
}

/** Fills `into`; false where the octets are not zstd or hold more or less than that. */
export function decompressInto(packed: Uint8Array, into: Uint8Array): boolean {
  unpacker ??= quiet(createZstdDecompress({ chunkSize: minBufferOctets }));
  if (into.length > 0 && runOnce(unpacker, packed, into) === 0) return true;
  unpacker = null;
  return fillAlone(packed, into);
}

function quiet(stream: unknown): ZstdStream {
  const named = stream as ZstdStream;
  named.on('error', () => {});
  return named;
}

/** The room left in `output`; null where it could not be done or not all of the input was taken. */
function runOnce(stream: ZstdStream, input: Uint8Array, output: Uint8Array): number | null {
  const { _handle: handle, _writeState: left } = stream;
  if (typeof handle?.writeSync !== 'function' || left?.length !== 2) return null;
  handle.writeSync(constants.ZSTD_e_end, input, 0, input.length, output, 0, output.length);
  return stream.destroyed || left[1] !== 0 ? null : left[0]!;
}

function fillAlone(packed: Uint8Array, into: Uint8Array): boolean {
  try {
    const chunkSize = Math.max(minBufferOctets, into.length);
    const octets = zstdDecompressSync(packed, { chunkSize, maxOutputLength: into.length + 1 });
    if (octets.length !== into.length) return false;
    into.set(octets);
    return true;
  } catch {
    return false; // not zstd, or longer than a chunk can be
  }
}
