/**
 * The volume engine on the calling thread. Frames go to the writer on the keeper's thread; octets are read here,
 * straight from the files.
 */
import { join } from 'node:path';
import type { Uuid } from '../domain/values.ts';
import { OctetLru } from '../memory/octet-lru.ts';
import type { Soon } from '../memory/soon.ts';
import { type BlobStore, FrameDamaged, FrameMissing, type SealedFrame } from './blob-store.ts';
import type { FrameLocation, IndexedFrame } from './location-index.ts';
import { LocationReader } from './location-reader.ts';
import { OpenFiles } from './open-files.ts';
import type { StructureCache } from './structure-cache.ts';
import { StructureReader } from './structure-rows.ts';
import type { SendVolumeCommand, VolumeAnswer, VolumeCommand } from './volume-commands.ts';
import { largeFrameFileName, volumeFileName } from './volume-file.ts';

const maxOpenFiles = 64;
/** About 10,000 frames. */
const maxCachedOctets = 2 * 1024 * 1024;
const cachedLocationOctets = 200;

/** A frame that the writer has kept and readers of the index may not see yet. */
interface Unindexed extends IndexedFrame {
  readonly serial: number;
  readonly structure: SealedFrame['structure'];
}

export class VolumeBlobStore implements BlobStore, StructureCache {
  readonly incoming: string;
  readonly #folder: string;
  readonly #send: SendVolumeCommand;
  readonly #locations: LocationReader;
  readonly #structures: StructureReader;
  readonly #files = new OpenFiles(maxOpenFiles);
  /** Of frames that were read: a look-up costs as much as decrypting most mails. */
  #known = newCache();
  /** In order of their serials. */
  readonly #unindexed = new Map<Uuid, Unindexed>();
  #lastSerial = 0;

  /** `folder` is `volumes`; the writer has been started on it. */
  constructor(folder: string, send: SendVolumeCommand) {
    this.incoming = join(folder, 'incoming');
    this.#folder = folder;
    this.#send = send;
    this.#locations = new LocationReader(join(folder, 'location.sqlite'));
    this.#structures = new StructureReader(join(folder, 'structures.sqlite'));
  }

  async put(frame: SealedFrame): Promise<void> {
    const serial = ++this.#lastSerial;
    const sent = standingAlone(frame);
    const answer = await this.#ask({ ask: 'put', frame: sent, serial }, buffersOf(sent));
    const { frame: id, address, blobOctets, structure } = sent;
    this.#unindexed.set(id, { frame: id, address, blobOctets, structure, serial, ...answer.location! });
  }

  async find(address: string): Promise<string[]> {
    const unindexed = [...this.#unindexed.values()].filter((entry) => entry.address === address);
    const newest = unindexed.reverse().map(({ frame }) => frame);
    return [...newest, ...this.#locations.find(address).filter((frame) => !newest.includes(frame))];
  }

  read(frame: string, offset: number, length: number): Soon<Uint8Array> {
    const location = this.#locate(frame);
    const octets = Math.max(0, Math.min(length, location.octets - offset));
    try {
      return this.#files.read(this.#path(location, frame), location.offset + offset, octets);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const place = this.#placeText(location, frame);
      throw new FrameDamaged({ frame, part: 'header', offset: 0, reason: 'its file is missing', place });
    }
  }

  async remove(frame: string): Promise<void> {
    await this.#ask({ ask: 'remove', frame });
    this.#unindexed.delete(frame);
    this.#known.delete(frame);
    this.#files.forget(this.#largePath(frame));
  }

  async *frames(): AsyncGenerator<{
    frame: string;
    address: string;
    storedOctets: number;
    blobOctets: number;
    place: string;
  }> {
    await this.#ask({ ask: 'commitIndex' });
    for (const entry of this.#locations.all()) {
      const { frame, address, octets, blobOctets } = entry;
      yield { frame, address, storedOctets: octets, blobOctets, place: this.#placeText(entry, frame) };
    }
  }

  async place(frame: string): Promise<string> {
    return this.#placeText(this.#locate(frame), frame);
  }

  async keepStructure(frame: string, scanner: number, sealed: Uint8Array): Promise<void> {
    const unindexed = this.#unindexed.get(frame);
    if (unindexed !== undefined) this.#unindexed.set(frame, { ...unindexed, structure: { scanner, sealed } });
    await this.#ask({ ask: 'keepStructure', frame, scanner, sealed: alone(sealed) });
  }

  async structures(frames: readonly string[], scanner: number): Promise<(Uint8Array | null)[]> {
    return frames.map((frame) => {
      const structure = this.#unindexed.get(frame)?.structure;
      return structure?.scanner === scanner ? structure.sealed : this.#structures.get(frame, scanner);
    });
  }

  /** Octets of frames in each volume, and how many of them belong to removed ones: what compacting would free. */
  async usage(): Promise<{ volume: number; octets: number; removedOctets: number }[]> {
    await this.#ask({ ask: 'commitIndex' });
    return this.#locations.usage();
  }

  /** Frames from now on go to a new volume; what the last one holds stays, whether an event names it or not. */
  async beginVolume(): Promise<void> {
    await this.#ask({ ask: 'beginVolume' });
  }

  /** Rewrites a volume without its removed frames. Rejects where a living frame of it is damaged. */
  async compact(volume: number): Promise<void> {
    // A frame stays where it was until the step behind the one that moved it.
    while ((await this.#ask({ ask: 'compact', volume })).more) this.#known = newCache();
    this.#files.forget(this.#volumePath(volume));
  }

  giveBackMemory(): void {
    this.#known = newCache();
  }

  async close(): Promise<void> {
    this.#files.close();
    this.#locations.close();
    this.#structures.close();
  }

  #locate(frame: string): FrameLocation {
    const known = this.#unindexed.get(frame) ?? this.#known.get(frame);
    if (known !== undefined) return known;
    const location = this.#locations.get(frame);
    if (location === null) throw new FrameMissing(frame);
    this.#known.set(frame, location);
    return location;
  }

  async #ask(command: VolumeCommand, transfer: readonly ArrayBuffer[] = []): Promise<VolumeAnswer> {
    const answer = await this.#send(command, transfer);
    for (const [frame, { serial }] of this.#unindexed) {
      if (serial > answer.indexedSerial) break;
      this.#unindexed.delete(frame);
    }
    return answer;
  }

  #path({ volume }: FrameLocation, frame: string): string {
    return volume === null ? this.#largePath(frame) : this.#volumePath(volume);
  }

  // Not `join`: they are asked for each read, and it would cost as much as a short one.
  #volumePath(volume: number): string {
    return `${this.#folder}/${volumeFileName(volume)}`;
  }

  #largePath(frame: string): string {
    return `${this.#folder}/large/${largeFrameFileName(frame)}`;
  }

  #placeText(location: FrameLocation, frame: string): string {
    return `${this.#path(location, frame)} at ${location.offset}`;
  }
}

function newCache(): OctetLru<Uuid, FrameLocation> {
  return new OctetLru(maxCachedOctets, () => cachedLocationOctets);
}

/** Octets that share a buffer with others would drag all of it across the thread border. */
function alone(octets: Uint8Array): Uint8Array {
  return octets.buffer.byteLength === octets.byteLength ? octets : new Uint8Array(octets);
}

function standingAlone(frame: SealedFrame): SealedFrame {
  const { content, structure } = frame;
  return {
    ...frame,
    content: 'bytes' in content ? { bytes: alone(content.bytes) } : content,
    ...(structure && { structure: { ...structure, sealed: alone(structure.sealed) } }),
  };
}

/** A frame in memory is handed over, not copied. */
function buffersOf({ content }: SealedFrame): ArrayBuffer[] {
  return 'bytes' in content && content.bytes.buffer instanceof ArrayBuffer ? [content.bytes.buffer] : [];
}
