/** Fresh keys and nonces. */
import { randomFillSync } from 'node:crypto';
import { keyOctets, nonceOctets } from './key-wrap.ts';

/** Drawn in blocks: one system call for each key would cost more than the key. */
const pool = new Uint8Array(8192);
let used = pool.length;

export function freshKey(): Uint8Array {
  return randomOctets(keyOctets);
}

/** For one wrap. */
export function freshNonce(): Uint8Array {
  return randomOctets(nonceOctets);
}

function randomOctets(octets: number): Uint8Array {
  if (used + octets > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const taken = pool.slice(used, used + octets);
  pool.fill(0, used, used + octets); // a key must not stay behind in the pool
  used += octets;
  return taken;
}
