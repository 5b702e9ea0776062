/**
 * What the scanner does with one mail, on whichever thread: each octet is hashed, scanned, compressed and sealed
 * while it is in the processor's cache, and then let go.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { SealedFrame } from '../blob-store/blob-store.ts';
import { FrameSealer } from '../blob-store/frame-sealer.ts';
import { sealStructure } from '../blob-store/frame-structure.ts';
import type { ScannedMail, ScanWishes } from '../blob-store/scanner-port.ts';
import { StorageFull } from '../event-store/event-store.ts';
import { freshKey } from '../key-store/key-random.ts';
import { factsOf } from '../mail/facts.ts';
import type { ScannedStructure } from '../mail/mail-part.ts';
import { MailScan, scannerVersion } from '../mail/mail-scan.ts';
import { SignedOctetsScan } from '../mail/signed-octets.ts';
import { encodeStructure } from '../mail/structure-codec.ts';
import { ScannerOutput, type ScannerOutputOptions } from './scanner-output.ts';
import { storageFailure } from './storage-failure.ts';

export interface ScanOptions extends ScannerOutputOptions {
  /** The key `secret-address`. */
  readonly addressKey: Uint8Array;
}

/** Octets are worked on in slices that stay in the cache from one step to the next. */
const sliceOctets = 64 * 1024;

export class ScanJob {
  readonly #addressKey: Uint8Array;
  readonly #frame = randomUUID();
  readonly #frameKey = freshKey();
  readonly #hash = createHash('sha256');
  readonly #scan = new MailScan();
  readonly #output: ScannerOutput;
  readonly #sealer: FrameSealer;
  readonly #signed: SignedOctetsScan | null;
  #failure: Error | null = null;

  constructor(options: ScanOptions, wishes?: ScanWishes) {
    this.#signed = wishes?.signed ? new SignedOctetsScan() : null;
    this.#addressKey = options.addressKey;
    this.#output = new ScannerOutput(this.#frame, options);
    this.#sealer = new FrameSealer(this.#frame, this.#frameKey, (stored) => this.#output.add(stored));
  }

  /** Does not keep the octets, and does not throw: `finish` says what went wrong. */
  write(octets: Uint8Array): void {
    try {
      for (let at = 0; at < octets.length && this.#failure === null; at += sliceOctets) {
        this.#take(octets.subarray(at, at + sliceOctets));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** At once for a mail in memory; for a large one when its file is on disk. Throws what went wrong. */
  finish(): ScannedMail | Promise<ScannedMail> {
    if (this.#failure !== null) throw this.#failure;
    try {
      const mail = this.#finish();
      return mail instanceof Promise ? mail.catch((error) => Promise.reject(this.#fail(error))) : mail;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  abort(): void {
    this.#output.discard();
  }

  #take(octets: Uint8Array): void {
    this.#hash.update(octets);
    this.#scan.push(octets);
    this.#signed?.push(octets);
    this.#sealer.push(octets);
  }

  #finish(): ScannedMail | Promise<ScannedMail> {
    const hash = this.#hash.digest();
    const address = createHash('sha256').update(this.#addressKey).update(hash).digest('hex');
    const found = this.#scan.finish();
    const { header, table, blobOctets } = this.#sealer.finish(address);
    const content = this.#output.finish(header, table, blobOctets);
    const mail = (kept: SealedFrame['content']) => this.#mail(hash.toString('hex'), address, found, kept);
    return content instanceof Promise ? content.then(mail) : mail(content);
  }

  #mail(
    sha256: string,
    address: string,
    found: ScannedStructure,
    content: SealedFrame['content'],
  ): ScannedMail {
    const structure = alone(encodeStructure(found));
    const sealed = alone(sealStructure(this.#frame, this.#frameKey, structure));
    const blobOctets = found.octets;
    return {
      octets: blobOctets,
      sha256,
      address,
      frame: {
        frame: this.#frame,
        address,
        blobOctets,
        content,
        structure: { scanner: scannerVersion, sealed },
      },
      frameKey: this.#frameKey,
      facts: factsOf(found),
      structure,
      signed: this.#signed?.finish() ?? null,
    };
  }

  #fail(error: unknown): Error {
    this.#output.discard();
    const { message } = error as Error;
    this.#failure = storageFailure(error) === 'full' ? new StorageFull(message) : (error as Error);
    return this.#failure;
  }
}

/** Small buffers share a pool, all of which would be copied when one of them crosses to another thread. */
function alone(octets: Uint8Array): Uint8Array {
  return new Uint8Array(octets);
}
