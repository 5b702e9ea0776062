/**
 * The scanner port: whoever receives a mail writes its octets once, and gets back everything that is taken from
 * octets: their hash, their facts and structure, and the sealed frame. `threads/scanner-client.ts` does it on a thread
 * of its own, `threads/scanner-in-process.ts` on the caller's.
 */
import type { MailFacts } from '../mail/facts.ts';
import type { SignedOctets } from '../mail/signed-octets.ts';
import type { SealedFrame } from './blob-store.ts';

export interface ScannedMail {
  readonly octets: number;
  /** Hex of SHA-256 of the octets. */
  readonly sha256: string;
  /** Hex of SHA-256(address key ‖ SHA-256 of the octets). */
  readonly address: string;
  /**
   * Not kept yet. It carries the sealed structure facts with it. Where it lies in a file, that file is whoever
   * scanned's to put or to discard (`keep-blob.ts`).
   */
  readonly frame: SealedFrame;
  /** 32 octets. */
  readonly frameKey: Uint8Array;
  readonly facts: MailFacts;
  /** Structure facts in the clear, as `mail/structure-codec.ts` encodes them. */
  readonly structure: Uint8Array;
  /** Null where nobody asked for it. */
  readonly signed: SignedOctets | null;
}

export interface ScanWishes {
  /** What signatures want to know of the octets is taken too. */
  readonly signed: boolean;
}

/** One mail on its way in. Exactly one of `finish` and `abort` ends it. */
export interface Scan {
  /**
   * Takes the next octets; they are copied, the caller may use its buffer again. Resolves when more may come: a
   * caller that waits for it holds memory for no more than about a mebibyte of each mail. Never rejects: what went
   * wrong is said by `finish`.
   */
  write(octets: Uint8Array): Promise<void>;
  /** Rejects with `StorageFull` where a large mail found no space, otherwise with what went wrong. */
  finish(): Promise<ScannedMail>;
  /** Nothing of the mail stays behind. */
  abort(): void;
}

export interface Scanner {
  begin(wishes?: ScanWishes): Scan;
  scanWhole(octets: Uint8Array): Promise<ScannedMail>;
  close(): Promise<void>;
}
