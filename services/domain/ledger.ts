/**
 * Stream `ledger-<log id>`: how the log was opened, its signed heads, its restores, and steps of the wall
 * clock. Record 0 of every log is this stream's `LogOpened`.
 */
import type { JsonObject } from './event.ts';
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf } from './fact.ts';
import type { Uuid } from './values.ts';

export const ledgerEvents = defineEvents({
  LogOpened: {
    version: 1,
    means: 'A log begins; its formats and algorithms hold until a restore begins another epoch.',
    clear: {
      logId: 'uuid',
      /** Member `v` of its records: docs/formats.md §Record. */
      format: 'integer',
      hashing: 'oneOf:sha256',
      tree: 'oneOf:rfc9162',
      signing: 'oneOf:ed25519',
      sealing: 'oneOf:aes-256-gcm',
      /** Base64 of the 32 octets that verify this log's checkpoints. */
      publicKey: 'publicKey',
    },
  },
  CheckpointSealed: {
    version: 1,
    means: 'A head of the log was signed: the root over its first `size` records.',
    clear: {
      size: 'integer',
      root: 'digest',
      sealedAt: 'time',
      /** Base64 of the 64 octets; what they sign is in docs/formats.md §Checkpoint. */
      signature: 'signature',
    },
  },
  LogRestored: {
    version: 1,
    means:
      'The log was put back from a backup and goes on in a new epoch; what came after the backup is lost.',
    clear: {
      /** The newest head known before the restore. */
      oldEpoch: 'integer',
      oldSize: 'integer',
      oldRoot: 'digest',
    },
    personal: { by: 'who restored it', reason: 'why' },
  },
  ClockStepped: {
    version: 1,
    means: 'The wall clock of the machine jumped; the order of events is the log’s, never time’s.',
    clear: { expected: 'time', observed: 'time' },
  },
});

/** `format` of the logs that this code writes. */
export const logFormat = 1;
/** A wall-clock step of more than this is recorded. */
export const maxUnrecordedClockStepMs = 1000;

/** A head of the log: the tree over its first `size` records. */
export interface LogHead {
  readonly epoch: number;
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

export interface SealedHead extends LogHead {
  /** UTC milliseconds. */
  readonly sealedAt: number;
  /** Base64. */
  readonly signature: string;
}

export interface LedgerState {
  /** Null before `LogOpened`. */
  readonly logId: Uuid | null;
  /** Base64; empty before `LogOpened`. */
  readonly publicKey: string;
  readonly epoch: number;
  readonly lastHead: SealedHead | null;
}

export type LedgerCommand =
  | { readonly kind: 'openLog'; readonly logId: Uuid; readonly publicKey: string }
  | ({ readonly kind: 'sealHead' } & SealedHead)
  | { readonly kind: 'restoreLog'; readonly old: LogHead; readonly by: string; readonly reason: string }
  | { readonly kind: 'noteClockStep'; readonly expectedMs: number; readonly observedMs: number };

/** A fact of this stream and the epoch of its record. */
export type LedgerFact = FactOf<typeof ledgerEvents> & { readonly epoch: number };

const draft = drafterOf(ledgerEvents);

/** Never a refusal: a command that is already fulfilled, or too late, leads to no event. */
function decide(state: LedgerState, command: LedgerCommand): Decision {
  switch (command.kind) {
    case 'openLog':
      return { events: state.logId === null ? [opened(command.logId, command.publicKey)] : [] };
    case 'sealHead':
      return { events: command.size > (state.lastHead?.size ?? 0) ? [sealed(command)] : [] };
    case 'restoreLog': {
      const { epoch, size, root } = command.old;
      const data = { oldEpoch: epoch, oldSize: size, oldRoot: root };
      return { events: [draft('LogRestored', data, { by: command.by, reason: command.reason })] };
    }
    case 'noteClockStep': {
      const { expectedMs: expected, observedMs: observed } = command;
      const steps = Math.abs(observed - expected) > maxUnrecordedClockStepMs;
      return { events: steps ? [draft('ClockStepped', { expected, observed })] : [] };
    }
  }
}

function opened(logId: Uuid, publicKey: string) {
  const algorithms = {
    hashing: 'sha256',
    tree: 'rfc9162',
    signing: 'ed25519',
    sealing: 'aes-256-gcm',
  } as const;
  return draft('LogOpened', { logId, format: logFormat, ...algorithms, publicKey });
}

function sealed({ size, root, sealedAt, signature }: SealedHead) {
  return draft('CheckpointSealed', { size, root, sealedAt, signature });
}

function evolve(state: LedgerState, { type, epoch, data }: LedgerFact): LedgerState {
  switch (type) {
    case 'LogOpened':
      return { ...state, epoch, logId: data.logId, publicKey: data.publicKey };
    case 'CheckpointSealed':
      return { ...state, epoch, lastHead: headOf(epoch, data) };
    case 'LogRestored':
    case 'ClockStepped':
      return { ...state, epoch };
  }
}

export const ledger = {
  category: 'ledger',
  initial: (): LedgerState => ({ logId: null, publicKey: '', epoch: 1, lastHead: null }),
  decide,
  evolve,
} as const;

/** Name of the stream of a log. */
export function ledgerStream(logId: Uuid): string {
  return `${ledger.category}-${logId}`;
}

/** The head that the data of a `CheckpointSealed` carry. */
export function headOf(epoch: number, data: JsonObject): SealedHead {
  const { size, root, sealedAt, signature } = data as unknown as Omit<SealedHead, 'epoch'>;
  return { epoch, size, root, sealedAt, signature };
}
