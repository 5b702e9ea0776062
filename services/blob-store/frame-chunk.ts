/**
 * One chunk of a frame (`docs/formats.md` §Frame): compressed where that is smaller, then encrypted. Pure over
 * octets. The nonce is the chunk's index, which is safe because every frame has a key of its own.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { type Uuid, uuidOctets } from '../domain/values.ts';
import { giveBack } from '../memory/own-octets.ts';
import { chunkOctets, chunkOverheadOctets } from './frame.ts';
import { compressInto, decompressInto, packedOctetsAtMost } from './zstd-chunk.ts';

// Keys are given as key objects: of given octets Node (24.21) spends three times as long finding out that they are none.
const algorithm = 'aes-256-gcm';
const tagOctets = 16;
const asIs = Buffer.from([0x00]);
const asZstd = Buffer.from([0x01]);
/** Where this thread compresses, once it has. */
let packing: Buffer | null = null;

/** Which chunk it is. Its place is authenticated: chunks cannot be exchanged, repeated or dropped. */
export interface ChunkPlace {
  readonly frame: Uuid;
  readonly index: number;
  readonly last: boolean;
}

/** The stored form of one chunk, ciphertext and tag, in memory that is the caller's alone. */
export function sealChunk(key: Uint8Array, place: ChunkPlace, octets: Uint8Array): Uint8Array {
  const packed = compress(octets);
  const cipher = createCipheriv(algorithm, createSecretKey(key), nonceOf(place.index));
  cipher.setAAD(associatedData(place));
  const marker = cipher.update(packed === null ? asIs : asZstd);
  const content = cipher.update(packed ?? octets);
  cipher.final();
  const stored = Buffer.allocUnsafeSlow(chunkOverheadOctets + content.length);
  stored.set(marker);
  stored.set(content, marker.length);
  stored.set(cipher.getAuthTag(), marker.length + content.length);
  giveBack(content);
  return stored;
}

/**
 * Opens a chunk into memory of exactly the length of its clear octets; false where it does not open or holds more or
 * fewer. Nothing of `into` may be shown then.
 */
export function openChunk(key: KeyObject, place: ChunkPlace, stored: Uint8Array, into: Uint8Array): boolean {
  const plain = decrypt(key, place, stored);
  if (plain === null || plain.length === 0) return false;
  const opened = unpack(plain, into);
  giveBack(plain);
  return opened;
}

function decrypt(key: KeyObject, place: ChunkPlace, stored: Uint8Array): Buffer | null {
  if (stored.length < tagOctets) return null;
  const decipher = createDecipheriv(algorithm, key, nonceOf(place.index));
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(stored.subarray(stored.length - tagOctets));
  const plain = decipher.update(stored.subarray(0, stored.length - tagOctets));
  try {
    decipher.final();
    return plain;
  } catch {
    return null; // the tag does not match: altered, or another key
  }
}

/** Valid until the next chunk is compressed. */
function compress(octets: Uint8Array): Uint8Array | null {
  packing ??= Buffer.allocUnsafeSlow(packedOctetsAtMost(chunkOctets));
  const packedOctets = compressInto(octets, packing);
  return packedOctets < octets.length ? packing.subarray(0, packedOctets) : null;
}

function unpack(plain: Buffer, into: Uint8Array): boolean {
  const content = plain.subarray(1);
  if (plain[0] === asZstd[0]) return into.length <= chunkOctets && decompressInto(content, into);
  if (plain[0] !== asIs[0] || content.length !== into.length) return false;
  into.set(content);
  return true;
}

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

function associatedData(place: ChunkPlace): Buffer {
  const data = Buffer.alloc(21);
  uuidOctets(place.frame, data);
  data.writeUInt32BE(place.index, 16);
  data[20] = place.last ? 0x01 : 0x00;
  return data;
}
