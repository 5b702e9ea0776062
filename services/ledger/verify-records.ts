/** Verifies records one by one: form, place, order in their streams, times, epochs. */
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import type { Findings } from './findings.ts';
import { type RecordFields, RecordMalformed, readRecord } from './record-syntax.ts';
import { StreamTable } from './stream-table.ts';

/** A record on its way through the verification. */
export interface Visited {
  readonly stored: StoredRecord;
  /** Index of its leaf. */
  readonly index: number;
  /** Null where it cannot be read. */
  readonly fields: RecordFields | null;
  /** It has the revision that its stream's last one lets expect. */
  readonly isInOrder: boolean;
}

/** `position 12, message-…/0`. */
export function placeOf({ position, stream, revision }: StoredRecord): string {
  return `position ${position}, ${stream}/${revision}`;
}

export class RecordCheck {
  readonly #findings: Findings;
  /** Null where the whole log is walked: then no stream may begin in its middle. */
  readonly #older: EventStore | null;
  readonly #streams = new StreamTable();
  #epoch: number;

  /** `older` is the log in which streams are looked up that began before the first record walked. */
  constructor(findings: Findings, older: EventStore | null = null, epoch = 1) {
    this.#findings = findings;
    this.#older = older;
    this.#epoch = epoch;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get streams(): number {
    return this.#streams.count;
  }

  /** Fetches what is needed of streams that began before the first record walked. */
  async prepare(page: readonly StoredRecord[]): Promise<void> {
    if (this.#older === null) return;
    const seen = new Set<string>();
    for (const { stream, revision } of page) {
      if (seen.has(stream)) continue;
      seen.add(stream);
      if (revision === 0 || this.#streams.get(stream) !== null) continue;
      const [before] = await this.#older.readStream(stream, revision - 1, 1);
      if (before) this.#streams.set(stream, { revision: before.revision, at: this.#timeOf(before) });
    }
  }

  visit(stored: StoredRecord, index: number): Visited {
    const fields = this.#read(stored);
    const last = this.#streams.get(stored.stream);
    const expected = last === null ? 0 : last.revision + 1;
    if (stored.revision !== expected) {
      this.#findings.add('revision', placeOf(stored), `the stream’s next revision is ${expected}`);
    }
    if (fields !== null) {
      this.#checkTime(stored, fields, last?.at ?? 0);
      this.#checkEpoch(stored, fields);
    }
    this.#streams.set(stored.stream, { revision: stored.revision, at: fields?.at ?? last?.at ?? 0 });
    return { stored, index, fields, isInOrder: stored.revision === expected };
  }

  #read(stored: StoredRecord): RecordFields | null {
    const { stream, revision, id } = stored;
    try {
      const fields = readRecord(stored.record);
      if (fields.stream === stream && fields.revision === revision && fields.id === id) return fields;
      const own = `${fields.stream}/${fields.revision}, event ${fields.id}`;
      this.#findings.add('record', placeOf(stored), `the record belongs at ${own}`);
    } catch (error) {
      if (!(error instanceof RecordMalformed)) throw error;
      this.#findings.add('record', placeOf(stored), error.message);
    }
    return null;
  }

  #checkTime(stored: StoredRecord, { at }: RecordFields, lastAt: number): void {
    if (at < lastAt)
      this.#findings.add('time', placeOf(stored), `${at} ms, behind ${lastAt} ms in the same stream`);
  }

  #checkEpoch(stored: StoredRecord, { epoch, type, stream }: RecordFields): void {
    if (epoch === this.#epoch) return;
    const restored = epoch > this.#epoch && type === 'LogRestored' && stream.startsWith('ledger-');
    if (!restored)
      this.#findings.add(
        'epoch',
        placeOf(stored),
        `epoch ${epoch} behind epoch ${this.#epoch}, without a restore`,
      );
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  #timeOf(record: StoredRecord): number {
    try {
      return readRecord(record.record).at;
    } catch (error) {
      if (!(error instanceof RecordMalformed)) throw error;
      return 0;
    }
  }
}
