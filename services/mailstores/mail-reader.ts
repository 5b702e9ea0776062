/**
 * Octets of messages as readers get them: trace text, then the blob (docs/formats.md §Trace text), and their
 * structure. Who may read is decided before; what was read is recorded by the caller (`record.ts`).
 */
import type { BlobStore } from '../blob-store/blob-store.ts';
import { openStructure as openSealedStructure, sealStructure } from '../blob-store/frame-structure.ts';
import { readBlobRange, streamBlob } from '../blob-store/read-blob.ts';
import type { StructureCache } from '../blob-store/structure-cache.ts';
import type { Authentication } from '../domain/authentication.ts';
import type { LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { MailScan, scannerVersion } from '../mail/mail-scan.ts';
import { splitRange } from '../mail/sections.ts';
import { encodeStructure, openStructure, type StructureView } from '../mail/structure-codec.ts';
import { renameClaims } from '../mail/untrusted-results.ts';
import { OctetLru } from '../memory/octet-lru.ts';

/** A message that can be read: where its octets are, and the key to them. */
export interface OpenedMail {
  readonly message: Uuid;
  readonly frame: Uuid;
  readonly frameKey: Uint8Array;
  readonly trace: Uint8Array;
  readonly blobOctets: number;
  /** RFC822.SIZE: trace text and blob. */
  readonly octets: number;
  /** What was found of where it comes from; null where its peer was not checked. */
  readonly authentication: Authentication | null;
}

export interface MailReaderParts {
  /** The first event of a stream, with the key of its personal part loaded. */
  readonly log: { first(stream: string): Promise<LoggedEvent | null> };
  readonly keys: KeyStore;
  readonly blobs: BlobStore;
  readonly structures: StructureCache;
  /** Memory for opened messages, and as much again for structures. */
  readonly maxCachedOctets: number;
}

/** What an entry weighs besides its octets. */
const entryOctets = 400;
/** And what was found of where it comes from. */
const foundOctets = 1000;

function weightOf({ trace, authentication }: OpenedMail): number {
  return entryOctets + trace.length + (authentication === null ? 0 : foundOctets);
}

export class MailReader {
  readonly #parts: MailReaderParts;
  readonly #mails: OctetLru<Uuid, OpenedMail>;
  readonly #structures: OctetLru<Uuid, StructureView>;

  constructor(parts: MailReaderParts) {
    this.#parts = parts;
    this.#mails = new OctetLru(parts.maxCachedOctets, weightOf);
    this.#structures = new OctetLru(parts.maxCachedOctets, (view) => entryOctets + view.rowOctets);
  }

  /** Null where the message's key has been destroyed. */
  async open(message: Uuid): Promise<OpenedMail | null> {
    const known = this.#mails.get(message);
    if (known) return known;
    const accepted = await this.#parts.log.first(`message-${message}`);
    const trace = accepted?.personal?.['trace'];
    if (!accepted || typeof trace !== 'string') return null;
    const frame = accepted.data['frame'] as Uuid;
    const frameKey = await this.#parts.keys.frameKey(frame, message);
    if (frameKey === null) return null;
    const mail = openedMail(
      message,
      frame,
      frameKey,
      Buffer.from(trace),
      accepted.data['blobOctets'] as number,
      (accepted.personal!['authentication'] ?? null) as Authentication | null,
    );
    this.#mails.set(message, mail);
    return mail;
  }

  /** The mail and its structure where both are in memory: no promise, no disk. */
  cached(message: Uuid): { readonly mail: OpenedMail; readonly view: StructureView } | null {
    const mail = this.#mails.get(message);
    const view = mail && this.#structures.get(mail.frame);
    return view ? { mail, view } : null;
  }

  /** From memory, from the cache beside the volumes, or scanned again. */
  async structure(mail: OpenedMail): Promise<StructureView> {
    const known = this.#structures.get(mail.frame);
    if (known) return known;
    const view = (await this.#storedStructure(mail)) ?? (await this.#scannedStructure(mail));
    this.#structures.set(mail.frame, view);
    return view;
  }

  /** Octets [from, to) as read, in memory that is the caller's alone. */
  async read(mail: OpenedMail, from: number, to: number): Promise<Uint8Array> {
    const { trace, blob } = splitRange(mail, { from, to });
    if (blob.from === blob.to) return new Uint8Array(trace);
    const { frame, frameKey } = mail;
    const octets = await readBlobRange(this.#parts.blobs, frame, frameKey, blob.from, blob.to, trace);
    return renameClaims(octets, blob.from - trace.length, claimsIn(mail));
  }

  /** The same in pieces of at most 64 KiB, so that a large mail never is in memory as a whole. */
  async *stream(mail: OpenedMail, from = 0, to = mail.octets): AsyncGenerator<Uint8Array> {
    const { trace, blob } = splitRange(mail, { from, to });
    if (trace.length > 0) yield new Uint8Array(trace);
    if (blob.from === blob.to) return;
    const { frame, frameKey } = mail;
    let at = blob.from;
    for await (const octets of streamBlob(this.#parts.blobs, frame, frameKey, blob.from, blob.to)) {
      yield renameClaims(octets, at, claimsIn(mail));
      at += octets.length;
    }
  }

  /** After an erasure: nothing of the message stays in memory. */
  forget(message: Uuid): void {
    const mail = this.#mails.get(message);
    if (!mail) return;
    this.#mails.delete(message);
    this.#structures.delete(mail.frame);
  }

  async #storedStructure({ frame, frameKey }: OpenedMail): Promise<StructureView | null> {
    const [sealed] = await this.#parts.structures.structures([frame], scannerVersion);
    const row = sealed ? openSealedStructure(frame, frameKey, sealed) : null;
    return row && openStructure(row);
  }

  async #scannedStructure({ frame, frameKey }: OpenedMail): Promise<StructureView> {
    const scan = new MailScan();
    for await (const octets of streamBlob(this.#parts.blobs, frame, frameKey)) scan.push(octets);
    const row = encodeStructure(scan.finish());
    await this.#parts.structures.keepStructure(frame, scannerVersion, sealStructure(frame, frameKey, row));
    return openStructure(row)!;
  }
}

function openedMail(
  message: Uuid,
  frame: Uuid,
  frameKey: Uint8Array,
  trace: Uint8Array,
  blobOctets: number,
  authentication: Authentication | null,
): OpenedMail {
  const octets = trace.length + blobOctets;
  return { message, frame, frameKey, trace, blobOctets, octets, authentication };
}

/** Places in the blob of fields that claim to be ours: `mail/untrusted-results.ts`. */
function claimsIn({ authentication }: OpenedMail): readonly number[] {
  return authentication?.claims ?? [];
}
