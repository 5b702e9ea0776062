/**
 * What main thread and keeper say to each other. One message carries everything of one turn of the event loop;
 * one message back carries every answer of a group.
 */
import type { Recovery } from '../blob-store/volume-recovery.ts';
import type { CoreName } from './keeper-core.ts';
import type { PackedAppends } from './packed-appends.ts';

/** One command for one core. `call` names the answer. */
export interface CoreCall {
  readonly call: number;
  readonly core: CoreName;
  readonly command: unknown;
}

/** All appends of one turn; they are answered together by one `LogOutcome[]`. */
export interface AppendsCall {
  readonly call: number;
  readonly packed: PackedAppends;
}

/** Where another engine keeps the log: everything answered so far has to be on disk before it is asked to append. */
export interface SyncCall {
  readonly call: number;
  /** Position of the log's last record known to be durable; -1: none. */
  readonly lastLogPosition: number;
}

export interface KeeperRequest {
  readonly calls: readonly CoreCall[];
  readonly appends: AppendsCall | null;
  readonly sync: SyncCall | null;
  /** The last call whose failure the main thread knew of when it sent this; 0: none. */
  readonly lastKnownFailure: number;
  /** Set in the last request: sync, close every core and end. */
  readonly close: boolean;
}

/** An error on its way across the thread border, where only its plain fields survive. */
export interface CarriedError {
  readonly name: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Answer =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: CarriedError };

export type KeeperReply =
  /** Everything is open. `recovery`: what the start found in the volumes; the log's last position, -1 for none. */
  | { readonly kind: 'ready'; readonly recovery: Recovery | null; readonly lastPosition: number }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  | { readonly kind: 'closed' }
  /** A store can't be opened, or the storage is broken. The keeper has stopped and will answer nothing more. */
  | { readonly kind: 'fatal'; readonly error: CarriedError };

export function carryError(error: unknown): CarriedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), fields: {} };
  const { name, message, stack: _stack, cause: _cause, ...fields } = error as Error & Record<string, unknown>;
  return { name: error.name, message: error.message, fields };
}

/** The error that a core threw, as the main thread sees it: tell it by its `name`. */
export class CoreError extends Error {
  readonly fields: Readonly<Record<string, unknown>>;
  constructor({ name, message, fields }: CarriedError) {
    super(message);
    this.name = name;
    this.fields = fields;
  }
}
