/**
 * Tells a damaged write-ahead log from a torn one before SQLite opens it: SQLite takes either for the end of the
 * log. The rule is in docs/decisions/0012-damaged-write-ahead-log.md.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, readSync } from 'node:fs';
import { StoreDamaged } from '../store-damaged.ts';
import { syncedFrames } from './wal-index.ts';
import { decodeWalHeader, type WalFrame, walHeaderOctets, walkFrames } from './write-ahead-log.ts';

/**
 * The first frame that is not whole although it had been synced; null where there is none. Pure. Each transaction is
 * synced before the next is written. So a frame is known to have been synced where the index says so, or where
 * something whole lies behind the next end of a transaction: another end, or the very frame that follows.
 */
export function damagedFrame(frames: Iterable<WalFrame>, synced: number): WalFrame | null {
  let bad: WalFrame | null = null;
  let end: WalFrame | null = null;
  for (const frame of frames) {
    if (bad === null) {
      if (frame.isWhole) continue;
      if (frame.number <= synced) return frame;
      bad = frame;
      if (frame.isCommit) end = frame;
    } else if (frame.isWhole) {
      if (end !== null && (frame.isCommit || frame.number === end.number + 1)) return bad;
      if (frame.isCommit) end = frame;
    }
  }
  return null;
}

/**
 * Throws `StoreDamaged` where the log beside `database` has lost what was on disk. Brings the file to disk as it
 * is: what SQLite then recovers from it counts as synced.
 */
export function refuseDamagedWal(database: string, remedy: string): void {
  const path = `${database}-wal`;
  const file = openIfThere(path);
  if (file === null) return;
  try {
    fsyncSync(file);
    const size = fstatSync(file).size;
    const offset = damagedOffset(file, size, database);
    if (offset === null) return;
    const problem = `what is written here is not what was on disk, and SQLite would drop the ${size - offset} octets from here on without a word`;
    throw new StoreDamaged(path, offset, problem, remedy);
  } finally {
    closeSync(file);
  }
}

/** Whatever the file has behind its header was written when the header was on disk. */
function damagedOffset(file: number, size: number, database: string): number | null {
  if (size <= walHeaderOctets) return null;
  const octets = Buffer.alloc(walHeaderOctets);
  readSync(file, octets, 0, walHeaderOctets, 0);
  const header = decodeWalHeader(octets);
  if (header === null) return 0;
  const synced = syncedFrames(indexBeside(database), header.salts);
  if (size < offsetBehind(synced, header.pageOctets)) return size;
  return damagedFrame(walkFrames(file, size, header), synced)?.offset ?? null;
}

function offsetBehind(frames: number, pageOctets: number): number {
  return walHeaderOctets + frames * (24 + pageOctets);
}

function indexBeside(database: string): Buffer {
  try {
    return readFileSync(`${database}-shm`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return Buffer.alloc(0);
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}
