/**
 * The event store port: an append-only log of records in streams.
 *
 * What every engine promises, and `test/contracts/event-store.contract.ts` holds:
 *
 * 1. `append` is atomic: all of its records, adjacent in the log and in order, or none.
 * 2. `expected` is `'absent'` (the stream has no record) or the exact revision of the stream's last record.
 *    Anything else is a `WrongExpectedRevision`, and nothing is written. There is no "any".
 * 3. When `append` resolves, the records survive a crash and a power cut.
 * 4. The identical batch (same stream, same `expected`, same ids in the same order) repeated later, however
 *    much later, resolves with the original result and writes nothing. Nothing more is promised of repeats:
 *    a known id at the stream's head may be appended again.
 * 5. Any rejection other than `WrongExpectedRevision`, `CauseMissing`, `AppendRefused` and `StorageFull` means that the
 *    outcome is unknown (`UnknownOutcome`): read the stream's tail from the expected revision, and find the own first id there
 *    or not. `dispatch.ts` does that for everybody.
 * 6. Positions ascend strictly in the log's order; gaps are allowed. All readers see one order.
 * 7. A subscription delivers every record behind its start exactly in order, without a gap or a repeat,
 *    through backfill, cutover and live. It may see a record before the append that wrote it resolves.
 * 8. Limits (`appendLimits`) are refused alike by every engine, before anything is written.
 * 9. An engine may offer `nextPosition`. Then an append may name `causes`: where one of these records does not stand at
 *    its place when the append's turn comes, it is a `CauseMissing`, and nothing is written.
 */

import { uuidPattern } from '../domain/values.ts';

export type ExpectedRevision = 'absent' | number;

/** One record on its way into the log. */
export interface NewRecord {
  /** UUIDv7 of the event; also a member of `record`. */
  readonly id: string;
  /** The record's octets: UTF-8 JSON as `docs/formats.md` has it. */
  readonly record: Uint8Array;
  /** The sealed personal part, or null. */
  readonly sealed: Uint8Array | null;
}

/** One record as the log returns it. */
export interface StoredRecord extends NewRecord {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
}

export interface Appended {
  /** Revision of the batch's first record. */
  readonly firstRevision: number;
  /** Position of each record, in order. */
  readonly positions: readonly number[];
}

export interface Subscription {
  /** Resolves when no further batch will be delivered; a handler must not wait for it. */
  close(): Promise<void>;
  /** Rejects when the handler threw or the engine gave up; resolves after `close`. */
  readonly ended: Promise<void>;
}

/** Receives records in order; the next batch waits until the returned promise resolves. */
export type RecordHandler = (batch: readonly StoredRecord[]) => void | Promise<void>;

/** A record and the position at which it is expected. */
export interface LogPlace {
  readonly position: number;
  readonly id: string;
}

export interface EventStore {
  /** `causes`: records that have to stand in the log before these; only where the engine has `nextPosition`. */
  append(
    stream: string,
    expected: ExpectedRevision,
    records: readonly NewRecord[],
    causes?: readonly LogPlace[],
  ): Promise<Appended>;
  /**
   * The position that the first record of an append gets which is called now, should everything that was asked for
   * before be written. Absent where others write to the log too.
   */
  nextPosition?(): number;
  /** Records of one stream from `fromRevision` (inclusive), ascending; empty when there are none. */
  readStream(stream: string, fromRevision: number, maxCount: number): Promise<StoredRecord[]>;
  /** Records of the whole log behind `afterPosition` (exclusive; -1, or one that the log gave out), ascending. */
  readAll(afterPosition: number, maxCount: number): Promise<StoredRecord[]>;
  /** The last records up to `position` (inclusive), ascending; empty where no record stands at that position. */
  readBack(position: number, maxCount: number): Promise<StoredRecord[]>;
  /** Position of the last record; -1 for an empty log. */
  head(): Promise<number>;
  /** Delivers everything behind `afterPosition` (exclusive; -1 for all), then what comes, until closed. */
  subscribe(afterPosition: number, handler: RecordHandler): Subscription;
  close(): Promise<void>;
}

export const appendLimits = {
  maxRecordOctets: 64 * 1024,
  /** For `MessagesFiled`, which names up to 4,000 messages. */
  maxFilingRecordOctets: 512 * 1024,
  maxSealedOctets: 256 * 1024,
  /** Records and sealed parts of one append together. */
  maxAppendOctets: 1_000_000,
  maxAppendRecords: 500,
  /** ASCII: a category, a dash and a UUID are far below. */
  maxStreamNameOctets: 128,
} as const;

/** The stream's last revision was another one. Nothing was written. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** What the stream's last revision is; `'absent'` where it has none. */
  readonly actual: ExpectedRevision;
  constructor(stream: string, expected: ExpectedRevision, actual: ExpectedRevision) {
    super(`${stream}: expected revision ${expected}, found ${actual}`);
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/** A record that the append names as its cause is not where it was expected. Nothing was written. */
export class CauseMissing extends Error {
  override readonly name = 'CauseMissing';
}

/** The batch breaks a limit or a rule of form (empty, bad stream name). Nothing was written, and never will be. */
export class AppendRefused extends Error {
  override readonly name = 'AppendRefused';
}

/** The engine has no space left. Nothing was written; the same append may succeed later. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** The engine cannot say whether the batch was written. */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';
}

const streamName = /^[a-z]+-[0-9a-z-]{1,100}$/;

/** Throws `AppendRefused` where a batch breaks the port's limits. Every engine calls it first. */
export function checkAppend(stream: string, expected: ExpectedRevision, records: readonly NewRecord[]): void {
  if (expected !== 'absent' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    throw new AppendRefused(`not a revision: ${expected}`);
  }
  if (!streamName.test(stream))
    throw new AppendRefused(`not a stream name: ${JSON.stringify(stream).slice(0, 80)}`);
  if (records.length === 0) throw new AppendRefused('an append without records');
  if (records.length > appendLimits.maxAppendRecords) {
    throw new AppendRefused(
      `${records.length} records in one append, at most ${appendLimits.maxAppendRecords}`,
    );
  }
  const maxRecordOctets = stream.startsWith('mailstore-')
    ? appendLimits.maxFilingRecordOctets
    : appendLimits.maxRecordOctets;
  if (records.length > 1 && new Set(records.map((each) => each.id)).size < records.length) {
    throw new AppendRefused('an append with one id twice');
  }
  let octets = 0;
  for (const { id, record, sealed } of records) {
    if (!uuidPattern.test(id)) throw new AppendRefused('a record whose id is not a UUID');
    if (record.length > maxRecordOctets)
      throw new AppendRefused(`a record of ${record.length} octets, at most ${maxRecordOctets}`);
    const sealedOctets = sealed?.length ?? 0;
    if (sealedOctets > appendLimits.maxSealedOctets) {
      throw new AppendRefused(
        `a sealed part of ${sealedOctets} octets, at most ${appendLimits.maxSealedOctets}`,
      );
    }
    octets += record.length + sealedOctets;
  }
  if (octets > appendLimits.maxAppendOctets) {
    throw new AppendRefused(`an append of ${octets} octets, at most ${appendLimits.maxAppendOctets}`);
  }
}
