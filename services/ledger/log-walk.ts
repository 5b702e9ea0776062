/** Walking the whole log in its order, where a leaf's index is the count of records before it. */
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import { leafHash, sameHash } from './merkle.ts';

const pageRecords = 500;

/** Pages of the records behind `afterPosition`, up to `lastPosition` (inclusive). */
export async function* walkLog(
  store: EventStore,
  afterPosition = -1,
  lastPosition = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<readonly StoredRecord[]> {
  for (let after = afterPosition; after < lastPosition; ) {
    const page = await store.readAll(after, pageRecords);
    if (page.length === 0) return;
    after = page.at(-1)!.position;
    yield after > lastPosition ? page.filter(({ position }) => position <= lastPosition) : page;
  }
}

/** Pages of one stream, from a revision on. */
export async function* walkStream(
  store: EventStore,
  stream: string,
  fromRevision = 0,
): AsyncGenerator<readonly StoredRecord[]> {
  for (let from = fromRevision; ; ) {
    const page = await store.readStream(stream, from, pageRecords);
    if (page.length === 0) return;
    yield page;
    from += page.length;
  }
}

/**
 * Log position of the leaf at `index`; null where the log has fewer. On an engine without gaps it is the index;
 * a guess holds only where the record there has the leaf's hash, and otherwise the records are counted.
 */
export async function positionOfLeaf(
  store: EventStore,
  index: number,
  leaf: Uint8Array,
  hint: number = index,
): Promise<number | null> {
  for (const guess of new Set([index, hint])) {
    const [record] = await store.readBack(guess, 1);
    if (record && sameHash(leafHash(record.record), leaf)) return guess;
  }
  let counted = 0;
  for await (const page of walkLog(store)) {
    if (index < counted + page.length) return page[index - counted]!.position;
    counted += page.length;
  }
  return null;
}
