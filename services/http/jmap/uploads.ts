/**
 * What clients have uploaded and not used yet (RFC 8620 §6.1): encrypted under keys that only this process's memory
 * has, in a folder that is emptied at each start. An upload goes after an hour, and earlier where its owner uploads more
 * than there is room for.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Uuid } from '../../domain/values.ts';
import type { FreeSpace } from '../../free-space.ts';
import { coreLimits } from './core-limits.ts';

export interface Upload {
  readonly blobId: string;
  readonly octets: number;
}

interface Kept extends Upload {
  readonly account: Uuid;
  readonly key: Buffer;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly keptAtMs: number;
}

const maxAccountOctets = 4 * coreLimits.maxSizeUpload;
const maxAccountUploads = 1000;
const lifetimeMs = 60 * 60 * 1000;
const lookIntervalMs = 60_000;
const cipher = 'aes-256-gcm';

export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  readonly why: 'tooLarge' | 'diskLow';

  constructor(why: UploadRefused['why']) {
    super(`the upload was refused: ${why}`);
    this.why = why;
  }
}

export class Uploads {
  readonly #folder: string;
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #freeSpace: Pick<FreeSpace, 'isLow'>;
  readonly #look: NodeJS.Timeout;

  constructor(folder: string, freeSpace: Pick<FreeSpace, 'isLow'>) {
    this.#folder = folder;
    this.#freeSpace = freeSpace;
    this.#look = setInterval(() => void this.#forgetOld(), lookIntervalMs).unref();
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  close(): void {
    clearInterval(this.#look);
  }

  /** `announced` octets, where the client said how many: 0 is unknown. Throws `UploadRefused`; then nothing is kept. */
  async keep(
    account: Uuid,
    octets: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    announced: number,
  ): Promise<Upload> {
    if (announced > coreLimits.maxSizeUpload) throw new UploadRefused('tooLarge');
    if (this.#freeSpace.isLow(announced)) throw new UploadRefused('diskLow');
    const blobId = `u${randomBytes(16).toString('hex')}`;
    const [key, nonce] = [randomBytes(32), randomBytes(12)];
    const sealing = createCipheriv(cipher, key, nonce);
    const counter = new CountedOctets(coreLimits.maxSizeUpload, () => this.#freeSpace.isLow());
    const file = createWriteStream(this.#path(blobId), { mode: 0o600 });
    try {
      await pipeline(octets, counter, sealing, file);
    } catch (error) {
      await rm(this.#path(blobId), { force: true });
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? new UploadRefused('diskLow') : error;
    }
    const upload = { blobId, octets: counter.octets };
    const secrets = { account, key, nonce, tag: sealing.getAuthTag(), keptAtMs: Date.now() };
    this.#kept.set(blobId, { ...upload, ...secrets });
    await this.#makeRoom(account);
    return upload;
  }

  /** Its octets; null where the account has no such upload (any more). */
  octetsOf(account: Uuid, blobId: string): number | null {
    const kept = this.#kept.get(blobId);
    return kept?.account === account ? kept.octets : null;
  }

  /** Null where the account has no such upload (any more). */
  open(account: Uuid, blobId: string): { octets: number; stream: AsyncIterable<Uint8Array> } | null {
    const kept = this.#kept.get(blobId);
    if (!kept || kept.account !== account) return null;
    return { octets: kept.octets, stream: this.#octetsOf(kept) };
  }

  /** Opened when it is read, and not before: whoever turns it down leaves no file open. */
  async *#octetsOf({ blobId, key, nonce, tag }: Kept): AsyncGenerator<Uint8Array> {
    const opening = createDecipheriv(cipher, key, nonce).setAuthTag(tag);
    const file = createReadStream(this.#path(blobId));
    file.on('error', (error) => opening.destroy(error));
    try {
      yield* file.pipe(opening);
    } finally {
      file.destroy();
    }
  }

  async #forgetOld(): Promise<void> {
    const nowMs = Date.now();
    const late = [...this.#kept.values()].filter(({ keptAtMs }) => nowMs - keptAtMs > lifetimeMs);
    for (const { blobId } of late) await this.#forget(blobId);
  }

  async #makeRoom(account: Uuid): Promise<void> {
    const own = [...this.#kept.values()].filter((each) => each.account === account);
    let octets = own.reduce((sum, each) => sum + each.octets, 0);
    let count = own.length;
    for (const each of own) {
      if (octets <= maxAccountOctets && count <= maxAccountUploads) return;
      octets -= each.octets;
      count--;
      await this.#forget(each.blobId);
    }
  }

  async #forget(blobId: string): Promise<void> {
    this.#kept.delete(blobId);
    await rm(this.#path(blobId), { force: true });
  }

  #path(blobId: string): string {
    return join(this.#folder, blobId);
  }
}

class CountedOctets extends Transform {
  octets = 0;
  readonly #most: number;
  readonly #isDiskLow: () => boolean;

  constructor(most: number, isDiskLow: () => boolean) {
    super();
    this.#most = most;
    this.#isDiskLow = isDiskLow;
  }

  override _transform(
    octets: Buffer,
    _: BufferEncoding,
    done: (error: Error | null, octets?: Buffer) => void,
  ): void {
    this.octets += octets.length;
    if (this.octets > this.#most) done(new UploadRefused('tooLarge'));
    else if (this.#isDiskLow()) done(new UploadRefused('diskLow'));
    else done(null, octets);
  }
}
