/** What the key store on the calling thread asks of the core on the keeper's. Keys cross only wrapped. */
import type { Uuid } from '../domain/values.ts';

export interface WrappedKey {
  readonly name: string;
  readonly wrapped: Uint8Array;
  /** UTC milliseconds. */
  readonly madeAt: number;
}

export interface WrappedHold {
  readonly frame: Uuid;
  readonly message: Uuid;
  readonly wrapped: Uint8Array;
}

export type KeyCommand =
  /** `serial` counts the caller's `keep` commands from 1. */
  | {
      readonly ask: 'keep';
      readonly serial: number;
      readonly keys: readonly WrappedKey[];
      readonly holds: readonly WrappedHold[];
    }
  /** Answered when no file holds these keys any more. */
  | { readonly ask: 'destroy'; readonly keys: readonly { readonly name: string; readonly at: number }[] }
  /** Answered when it is on disk. */
  | { readonly ask: 'beginEpoch'; readonly epoch: number; readonly logPosition: number };

export interface KeyAnswer {
  /** Rows of `keep` commands up to this serial are committed: readers see them. */
  readonly committedSerial: number;
}

/** The way to the core; the keeper's client makes it. Commands arrive in the order of the calls. */
export type SendKeyCommand = (command: KeyCommand) => Promise<KeyAnswer>;
