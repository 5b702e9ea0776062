/**
 * The index beside a write-ahead log, `…-shm` (https://www.sqlite.org/walformat.html §2.1), which SQLite maps into
 * memory and leaves behind when its process is killed. SQLite counts a commit there only when its sync has returned.
 */
import { endianness } from 'node:os';
import { checksumOf } from './write-ahead-log.ts';

const headerOctets = 48;
/** Format of the index; the same number since it exists. */
const version = 3007000;
/** Numbers are in the order of the machine that wrote them. */
const isLittleEndian = endianness() === 'LE';

/**
 * Frames of the log with these salts that are known to have been synced; 0 where the index says nothing of it. The
 * header is there twice; a copy that was being written does not have its checksum.
 */
export function syncedFrames(index: Buffer, salts: Buffer): number {
  const copies = [index.subarray(0, headerOctets), index.subarray(headerOctets, 2 * headerOctets)];
  return Math.max(...copies.map((copy) => framesIn(copy, salts)));
}

function framesIn(copy: Buffer, salts: Buffer): number {
  if (copy.length < headerOctets) return 0;
  const word = (at: number): number => (isLittleEndian ? copy.readUInt32LE(at) : copy.readUInt32BE(at));
  const [first, second] = checksumOf(copy.subarray(0, 40), [0, 0], isLittleEndian);
  const isSound = word(0) === version && word(40) === first && word(44) === second;
  return isSound && copy.subarray(32, 40).equals(salts) ? word(16) : 0;
}
