import type { Scan, ScannedMail, ScanWishes } from '../blob-store/scanner-port.ts';
import { type StagingBuffers, stagingOctets } from './scanner-buffers.ts';
import type { ScanJob } from './scanner-core.ts';
import type { ScanCommand } from './scanner-protocol.ts';

/** A mail up to this size goes over in one message; of a longer one each message carries so much. */
const messageBuffers = 4;
/** To hand over a mail of up to so much costs a waiting sender more than to scan it. */
const maxOctetsHere = 32 * 1024;
/** So many octets of a mail may be on their way to the scanner before its sender has to wait. */
const windowOctets = 1024 * 1024;

export interface RemoteScanOwner {
  send(command: ScanCommand): void;
  /** The scan needs no further answer. */
  ended(): void;
  /** Whether a short mail may be scanned on this thread: nobody else is kept waiting. */
  hasTime(): boolean;
  jobHere(wishes: ScanWishes | undefined): ScanJob;
}

/** One mail on its way to the scanner's thread. */
export class RemoteScan implements Scan {
  readonly #scan: number;
  readonly #buffers: StagingBuffers;
  readonly #owner: RemoteScanOwner;
  readonly #wishes: ScanWishes | undefined;
  /** Full buffers that have not been sent. */
  #parts: Uint8Array[] = [];
  #staging: Uint8Array | null = null;
  #stagedOctets = 0;
  #untakenOctets = 0;
  #isBegun = false;
  #failure: Error | null = null;
  #goOn: (() => void) | null = null;
  #settle: { resolve(mail: ScannedMail): void; reject(error: Error): void } | null = null;

  constructor(scan: number, buffers: StagingBuffers, owner: RemoteScanOwner, wishes?: ScanWishes) {
    this.#scan = scan;
    this.#buffers = buffers;
    this.#owner = owner;
    this.#wishes = wishes;
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#failure === null) this.#stage(octets);
    return this.#mustWait() ? new Promise((resolve) => this.#waitFor(resolve)) : done;
  }

  finish(): Promise<ScannedMail> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#settle = { resolve, reject };
      if (this.#isShort && this.#owner.hasTime()) void this.#scanHere();
      else this.#send(true);
    });
  }

  abort(): void {
    if (this.#isBegun) this.#owner.send({ ask: 'abort', scan: this.#scan });
    this.fail(new Error('the mail was dropped'));
  }

  /** The scanner has worked through so many octets. */
  took(octets: number): void {
    this.#untakenOctets -= octets;
    if (!this.#mustWait()) this.#release();
  }

  succeed(mail: ScannedMail): void {
    this.#owner.ended();
    this.#settle?.resolve(mail);
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#parts = [];
    this.#staging = null;
    this.#owner.ended();
    this.#settle?.reject(error);
    this.#release();
  }

  #stage(octets: Uint8Array): void {
    for (let at = 0; at < octets.length; ) {
      this.#staging ??= this.#buffers.take();
      const piece = octets.subarray(at, at + stagingOctets - this.#stagedOctets);
      this.#staging.set(piece, this.#stagedOctets);
      this.#stagedOctets += piece.length;
      at += piece.length;
      if (this.#stagedOctets === stagingOctets) this.#closeStaging();
    }
  }

  #closeStaging(): void {
    if (this.#staging === null) return;
    this.#parts.push(this.#staging.subarray(0, this.#stagedOctets));
    this.#staging = null;
    this.#stagedOctets = 0;
    if (this.#parts.length > messageBuffers) this.#send(false);
  }

  #send(isLast: boolean): void {
    if (isLast) this.#closeStaging();
    const parts = this.#parts;
    this.#parts = [];
    this.#isBegun = true;
    this.#untakenOctets += parts.reduce((sum, part) => sum + part.length, 0);
    this.#owner.send({ ask: 'take', scan: this.#scan, parts, isLast, wishes: this.#wishes });
  }

  /** All of it lies in the first buffer, and not much. */
  get #isShort(): boolean {
    return !this.#isBegun && this.#parts.length === 0 && this.#stagedOctets <= maxOctetsHere;
  }

  async #scanHere(): Promise<void> {
    try {
      const job = this.#owner.jobHere(this.#wishes);
      this.#closeStaging();
      for (const part of this.#parts) job.write(part);
      this.#buffers.giveBack(this.#parts.map((part) => part.buffer as ArrayBuffer));
      this.#parts = [];
      this.succeed(await job.finish());
    } catch (error) {
      this.fail(error as Error);
    }
  }

  #mustWait(): boolean {
    return this.#untakenOctets > windowOctets && this.#failure === null;
  }

  #waitFor(resolve: () => void): void {
    const before = this.#goOn;
    this.#goOn = () => {
      before?.();
      resolve();
    };
  }

  #release(): void {
    this.#goOn?.();
    this.#goOn = null;
  }
}

const done = Promise.resolve();
