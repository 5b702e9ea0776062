/**
 * What main thread and scanner say to each other. Octets cross by transfer, and the buffers that they came in go
 * back to be filled again. One message carries everything of one turn of the event loop.
 */
import type { ScannedMail, ScanWishes } from '../blob-store/scanner-port.ts';
import type { CarriedError } from './keeper-protocol.ts';

export type ScanCommand =
  /** The next octets of a mail; the first such command of a number begins it. */
  | {
      readonly ask: 'take';
      readonly scan: number;
      readonly parts: readonly Uint8Array[];
      readonly isLast: boolean;
      readonly wishes: ScanWishes | undefined;
    }
  | { readonly ask: 'abort'; readonly scan: number };

export interface ScannerRequest {
  readonly commands: readonly ScanCommand[];
  /** Set in the last request: drop what is unfinished and end. */
  readonly close: boolean;
}

export type ScanAnswer =
  /** So many octets of the mail have been worked through. */
  | { readonly scan: number; readonly tookOctets: number; readonly buffers: readonly ArrayBuffer[] }
  | { readonly scan: number; readonly mail: ScannedMail }
  | { readonly scan: number; readonly error: CarriedError };

export type ScannerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answers'; readonly answers: readonly ScanAnswer[] }
  | { readonly kind: 'closed' };
