/**
 * Octets of messages as readers get them: trace text, then the blob (docs/formats.md §Trace text), with what rules changed
 * in it, and their structure. Who may read is decided before; what was read is recorded by the caller (`record.ts`).
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
import { EditedOctets, editedStream, editsOf, type RecordedEdit } from '../mail/octet-edits.ts';
import { splitRange } from '../mail/sections.ts';
import { encodeStructure, openStructure, type StructureView } from '../mail/structure-codec.ts';
import { renameClaims } from '../mail/untrusted-results.ts';
import { BlockCache, type PlaceOctets } from '../memory/block-cache.ts';
import { type Soon, soon } from '../memory/soon.ts';

/** A message that can be read: where its octets are, and the key to them. */
export interface OpenedMail {
  readonly message: Uuid;
  readonly frame: Uuid;
  readonly frameKey: Uint8Array;
  readonly trace: Uint8Array;
  /** Of the blob as people read it. */
  readonly blobOctets: number;
  /** What rules made of the stored blob; null where they left it as it is. */
  readonly edited: EditedOctets | null;
  /** RFC822.SIZE: trace text and blob. */
  readonly octets: number;
  /** What was found of where it comes from; null where its peer was not checked. */
  readonly authentication: Authentication | null;
}

export interface MailReaderParts {
  /** The first event of a stream, with the key of its personal part loaded. */
  readonly log: {
    first(stream: string): Promise<LoggedEvent | null>;
    readPage(stream: string, fromRevision: number): Promise<LoggedEvent[]>;
  };
  readonly keys: KeyStore;
  readonly blobs: BlobStore;
  readonly structures: StructureCache;
  /** Memory for opened messages and their structures. */
  readonly maxCachedOctets: number;
}

/** What an entry weighs besides its octets: a dozen small objects. */
const entryOctets = 700;
/** And what was found of where it comes from. */
const foundOctets = 1000;

function besides({ mail: { authentication, edited } }: KnownMail): number {
  return entryOctets + (authentication === null ? 0 : foundOctets) + (edited?.insertedOctets ?? 0);
}

/** A mail, and its structure as soon as somebody has asked for it: one look-up finds both. */
export interface KnownMail {
  readonly mail: OpenedMail;
  readonly view: StructureView | null;
}

function octetsOf({ mail, view }: KnownMail): number {
  return mail.trace.length + (view?.rowOctets ?? 0);
}

function placed({ mail, view }: KnownMail, place: PlaceOctets): KnownMail {
  return { mail: { ...mail, trace: place(mail.trace) }, view: view?.placed(place) ?? null };
}

export class MailReader {
  readonly #parts: MailReaderParts;
  readonly #mails: BlockCache<Uuid, KnownMail>;

  constructor(parts: MailReaderParts) {
    this.#parts = parts;
    this.#mails = new BlockCache({ maxOctets: parts.maxCachedOctets, besides, octetsOf, placed });
  }

  /** Null where the message's key has been destroyed. */
  open(message: Uuid): Soon<OpenedMail | null> {
    return this.#mails.get(message)?.mail ?? this.#open(message);
  }

  /** The mail where it is in memory, with its structure where that is too: no promise, no disk. */
  cached(message: Uuid): KnownMail | null {
    return this.#mails.get(message) ?? null;
  }

  /** From memory, from the cache beside the volumes, or scanned again. */
  structure(mail: OpenedMail): Soon<StructureView> {
    return this.#mails.get(mail.message)?.view ?? this.#structure(mail);
  }

  /** Octets [from, to) as read, in memory that is the caller's alone. */
  read(mail: OpenedMail, from: number, to: number): Soon<Uint8Array> {
    const { trace, blob } = splitRange(mail, { from, to });
    if (blob.from === blob.to) return new Uint8Array(trace);
    if (mail.edited !== null) return collected(this.stream(mail, from, to));
    const { frame, frameKey } = mail;
    return soon(readBlobRange(this.#parts.blobs, frame, frameKey, blob.from, blob.to, trace), (octets) =>
      renameClaims(octets, blob.from - trace.length, claimsIn(mail)),
    );
  }

  /** The same in pieces of at most 64 KiB, so that a large mail never is in memory as a whole. */
  async *stream(mail: OpenedMail, from = 0, to = mail.octets): AsyncGenerator<Uint8Array> {
    const { trace, blob } = splitRange(mail, { from, to });
    if (trace.length > 0) yield new Uint8Array(trace);
    if (blob.from === blob.to) return;
    if (mail.edited === null) return yield* this.#stored(mail, blob.from, blob.to);
    yield* editedStream(mail.edited, (start, end) => this.#stored(mail, start, end), blob.from, blob.to);
  }

  /** Octets [from, to) of the stored blob. */
  async *#stored(mail: OpenedMail, from: number, to: number): AsyncGenerator<Uint8Array> {
    const { frame, frameKey } = mail;
    let at = from;
    for await (const octets of streamBlob(this.#parts.blobs, frame, frameKey, from, to)) {
      yield renameClaims(octets, at, claimsIn(mail));
      at += octets.length;
    }
  }

  /** After an erasure: nothing of the message stays in memory. */
  forget(message: Uuid): void {
    this.#mails.wipe(message);
  }

  /** Whatever is in memory only to be found faster. */
  giveBackMemory(): void {
    this.#mails.clear();
  }

  async #open(message: Uuid): Promise<OpenedMail | null> {
    const accepted = await this.#parts.log.first(`message-${message}`);
    const trace = accepted?.personal?.['trace'];
    if (!accepted || typeof trace !== 'string') return null;
    const frame = accepted.data['frame'] as Uuid;
    const frameKey = await this.#parts.keys.frameKey(frame, message);
    if (frameKey === null) return null;
    const edited = await this.#edited(accepted);
    const blobOctets = edited?.octets ?? (accepted.data['blobOctets'] as number);
    const found = (accepted.personal!['authentication'] ?? null) as Authentication | null;
    const mail = openedMail(message, frame, frameKey, Buffer.from(trace), { blobOctets, edited }, found);
    return this.#mails.set(message, { mail, view: null }).mail;
  }

  /** Rules changed few mails: the others' second event is never looked at. */
  async #edited({ stream, data }: LoggedEvent): Promise<EditedOctets | null> {
    if (data['derived'] !== true) return null;
    const [derived] = await this.#parts.log.readPage(stream, 1);
    const recorded = derived!.personal!['edits'] as unknown as RecordedEdit[];
    return new EditedOctets(data['blobOctets'] as number, editsOf(recorded));
  }

  async #structure(mail: OpenedMail): Promise<StructureView> {
    if (mail.edited !== null) return this.#editedStructure(mail);
    const view = (await this.#storedStructure(mail)) ?? (await this.#scannedStructure(mail));
    // The beginning of the header that is kept with the structure is read like the blob that it was taken from.
    renameClaims(view.header, 0, claimsIn(mail));
    return this.#mails.set(mail.message, { mail, view }).view!;
  }

  /** The cache beside the volumes is of frames, and this is of no frame: it stays in memory alone. */
  async #editedStructure(mail: OpenedMail): Promise<StructureView> {
    const scan = new MailScan();
    for await (const octets of this.stream(mail, mail.trace.length)) scan.push(octets);
    const view = openStructure(encodeStructure(scan.finish()))!;
    return this.#mails.set(mail.message, { mail, view }).view!;
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
  blob: Pick<OpenedMail, 'blobOctets' | 'edited'>,
  authentication: Authentication | null,
): OpenedMail {
  const octets = trace.length + blob.blobOctets;
  return { message, frame, frameKey, trace, ...blob, octets, authentication };
}

async function collected(octets: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(octets));
}

/** Places in the blob of fields that claim to be ours: `mail/untrusted-results.ts`. */
function claimsIn({ authentication }: OpenedMail): readonly number[] {
  return authentication?.claims ?? [];
}
