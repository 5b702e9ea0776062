/**
 * What one session sent and heard, in order, so that its record can be made again as it stood at any moment of the
 * run: a power cut is tried long after the run has ended.
 */
import type { AccountRecord, ChangeCommand } from './mail-record.ts';

export interface JournalEntry {
  /** Octets by which the server acknowledged. */
  readonly acknowledgement: string;
  /** What was asked to change; null where it was only shown. */
  readonly command: ChangeCommand | null;
  /** What follows from the answer; called on the record as it stands before it. */
  readonly apply: (record: AccountRecord) => void;
}

/** Entries of one connection, one command at a time. */
export type SessionJournal = JournalEntry[];
