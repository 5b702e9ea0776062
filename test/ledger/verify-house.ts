/** What tests of verification share: a house, changes to it, and what must be found. */
import assert from 'node:assert/strict';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import type { KeyStore } from '../../services/key-store/key-store.ts';
import { type FindingKind, verifyExit } from '../../services/ledger/findings.ts';
import { type VerifyOptions, type VerifyReport, verifyLog } from '../../services/ledger/verify.ts';
import { changedLog } from './ledger-house.ts';
import type { MailHouse } from './mail-house.ts';

export function verify(
  house: MailHouse,
  options?: VerifyOptions,
  keys: Partial<KeyStore> = {},
): Promise<VerifyReport> {
  const { store, folder, blobs } = house;
  return verifyLog({ store, folder, blobs, keys: keysWith(house.keys, keys) }, options);
}

/** The keys of a house, some calls of which answer otherwise. */
export function keysWith(keys: KeyStore, otherwise: Partial<KeyStore>): KeyStore {
  return new Proxy(keys, {
    get: (target, call: keyof KeyStore) => otherwise[call] ?? target[call].bind(target),
  });
}

/** Exactly these kinds, and the exit code that follows. */
export function assertFound(report: VerifyReport, exit: number, ...kinds: FindingKind[]): void {
  const found = [...new Set(report.findings.map(({ kind }) => kind))];
  assert.deepEqual(found.sort(), [...kinds].sort(), JSON.stringify(report.findings, null, 1));
  assert.equal(report.exit, exit);
}

export function assertSound(report: VerifyReport): void {
  assertFound(report, verifyExit.sound);
}

export const flipped = (octets: Uint8Array, place: number, bit = 1) => {
  const copy = Buffer.from(octets);
  copy[place]! ^= bit;
  return copy;
};

/** The record's text with one part replaced. */
export const rewritten = (record: StoredRecord, from: string | RegExp, to: string): StoredRecord => {
  const text = Buffer.from(record.record).toString();
  assert.notEqual(text.replace(from, to), text, 'the test changes something');
  return { ...record, record: Buffer.from(text.replace(from, to)) };
};

export async function withChange(
  house: MailHouse,
  change: (record: StoredRecord, index: number) => StoredRecord | null,
): Promise<MailHouse> {
  return house.withLog(await changedLog(house.log, change));
}

export const isMessage = ({ stream, revision }: StoredRecord) =>
  stream.startsWith('message-') && revision === 0;
export const indexOfMail = (house: MailHouse) => house.log.records.findIndex(isMessage);
