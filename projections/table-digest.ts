import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { DigestPart } from './projection.ts';
import { TimeSlice } from './time-slice.ts';

/** Rows between two looks at the clock. */
const rowsPerLook = 200;

/** SHA-256 of each part's rows, hex. In slices: nothing may write through this connection meanwhile. */
export async function digestParts(
  database: DatabaseSync,
  parts: readonly DigestPart[],
): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const { name, rows } of parts) digests.set(name, await digestRows(database, rows));
  return digests;
}

async function digestRows(database: DatabaseSync, select: string): Promise<string> {
  const hash = createHash('sha256');
  const slice = new TimeSlice();
  let count = 0;
  for (const row of database.prepare(select).iterate()) {
    hash.update(`${JSON.stringify(Object.values(row), octetsAsHex)}\n`);
    if (++count % rowsPerLook === 0 && slice.isOver()) await slice.next();
  }
  return hash.digest('hex');
}

function octetsAsHex(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

/** Names of the parts in which two digests differ. */
export function differingParts(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name)).sort();
}
