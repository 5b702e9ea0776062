/** A ledger house with mails in it: whole frames, keys and events, as the intake leaves them. */
import { createHash, hash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BlobStore, FrameMissing, type SealedFrame } from '../../services/blob-store/blob-store.ts';
import { FrameSealer } from '../../services/blob-store/frame-sealer.ts';
import { acceptMessage, noJudgements, type ResolvedRecipient } from '../../services/domain/message.ts';
import type { Uuid } from '../../services/domain/values.ts';
import type { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import type { VerifySources } from '../../services/ledger/verify.ts';
import { LedgerHouse, temporaryFolder } from './ledger-house.ts';

/** Frames in memory. */
export class MemoryBlobStore implements BlobStore {
  readonly incoming = '/nowhere';
  readonly kept = new Map<string, Buffer>();

  async put({ frame, content }: SealedFrame): Promise<void> {
    if (!('bytes' in content)) throw new Error('frames in files are not kept in memory');
    this.kept.set(frame, Buffer.from(content.bytes));
  }

  async find(): Promise<string[]> {
    return [];
  }

  async read(frame: string, offset: number, length: number): Promise<Uint8Array> {
    const octets = this.kept.get(frame);
    if (!octets) throw new FrameMissing(frame);
    return new Uint8Array(octets.subarray(offset, offset + length));
  }

  async remove(frame: string): Promise<void> {
    this.kept.delete(frame);
  }

  async *frames(): AsyncGenerator<never> {}

  async place(frame: string): Promise<string> {
    return `memory/${frame}`;
  }

  async close(): Promise<void> {}
}

export interface PutMail {
  readonly message: string;
  readonly frame: string;
}

/** First of the two recipients of every mail. */
export const mailReader: Uuid = crypto.randomUUID();

export interface Lies {
  readonly address?: string;
  readonly headerAddress?: string;
  readonly blobOctets?: number;
}

export class MailHouse extends LedgerHouse {
  readonly blobs = new MemoryBlobStore();

  get sources(): VerifySources {
    return { store: this.store, keys: this.keys, folder: this.folder, blobs: this.blobs };
  }

  /** The same keys, folder and frames beside another log. */
  withLog(log: MemoryLog): MailHouse {
    const { keys, blobs } = this;
    return Object.assign(new MailHouse(this.folder.path, log, keys), { blobs });
  }

  /** Accepts a mail; `lies` are what its event, or the header of its frame, says instead of the truth. */
  async accept(
    blob: Uint8Array,
    traceText = 'Received: from peer\r\n',
    shared?: string,
    lies: Lies = {},
  ): Promise<PutMail> {
    const message = newEventId(this.nowMs);
    const sha256 = createHash('sha256').update(blob).digest();
    const address = hash('sha256', Buffer.concat([await this.keys.ensure('secret-address'), sha256]));
    const frame = shared ?? crypto.randomUUID();
    const key = (shared && (await this.keys.frameKeyOfAny(shared))) || randomBytes(32);
    if (shared === undefined) await this.#putFrame(frame, lies.headerAddress ?? address, key, blob);
    await this.keys.holdFrame(frame, message, key);
    const recipients: ResolvedRecipient[] = [
      { account: mailReader, address: 'wang@acme.example' },
      { account: crypto.randomUUID(), address: 'li@acme.example' },
    ];
    await this.add(
      `message-${message}`,
      'absent',
      acceptMessage({
        source: 'smtp',
        frame,
        address: lies.address ?? address,
        blobOctets: lies.blobOctets ?? blob.length,
        traceText,
        thread: crypto.randomUUID(),
        submitter: null,
        normalised: false,
        recipients,
        mailbox: null,
        flags: 0,
        internalDateMs: this.nowMs,
        verdict: noJudgements,
        personal: {
          sha256: sha256.toString('hex'),
          subject: '合同 ABC-12',
          returnPath: 'buyer@outside.example',
        },
      }),
    );
    return { message, frame };
  }

  async #putFrame(frame: string, address: string, key: Uint8Array, blob: Uint8Array): Promise<void> {
    const chunks: Uint8Array[] = [];
    const sealer = new FrameSealer(frame, key, (stored) => chunks.push(Uint8Array.from(stored)));
    sealer.push(blob);
    const { header, table, blobOctets } = sealer.finish(address);
    await this.blobs.put({
      frame,
      address,
      blobOctets,
      content: { bytes: Buffer.concat([header, ...chunks, table]) },
    });
  }
}

/** A mail of about 100 octets times `n`, which does not compress. */
export function mailOctets(n: number): Buffer {
  const text = hash('shake256', String(n), { outputEncoding: 'base64', outputLength: 75 * n });
  return Buffer.from(`Subject: mail ${n}\r\n\r\n${text}\r\n`);
}

export type SealedMailHouse = MailHouse & { readonly mails: readonly PutMail[] };

/** A house with heads over 1, 40 and all of its records; three mails, two of which share a frame. */
export async function sealedMailHouse(t: TestContext, log: MemoryLog): Promise<SealedMailHouse> {
  const house = new MailHouse(join(await temporaryFolder(t), 'ledger'), log);
  const sealer = new Sealer(await openLedger(house.options), { sealIntervalMs: 1_000_000 });
  await sealer.sealNow();
  const mails = [await house.accept(mailOctets(1))];
  await house.fill(36);
  await sealer.sealNow();
  mails.push(await house.accept(mailOctets(4000)));
  mails.push(await house.accept(mailOctets(1), 'Received: twice\r\n', mails[0]!.frame));
  await house.fill(700);
  house.nowMs += 5;
  await sealer.stop();
  return Object.assign(house, { mails });
}
