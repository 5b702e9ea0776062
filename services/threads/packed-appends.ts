/**
 * Appends on their way to the keeper. All octets of a turn travel in one buffer that is handed over, because one
 * transfer per record, or a copy of the pool that a small record lies in, would cost more than the record.
 */
import { uuidOctets } from '../domain/values.ts';
import type { ExpectedRevision, LogPlace, NewRecord } from '../event-store/event-store.ts';
import type { LogAppend, LogCause, LogRow } from '../event-store/sqlite-log.ts';

/** Columns instead of objects: structured clone pays by the object. */
export interface PackedAppends {
  /** Per append. */
  readonly streams: readonly string[];
  /** Per append. */
  readonly expected: readonly ExpectedRevision[];
  /** Per append: number of records. */
  readonly counts: readonly number[];
  /** Per append: positions of its causes, whose ids stand before its records. */
  readonly causes: readonly (readonly number[])[];
  /** Per record: octets of the record, then octets of the sealed part, -1 where there is none. */
  readonly lengths: readonly number[];
  /** Per append: 16 octets of id for each cause; then for each record 16 octets of id ‖ record ‖ sealed part. */
  readonly octets: ArrayBuffer;
}

export interface UnpackedAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly records: readonly NewRecord[];
  readonly causes: readonly LogPlace[];
}

const idOctets = 16;

export function packAppends(appends: readonly UnpackedAppend[]): PackedAppends {
  const lengths: number[] = [];
  let total = 0;
  for (const { records, causes } of appends) {
    total += causes.length * idOctets;
    for (const { record, sealed } of records) {
      lengths.push(record.length, sealed?.length ?? -1);
      total += idOctets + record.length + (sealed?.length ?? 0);
    }
  }
  return {
    streams: appends.map((each) => each.stream),
    expected: appends.map((each) => each.expected),
    counts: appends.map((each) => each.records.length),
    causes: appends.map((each) => each.causes.map(({ position }) => position)),
    lengths,
    octets: joinOctets(appends, total),
  };
}

function joinOctets(appends: readonly UnpackedAppend[], total: number): ArrayBuffer {
  const octets = new Uint8Array(total);
  let offset = 0;
  const putId = (id: string) => {
    uuidOctets(id, octets, offset);
    offset += idOctets;
  };
  for (const { records, causes } of appends) {
    for (const { id } of causes) putId(id);
    for (const { id, record, sealed } of records) {
      putId(id);
      octets.set(record, offset);
      offset += record.length;
      if (sealed !== null) {
        octets.set(sealed, offset);
        offset += sealed.length;
      }
    }
  }
  return octets.buffer;
}

/** The rows are views into the packed buffer. */
export function unpackAppends(packed: PackedAppends): LogAppend[] {
  const { streams, expected, counts, causes, lengths, octets } = packed;
  let offset = 0;
  let length = 0;
  const take = (count: number) => {
    const view = new Uint8Array(octets, offset, count);
    offset += count;
    return view;
  };
  const row = (): LogRow => {
    const id = take(idOctets);
    const record = take(lengths[length++]!);
    const sealedOctets = lengths[length++]!;
    return { id, record, sealed: sealedOctets < 0 ? null : take(sealedOctets) };
  };
  return streams.map((stream, i) => {
    const known = causes[i]!.map((position): LogCause => ({ position, id: take(idOctets) }));
    return { stream, expected: expected[i]!, causes: known, rows: Array.from({ length: counts[i]! }, row) };
  });
}
