/**
 * Keeps the octets of an accepted mail: under the message's key, and once however often they come. Two mails are the
 * same when all of their octets are.
 */
import { rm } from 'node:fs/promises';
import type { Uuid } from '../domain/values.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import type { BlobStore, SealedFrame } from './blob-store.ts';
import type { ScannedMail } from './scanner-port.ts';

/** The frame that holds a message's octets. */
export interface KeptBlob {
  readonly frame: Uuid;
  readonly frameKey: Uint8Array;
  /** False where a frame with the same octets was there already. */
  readonly isNew: boolean;
  /** Rejects where the frame could not be kept, and then nothing of it is on disk. */
  readonly stored: Promise<void>;
  /** Whether `stored` has rejected: nothing may name the frame any more. */
  isLost(): boolean;
}

export class BlobKeeping {
  readonly #blobs: BlobStore;
  readonly #keys: KeyStore;
  /** Address -> the last of those who are keeping these octets now; it never rejects. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(blobs: BlobStore, keys: KeyStore) {
    this.#blobs = blobs;
    this.#keys = keys;
  }

  /**
   * Takes the scanned frame over: it is put, or discarded where the same octets are kept under a living key. Whoever
   * comes with the same octets meanwhile waits, and then finds the first one's frame. What an event says of the frame
   * may be appended as soon as this resolves, unless the frame is lost by then; should it be lost later, the append is
   * refused as well. On a rejection the mail must not be accepted.
   */
  keep(mail: ScannedMail, message: Uuid): Promise<KeptBlob> {
    const { address } = mail;
    const before = this.#underWay.get(address) ?? Promise.resolve();
    const kept = before.then(() => this.#keepNow(mail, message));
    const settled = kept.then(({ stored }) => stored).catch(() => {});
    this.#underWay.set(address, settled);
    settled.then(() => {
      if (this.#underWay.get(address) === settled) this.#underWay.delete(address);
    });
    return kept;
  }

  async #keepNow(mail: ScannedMail, message: Uuid): Promise<KeptBlob> {
    try {
      const known = await this.#holdKnown(mail.address, message);
      if (known === null) return await this.#put(mail, message);
      await discardFrame(mail.frame);
      return known;
    } catch (error) {
      await discardFrame(mail.frame);
      throw error;
    }
  }

  async #put({ frame: sealed, frameKey }: ScannedMail, message: Uuid): Promise<KeptBlob> {
    const { frame } = sealed;
    let isLost = false;
    const stored = this.#blobs.put(sealed).catch(async (error) => {
      isLost = true;
      await discardFrame(sealed);
      throw error;
    });
    stored.catch(() => {}); // who appends meanwhile is refused
    await this.#keys.holdFrame(frame, message, frameKey);
    return { frame, frameKey, isNew: true, stored, isLost: () => isLost };
  }

  /** The message takes hold of a frame whose key somebody still holds; null where there is none. */
  async #holdKnown(address: string, message: Uuid): Promise<KeptBlob | null> {
    for (const frame of await this.#blobs.find(address)) {
      const frameKey = await this.#keys.frameKeyOfAny(frame);
      if (frameKey === null) continue;
      await this.#keys.holdFrame(frame, message, frameKey);
      return { frame, frameKey, isNew: false, stored: Promise.resolve(), isLost: () => false };
    }
    return null;
  }
}

/** For a mail that was scanned and is not accepted: nothing of it stays on disk. */
export async function discardFrame({ content }: SealedFrame): Promise<void> {
  if ('file' in content) await rm(content.file, { force: true });
}
