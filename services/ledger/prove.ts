/**
 * `muniment prove`: a package that shows, to somebody who need not trust this server, what happened to one message
 * (docs/formats.md §Evidence).
 */
import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import type { Subject } from '../../policies/access.ts';
import { evidenceFor } from '../../policies/evidence.ts';
import type { BlobStore } from '../blob-store/blob-store.ts';
import { streamBlob } from '../blob-store/read-blob.ts';
import type { LoggedEvent } from '../domain/event.ts';
import { isRefusal, Refused } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { type Checkpoint, checkpointText, logKeyText } from './checkpoint.ts';
import { furtherRecords, messageRecords, type OpenedRecord } from './evidence-streams.ts';
import { type LeafProof, NotProvable, proveRecords } from './leaf-proofs.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { positionOfLeaf } from './log-walk.ts';
import { hex } from './merkle.ts';
import { proofReadme } from './proof-readme.ts';
import { isSignedBy, publicKeyObject } from './signing-key.ts';
import { ZipWriter } from './zip.ts';

export { NotProvable } from './leaf-proofs.ts';

export interface ProveSources {
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly blobs: BlobStore;
  readonly folder: LedgerFolder;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
}

export interface ProveOptions {
  /** The head in which the proofs end: a fresh one, or one that the asker has had from us before. */
  readonly checkpoint: Checkpoint;
  /** Who asks: what of the personal parts they may see is decided by the policy. The mail goes with `MessageAccepted`. */
  readonly asker: Subject;
  /** Where the package goes; it is there whole or not at all. */
  readonly file: string;
  /** UTC milliseconds. */
  readonly nowMs: number;
}

export interface Proved {
  readonly events: number;
  /** Personal parts enclosed. */
  readonly shown: number;
  readonly withMail: boolean;
}

/** An event of the message with what the package says of it. */
interface Evidence extends LeafProof {
  readonly event: LoggedEvent;
  /** The personal plaintext, random octets first, where the asker may see it. */
  readonly plaintext: Uint8Array | null;
}

/**
 * Writes the package of one message. Throws `NotProvable`, `Refused` where it is not the asker's, and `FrameDamaged` or
 * `FrameMissing` of the mail.
 */
export async function prove(message: Uuid, sources: ProveSources, options: ProveOptions): Promise<Proved> {
  const own = await messageRecords(message, sources);
  if (own.length === 0) throw new NotProvable(`there is no message ${message} in the log`);
  if (!isSignedBy(options.checkpoint, publicKeyObject(sources.publicKey))) {
    throw new NotProvable('the checkpoint is not signed by this log');
  }
  const events = own.map(({ event }) => event);
  const shows = evidenceFor(options.asker, events);
  if (isRefusal(shows)) throw new Refused(shows);
  const ownProved = await provedRecords(own, sources, options);
  const further = await furtherRecords(message, events, sources);
  // Of a stream of which nothing may be seen, that it is there is not said either.
  const seen = further.filter((records) => records.some(({ event }) => shows(event))).flat();
  const covered = seen.length === 0 ? [] : await underHead(seen, sources, options.checkpoint);
  const evidence = [...ownProved, ...(await provedRecords(covered, sources, options))];
  return writePackage(
    message,
    sources,
    options,
    evidence.map((each) => (shows(each.event) ? each : { ...each, plaintext: null })),
  );
}

/** What an older head covers: of each stream its first events. The tiles are there, the message having been proved. */
async function underHead(
  records: readonly OpenedRecord[],
  { store, folder }: ProveSources,
  { size }: Checkpoint,
): Promise<OpenedRecord[]> {
  const lastLeaf = await folder.tiles.nodes(size)(0, size - 1);
  const lastPosition = (await positionOfLeaf(store, size - 1, lastLeaf)) ?? -1;
  return records.filter(({ stored }) => stored.position <= lastPosition);
}

async function provedRecords(
  records: readonly OpenedRecord[],
  { store, folder }: ProveSources,
  { checkpoint }: ProveOptions,
): Promise<Evidence[]> {
  const stored = records.map((each) => each.stored);
  const proofs = await proveRecords(store, folder, checkpoint, stored);
  return records.map(({ event, plaintext }, i) => ({ ...proofs[i]!, event, plaintext }));
}

async function writePackage(
  message: Uuid,
  sources: ProveSources,
  options: ProveOptions,
  evidence: readonly Evidence[],
): Promise<Proved> {
  const mail = evidence.find(
    ({ event, plaintext }) => event.type === 'MessageAccepted' && plaintext !== null,
  );
  const zip = await ZipWriter.create(`${options.file}.tmp`);
  try {
    await zip.add('README.txt', proofReadme(message, options.checkpoint));
    await zip.add('manifest.json', manifestText(message, options, evidence));
    for (const { index, event, plaintext } of evidence) {
      await zip.add(recordName(index), event.record);
      if (plaintext !== null) await zip.add(personalName(index), plaintext);
    }
    if (mail) await zip.add('mail.eml', mailOctets(message, sources, mail.event));
    await zip.add('checkpoint', checkpointText(options.checkpoint, sources.publicKey));
    await zip.add('log.pub', logKeyText({ ...options.checkpoint, publicKey: sources.publicKey }));
    await zip.add('verify.py', await readFile(new URL('./verify.py', import.meta.url)));
    await zip.finish();
  } catch (error) {
    await zip.abandon();
    throw error;
  }
  await rename(`${options.file}.tmp`, options.file);
  const shown = evidence.filter(({ plaintext }) => plaintext !== null).length;
  return { events: evidence.length, shown, withMail: mail !== undefined };
}

const recordName = (index: number) => `records/${index}.json`;
const personalName = (index: number) => `personal/${index}.bin`;

function manifestText(
  message: Uuid,
  { checkpoint, nowMs }: ProveOptions,
  evidence: readonly Evidence[],
): string {
  const { logId, epoch, size } = checkpoint;
  const events = evidence.map(({ index, plaintext, proof }) => ({
    index,
    record: recordName(index),
    personal: plaintext === null ? null : personalName(index),
    proof: proof.map(hex),
  }));
  return `${JSON.stringify({ v: 1, logId, epoch, message, made: nowMs, size, events }, null, 1)}\n`;
}

/** Trace text and blob, which must be the octets that were accepted. */
async function* mailOctets(
  message: Uuid,
  { keys, blobs }: ProveSources,
  { data, personal }: LoggedEvent,
): AsyncGenerator<Uint8Array> {
  const frame = data['frame'] as Uuid;
  const key = await keys.frameKey(frame, message);
  if (key === null) throw new NotProvable(`the message holds no key of its frame ${frame}`);
  yield Buffer.from(personal!['trace'] as string);
  const sha256 = createHash('sha256');
  for await (const piece of streamBlob(blobs, frame, key)) {
    sha256.update(piece);
    yield piece;
  }
  if (sha256.digest('hex') !== personal!['sha256'])
    throw new NotProvable(`frame ${frame} does not hold the octets that were accepted`);
}
