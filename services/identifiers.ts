/** Fresh identifiers from the clock and the system's random source. */
import { randomFillSync } from 'node:crypto';
import { type Uuid, uuidV7 } from './domain/values.ts';

const pool = new Uint8Array(4096);
let used = pool.length;

/** Ten fresh random octets; drawn in blocks because one system call per id costs more than the id. */
function tenRandomOctets(): Uint8Array {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 10;
  return pool.subarray(used - 10, used);
}

/** A fresh UUIDv7 for events and messages. */
export function newEventId(atMs: number = Date.now()): Uuid {
  return uuidV7(atMs, tenRandomOctets());
}
