/** Verifies the octets of accepted mails, frame, key, address, SHA-256, and what rules derived from them. */
import { createHash, hash } from 'node:crypto';
import { type BlobStore, FrameDamaged, FrameMissing } from '../blob-store/blob-store.ts';
import { decodeFrameHeader, frameHeaderOctets } from '../blob-store/frame.ts';
import { streamBlob } from '../blob-store/read-blob.ts';
import { idOf, type JsonObject } from '../domain/event.ts';
import type { ClearOf } from '../domain/fact.ts';
import type { messageEvents } from '../domain/message-events.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { EditedOctets, editedStream, editsOf, type RecordedEdit } from '../mail/octet-edits.ts';
import type { FindingKind, Findings } from './findings.ts';
import { placeOf, type Visited } from './verify-records.ts';

type Derived = ClearOf<(typeof messageEvents)['MailDerived']>;
type Accepted = ClearOf<(typeof messageEvents)['MessageAccepted']>;

/** What a frame was found to hold. */
interface FrameContent {
  /** Hex. */
  readonly address: string;
  /** Hex. */
  readonly sha256: string;
  readonly octets: number;
  /** Hex of the key that opened it. */
  readonly key: string;
}

interface Problem {
  readonly kind: FindingKind;
  readonly text: string;
}

/** Messages that share a frame mostly follow one another closely. */
const maxRememberedFrames = 10_000;

export class MailCheck {
  readonly #blobs: BlobStore;
  readonly #keys: KeyStore;
  readonly #findings: Findings;
  readonly #frames = new Map<string, FrameContent>();
  #addressKey: Uint8Array | null = null;
  mails = 0;
  octets = 0;

  constructor(blobs: BlobStore, keys: KeyStore, findings: Findings) {
    this.#blobs = blobs;
    this.#keys = keys;
    this.#findings = findings;
  }

  /** Checks the mail of a `MessageAccepted` whose personal part is open. */
  async check(visited: Visited, personal: JsonObject): Promise<void> {
    const message = idOf(visited.stored.stream);
    const problem = await this.#check(
      message,
      visited.fields!.data as unknown as Accepted,
      personal['sha256'],
    );
    // A mail that is erased while the verification runs is no finding.
    if (problem === null || (await this.#keys.state(`message-${message}`)) === 'destroyed') return;
    this.#findings.add(problem.kind, placeOf(visited.stored), problem.text);
  }

  /** Checks that what a `MailDerived` says follows from the accepted octets by its edits. */
  async checkDerived(visited: Visited, personal: JsonObject): Promise<void> {
    const message = idOf(visited.stored.stream);
    const derived = visited.fields!.data as unknown as Derived;
    const text = await this.#problemOfDerived(message, derived, personal);
    if (text === null || (await this.#keys.state(`message-${message}`)) === 'destroyed') return;
    this.#findings.add(
      'mail',
      placeOf(visited.stored),
      `what was derived from frame ${derived.frame}: ${text}`,
    );
  }

  /** Whether the frame can be read is said of the event before. */
  async #problemOfDerived(message: string, derived: Derived, personal: JsonObject): Promise<string | null> {
    const key = await this.#keys.frameKey(derived.frame, message);
    const accepted = key && (await this.#content(derived.frame, key).catch(() => null));
    if (key === null || accepted === null) return null;
    const sha256 = createHash('sha256');
    try {
      const edits = editsOf(personal['edits'] as unknown as RecordedEdit[]);
      const edited = new EditedOctets(accepted.octets, edits);
      if (edited.octets !== derived.octets)
        return `the edits make ${edited.octets} octets, not ${derived.octets}`;
      const read = (from: number, to: number) => streamBlob(this.#blobs, derived.frame, key, from, to);
      for await (const piece of editedStream(edited, read)) sha256.update(piece);
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
    const digest = sha256.digest('hex');
    if (digest !== personal['sha256']) return `the edits make other octets: SHA-256 ${digest}`;
    return (await this.#addressOf(digest)) === derived.address
      ? null
      : 'its address does not follow from its octets';
  }

  async #check(message: string, accepted: Accepted, sha256: unknown): Promise<Problem | null> {
    const { frame } = accepted;
    const key = await this.#keys.frameKey(frame, message);
    if (key === null) return { kind: 'key', text: `the message holds no key of its frame ${frame}` };
    try {
      const content = await this.#content(frame, key);
      this.mails++;
      const text = await this.#problemOf(content, accepted, sha256);
      return text === null ? null : { kind: 'mail', text: `frame ${frame}: ${text}` };
    } catch (error) {
      if (!(error instanceof FrameMissing || error instanceof FrameDamaged)) throw error;
      return { kind: 'mail', text: error.message };
    }
  }

  async #problemOf(content: FrameContent, accepted: Accepted, sha256: unknown): Promise<string | null> {
    if (content.sha256 !== sha256)
      return `it holds other octets than were accepted: SHA-256 ${content.sha256}`;
    if (content.octets !== accepted.blobOctets)
      return `it holds ${content.octets} octets, not ${accepted.blobOctets}`;
    if (content.address !== accepted.address) return `its header has another address, ${content.address}`;
    const address = await this.#addressOf(content.sha256);
    if (address === null) return 'the key of addresses, `secret-address`, is missing';
    return address === accepted.address ? null : 'its address does not follow from its octets';
  }

  async #addressOf(sha256: string): Promise<string | null> {
    this.#addressKey ??= await this.#keys.get('secret-address');
    return this.#addressKey && hash('sha256', Buffer.concat([this.#addressKey, Buffer.from(sha256, 'hex')]));
  }

  /** What a frame holds; read through once. */
  async #content(frame: string, key: Uint8Array): Promise<FrameContent> {
    const keyText = Buffer.from(key).toString('hex');
    const known = this.#frames.get(frame);
    if (known?.key === keyText) return known;
    const content = { ...(await this.#read(frame, key)), key: keyText };
    if (this.#frames.size >= maxRememberedFrames) this.#frames.clear();
    this.#frames.set(frame, content);
    this.octets += content.octets;
    return content;
  }

  async #read(frame: string, key: Uint8Array): Promise<Omit<FrameContent, 'key'>> {
    const header = decodeFrameHeader(await this.#blobs.read(frame, 0, frameHeaderOctets));
    const sha256 = createHash('sha256');
    let octets = 0;
    for await (const piece of streamBlob(this.#blobs, frame, key)) {
      sha256.update(piece);
      octets += piece.length;
    }
    return { address: header?.address ?? '', sha256: sha256.digest('hex'), octets };
  }
}
