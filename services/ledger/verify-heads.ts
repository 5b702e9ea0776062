/** Verifies signed heads: those in the log, their files, `HEAD`, and one that was kept outside. */

import type { KeyObject } from 'node:crypto';
import { counted } from '../counted.ts';
import { ledgerStream } from '../domain/ledger.ts';
import type { Uuid } from '../domain/values.ts';
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import {
  type Checkpoint,
  CheckpointMalformed,
  checkpointText,
  keyHash,
  originOf,
  type ParsedCheckpoint,
  parseCheckpoint,
} from './checkpoint.ts';
import type { FindingKind, Findings } from './findings.ts';
import type { HeadWatch } from './head-watch.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { factOf } from './ledger-stream.ts';
import { RecordMalformed } from './record-syntax.ts';
import { isSignedBy, publicKeyObject } from './signing-key.ts';
import { placeOf } from './verify-records.ts';

/** What every head of one log is held against. */
export interface LogIdentity {
  /** Null for an empty log. */
  readonly logId: Uuid | null;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
}

const pageRecords = 500;

export interface HeadCheckOptions {
  readonly store: EventStore;
  readonly folder: LedgerFolder;
  readonly identity: LogIdentity;
  /** Position of the last record that is walked; heads behind it are not expected. */
  readonly lastPosition: number;
  readonly findings: Findings;
  readonly watch: HeadWatch;
}

export class HeadCheck {
  readonly #identity: LogIdentity;
  readonly #key: KeyObject;
  readonly #folder: LedgerFolder;
  readonly #findings: Findings;
  readonly #watch: HeadWatch;
  readonly #store: EventStore;
  readonly #lastPosition: number;
  /** Revision of the ledger's stream up to which its heads are known. */
  #nextRevision = 0;
  /** Sizes of the heads in the log, ascending. */
  readonly #sizes: number[] = [];
  /** Heads whose files are still to be compared. */
  #unfiled: Checkpoint[] = [];
  #head: ParsedCheckpoint | null = null;

  constructor({ store, folder, identity, lastPosition, findings, watch }: HeadCheckOptions) {
    this.#identity = identity;
    this.#key = publicKeyObject(identity.publicKey);
    this.#folder = folder;
    this.#findings = findings;
    this.#watch = watch;
    this.#store = store;
    this.#lastPosition = lastPosition;
  }

  /** Heads in the log so far. */
  get count(): number {
    return this.#sizes.length;
  }

  /** What `HEAD` signs; null where there is no such file, or its signature is not the log's. */
  get head(): ParsedCheckpoint | null {
    return this.#head;
  }

  /** Size that `HEAD` signs; 0 where there is no such file. */
  get headSize(): number {
    return this.#head?.size ?? 0;
  }

  /** Expects the head of `ledger/HEAD`. */
  expectHead(text: string): void {
    this.#head = this.expectText(text, 'head', this.#folder.headFile);
  }

  /** Expects a head given as text, where it is one of this log. */
  expectText(text: string, kind: FindingKind, place: string): ParsedCheckpoint | null {
    const parsed = this.#parse(text, kind, place);
    if (parsed === null) return null;
    const problem = this.#problemOf(parsed);
    if (problem !== null) {
      this.#findings.add(kind, place, problem);
      return null;
    }
    this.#watch.expect(parsed, kind, place);
    return parsed;
  }

  /** Expects the heads of the log up to a size, which are read ahead of the tree; those below `from` are known. */
  async expectSealed(upTo: number, from = 0): Promise<void> {
    while ((this.#sizes.at(-1) ?? 0) < upTo) {
      const page = await this.#readPage();
      if (page.length === 0) return;
      for (const record of page) this.#expectRecord(record, from);
    }
  }

  async #readPage(): Promise<StoredRecord[]> {
    const { logId } = this.#identity;
    if (logId === null) return [];
    const page = await this.#store.readStream(ledgerStream(logId), this.#nextRevision, pageRecords);
    this.#nextRevision += page.length;
    return page;
  }

  /** A head that the log has at `index` covers records before it only. */
  visit(record: StoredRecord, index: number): void {
    const head = this.#sealedIn(record);
    if (head === null || head.size <= index) return;
    this.#findings.add(
      'checkpoint',
      placeOf(record),
      `it signs ${counted(head.size, 'record')} and is itself record ${index}`,
    );
  }

  /** Compares the files of the heads that have been expected since the last call. */
  async checkFiles(): Promise<void> {
    for (const head of this.#unfiled) {
      if (head.size > this.headSize) continue;
      const place = this.#folder.checkpointFile(head.size);
      const text = await this.#folder.checkpoint(head.size);
      if (text === null) this.#findings.add('checkpointFile', place, 'it is missing');
      else if (text !== checkpointText(head, this.#identity.publicKey)) {
        this.#findings.add('checkpointFile', place, 'it is not the head that the log has');
      }
    }
    this.#unfiled = [];
  }

  /** Files of heads that the log does not have. A server that goes on meanwhile may have made some more. */
  async checkStrayFiles(logSize: number, epoch: number): Promise<void> {
    const strays: number[] = [];
    for await (const name of this.#folder.checkpointNames()) {
      if (!includes(this.#sizes, Number(name))) strays.push(Number(name));
    }
    await this.#readOn();
    let largest: ParsedCheckpoint | null = null;
    for (const size of strays.filter((each) => !includes(this.#sizes, each))) {
      const beyond = await this.#checkStray(size, logSize, epoch);
      if (beyond !== null && beyond.size > (largest?.size ?? 0)) largest = beyond;
    }
    if (largest !== null) this.#watch.expect(largest, 'head', this.#folder.checkpointFile(largest.size));
  }

  /** A head of more records than the log has; null for every other stray file, which is found unless it is of an older epoch. */
  async #checkStray(size: number, logSize: number, epoch: number): Promise<ParsedCheckpoint | null> {
    const place = this.#folder.checkpointFile(size);
    const parsed = this.#parse((await this.#folder.checkpoint(size)) ?? '', 'checkpointFile', place);
    if (parsed === null || parsed.epoch < epoch) return null;
    if (parsed.size > logSize && this.#problemOf(parsed) === null) return parsed;
    this.#findings.add('checkpointFile', place, 'the log has no such head');
    return null;
  }

  /** Takes in the sizes of heads behind the log that was walked. */
  async #readOn(): Promise<void> {
    for (;;) {
      const page = await this.#readPage();
      if (page.length === 0) return;
      for (const head of page.map((record) => this.#sealedIn(record))) {
        if (head !== null && head.size > (this.#sizes.at(-1) ?? 0)) this.#sizes.push(head.size);
      }
    }
  }

  #expectRecord(record: StoredRecord, from: number): void {
    const head = this.#sealedIn(record);
    if (head === null) return;
    const problem = this.#problemOf(head);
    if (problem !== null) this.#findings.add('checkpoint', placeOf(record), problem);
    const last = this.#sizes.at(-1) ?? 0;
    if (head.size <= last) {
      this.#findings.add(
        'checkpoint',
        placeOf(record),
        `it signs ${counted(head.size, 'record')}, behind one of ${last}`,
      );
      return;
    }
    this.#sizes.push(head.size);
    if (head.size <= from || record.position > this.#lastPosition) return;
    this.#watch.expect(head, 'checkpoint', placeOf(record));
    this.#unfiled.push(head);
  }

  #sealedIn(record: StoredRecord): Checkpoint | null {
    try {
      const fact = factOf(record);
      if (fact.type !== 'CheckpointSealed') return null;
      const { size, root, sealedAt, signature } = fact.data;
      return { logId: this.#identity.logId!, epoch: fact.epoch, size, root, sealedAt, signature };
    } catch (error) {
      // The record check names it.
      if (error instanceof RecordMalformed) return null;
      throw error;
    }
  }

  #parse(text: string, kind: FindingKind, place: string): ParsedCheckpoint | null {
    try {
      return parseCheckpoint(text);
    } catch (error) {
      if (!(error instanceof CheckpointMalformed)) throw error;
      this.#findings.add(kind, place, `it is not a checkpoint: ${error.message}`);
      return null;
    }
  }

  /** Why a head is not one of this log; null where it is. */
  #problemOf(head: Checkpoint & { keyHash?: string }): string | null {
    const { logId, publicKey } = this.#identity;
    if (logId !== null && head.logId !== logId) return `it is a head of another log, ${head.logId}`;
    const hash = keyHash(originOf(head), publicKey).toString('hex');
    if (head.keyHash !== undefined && head.keyHash !== hash) return 'it names another key than the log’s';
    return isSignedBy(head, this.#key) ? null : 'its signature is not the log’s';
  }
}

function includes(ascending: readonly number[], wanted: number): boolean {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (ascending[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === wanted;
}
