/**
 * The blob store port: exact octets of messages, each kept as a frame (compressed, then encrypted, in chunks
 * of 64 KiB; `docs/formats.md` §Frame). The store never sees a key or clear octets: frames are sealed and
 * opened by `frame.ts`.
 *
 * What every engine promises (`test/contracts/blob-store.contract.ts`):
 *
 * 1. `put` keeps a sealed frame; it is readable when `put` resolves and on disk before any log record whose
 *    append was called after `put` was. An append that was called before `put` rejected is refused with it (see
 *    `threads/keeper-core.ts`).
 * 2. A frame never changes. Reading a range touches only the chunks of that range.
 * 3. `find` names every frame of an address, newest first.
 * 4. A frame that no event names may vanish at a restart; one that an event names never does.
 */

import type { Soon } from '../memory/soon.ts';

/** A frame made by the scanner: small ones in memory, large ones in a file of their own. */
export interface SealedFrame {
  /** UUIDv4. */
  readonly frame: string;
  /** Hex of SHA-256(address key ‖ SHA-256 of the octets). */
  readonly address: string;
  /** Octets of the blob before compression. */
  readonly blobOctets: number;
  /** The whole frame, header first; or the file (in the store's `incoming` folder) that holds it. */
  readonly content: { readonly bytes: Uint8Array } | { readonly file: string; readonly octets: number };
  /** Structure facts to be cached with it, sealed by `frame-structure.ts`. */
  readonly structure?: { readonly scanner: number; readonly sealed: Uint8Array };
}

export interface BlobStore {
  /** May take the buffer of `content.bytes` over: it is empty afterwards. */
  put(frame: SealedFrame): Promise<void>;
  /** Frames kept for an address, newest first. */
  find(address: string): Promise<string[]>;
  /**
   * Stored octets of a frame from `offset` (its header is at 0); at most `length` of them, in memory that is the
   * caller's alone; at once where they are at hand. Throws or rejects with `FrameMissing`, or with `FrameDamaged`
   * where what should hold the frame is gone.
   */
  read(frame: string, offset: number, length: number): Soon<Uint8Array>;
  /** Frees a frame's octets; the space returns when its volume is rewritten. */
  remove(frame: string): Promise<void>;
  /** Every frame there is, for verification. */
  frames(): AsyncIterable<{
    frame: string;
    address: string;
    storedOctets: number;
    blobOctets: number;
    place: string;
  }>;
  /** File and offset of a frame, for people who repair: `volumes/00000000.vol at 1234`. Throws `FrameMissing`. */
  place(frame: string): Promise<string>;
  /** Folder in which the scanner may write large frames that `put` then moves into place. */
  readonly incoming: string;
  close(): Promise<void>;
}

export class FrameMissing extends Error {
  override readonly name = 'FrameMissing';
  readonly frame: string;
  constructor(frame: string) {
    super(`no frame ${frame} is kept here`);
    this.frame = frame;
  }
}

/** What is known of a damage: which part of the frame, and why it is one. */
export interface Damage {
  /** The frame as far as it is known; null where not even its header is legible. */
  readonly frame: string | null;
  readonly part: 'header' | 'table' | `chunk ${number}`;
  /** First octet of the part, counted from the frame's header. */
  readonly offset: number;
  readonly reason: string;
  /** File and offset of the frame, as `place` names them. */
  readonly place?: string;
}

/** The stored octets are not what was stored: named by frame, part, file and offset. */
export class FrameDamaged extends Error {
  override readonly name = 'FrameDamaged';
  readonly damage: Damage;
  constructor(damage: Damage) {
    const where = damage.place === undefined ? '' : `, frame at ${damage.place}`;
    super(
      `frame ${damage.frame ?? '(illegible)'}: ${damage.part} at octet ${damage.offset}: ${damage.reason}${where}`,
    );
    this.damage = damage;
  }
}
