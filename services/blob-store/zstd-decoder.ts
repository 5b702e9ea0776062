/**
 * zstd octets of one chunk, decompressed where they are wanted. `zstdDecompressSync` makes a context, a stream and
 * a buffer for each call, which together cost more than decompressing 64 KiB; here one context serves all chunks of
 * a thread.
 */
import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib';

/**
 * What `zstdDecompressSync` itself uses of a stream (Node 24.21, lib/zlib.js `processChunkSync`). It is not
 * documented: where it is not as expected, or does not give exactly what is wanted, the documented way is gone.
 */
interface DecoderStream {
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

const minBufferOctets = 64;
let shared: DecoderStream | null = null;

/** Fills `into`; false where the octets are not zstd or hold more or less than that. */
export function decompressInto(packed: Uint8Array, into: Uint8Array): boolean {
  shared ??= newStream();
  if (into.length > 0 && fillFrom(shared, packed, into)) return true;
  // It may have been left in the middle of something: the next chunk gets a new one.
  shared = null;
  return fillAlone(packed, into);
}

function newStream(): DecoderStream {
  const stream = createZstdDecompress({ chunkSize: minBufferOctets }) as unknown as DecoderStream;
  stream.on('error', () => {});
  return stream;
}

function fillFrom(stream: DecoderStream, packed: Uint8Array, into: Uint8Array): boolean {
  const { _handle: handle, _writeState: left } = stream;
  if (typeof handle?.writeSync !== 'function' || left?.length !== 2) return false;
  handle.writeSync(constants.ZSTD_e_end, packed, 0, packed.length, into, 0, into.length);
  return !stream.destroyed && left[0] === 0 && left[1] === 0;
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
