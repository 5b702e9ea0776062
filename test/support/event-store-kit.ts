/** Records, streams and ways of appending for the event store contract. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  type Appended,
  appendLimits,
  type EventStore,
  type ExpectedRevision,
  type NewRecord,
  type StoredRecord,
  UnknownOutcome,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';

/** An engine that is open. */
export interface OpenEngine {
  readonly store: EventStore;
  /** Closes the store and opens it again on what it has kept. */
  restart(): Promise<EventStore>;
  close(): Promise<void>;
}

/** Declares one promise of the contract. */
export type Declare = (name: string, body: (engine: OpenEngine) => Promise<void>) => void;

export function streamName(): string {
  return `message-${randomUUID()}`;
}

export function newRecord(octets = 40): NewRecord {
  const id = newEventId();
  return { id, record: Buffer.from(JSON.stringify({ id, text: 'ä'.repeat(octets / 2) })), sealed: null };
}

export function newRecords(count: number, octets?: number): NewRecord[] {
  return Array.from({ length: count }, () => newRecord(octets));
}

/** Repeats the identical batch until its outcome is known. */
export async function settled(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  records: readonly NewRecord[],
): Promise<Appended> {
  for (;;) {
    try {
      return await store.append(stream, expected, records);
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) throw error;
    }
  }
}

/** Appends at the head of a stream that somebody else may write to. */
export async function appendAtHead(
  store: EventStore,
  stream: string,
  records: readonly NewRecord[],
): Promise<Appended> {
  for (;;) {
    const present = await store.readStream(stream, 0, 100_000);
    try {
      return await settled(store, stream, present.at(-1)?.revision ?? 'absent', records);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}

/** A stream with so many records. */
export async function filledStream(
  store: EventStore,
  count: number,
): Promise<{ stream: string; records: NewRecord[] }> {
  const stream = streamName();
  const records = newRecords(count);
  for (let at = 0; at < count; at += appendLimits.maxAppendRecords) {
    const batch = records.slice(at, at + appendLimits.maxAppendRecords);
    await settled(store, stream, at === 0 ? 'absent' : at - 1, batch);
  }
  return { stream, records };
}

export async function conflict(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  records: readonly NewRecord[],
  actual: ExpectedRevision,
): Promise<void> {
  await assert.rejects(settled(store, stream, expected, records), (error) => {
    assert.ok(error instanceof WrongExpectedRevision, String(error));
    assert.deepEqual([error.stream, error.expected, error.actual], [stream, expected, actual]);
    return true;
  });
}

export const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

/** All records behind a position, in small pages. */
export async function readAllBehind(
  store: EventStore,
  position: number,
  pageSize = 97,
): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  for (;;) {
    const page = await store.readAll(all.at(-1)?.position ?? position, pageSize);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** In words that a failure can show: octets as hex, and only the first record that differs. */
export function assertSameRecords(
  actual: readonly StoredRecord[],
  expected: readonly StoredRecord[],
  what: string,
): void {
  const shown = ({ position, stream, revision, id, record, sealed }: StoredRecord) =>
    JSON.stringify([position, stream, revision, id, hex(record), sealed && hex(sealed)]);
  for (const [i, record] of expected.entries()) {
    if (actual[i] === undefined) break;
    assert.equal(shown(actual[i]), shown(record), `${what}, record ${i}`);
  }
  assert.equal(actual.length, expected.length, `${what}: number of records`);
}

export const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

export function assertAscending(records: readonly StoredRecord[]): void {
  for (const [i, { position }] of records.entries()) {
    assert.ok(i === 0 || position > records[i - 1]!.position, `position ${position} at ${i}`);
  }
}
