/**
 * The synchronous core of the volume engine, for the thread that owns the disk: frames in, locations out.
 *
 * `handle` writes and answers; `syncBeforeLog` brings everything that was answered to disk. The index lags behind
 * on purpose: its rows are committed every few hundred frames, and a start reads from the frame headers what a
 * crash took. Until then the calling thread knows where its own frames lie.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Uuid } from '../domain/values.ts';
import { giveBack } from '../memory/own-octets.ts';
import type { SealedFrame } from './blob-store.ts';
import { decodeFrameHeader, type FrameHeader, frameOctets } from './frame.ts';
import { LargeFrames, largeFrame } from './large-frames.ts';
import { type FrameLocation, type IndexedFrame, LocationIndex } from './location-index.ts';
import { StructureRows } from './structure-rows.ts';
import type { VolumeAnswer, VolumeCommand } from './volume-commands.ts';
import { compactStep } from './volume-compaction.ts';
import type { Defer } from './volume-manifests.ts';
import { type DroppedIndex, type NamedFrames, type Recovery, recoverVolumes } from './volume-recovery.ts';
import { VolumeSeries } from './volume-series.ts';

const defaultMaxVolumeOctets = 256 * 1024 * 1024;
/** Index rows wait for so many puts: a commit for each group would cost more than the rows. */
const putsPerIndexCommit = 256;

export interface VolumeWriterOptions {
  /** The folder `volumes`; made when it is missing. */
  readonly folder: string;
  /** The log's id for the headers of new volumes; asked when a volume begins. */
  readonly logId: () => Uuid;
  /** Used at start only. */
  readonly named: NamedFrames;
  readonly maxVolumeOctets?: number;
  readonly defer?: Defer;
}

export class VolumeWriter {
  /** What the start found and did. Damages are alarms; the caller shows them. */
  readonly recovery: Recovery;
  readonly #index: LocationIndex;
  readonly #structures: StructureRows;
  readonly #large: LargeFrames;
  readonly #series: VolumeSeries;
  #lastSerial = 0;
  #indexedSerial = 0;
  /** Once a row is lost, answers no longer agree with the index: the next sync must fail. */
  #failure: Error | null = null;

  constructor({
    folder,
    logId,
    named,
    maxVolumeOctets = defaultMaxVolumeOctets,
    defer = setImmediate,
  }: VolumeWriterOptions) {
    const [large, incoming] = prepareFolders(folder);
    this.#index = new LocationIndex(join(folder, 'location.sqlite'));
    this.#structures = new StructureRows(join(folder, 'structures.sqlite'));
    this.#large = new LargeFrames(large, incoming);
    const recovery = recoverVolumes(folder, this.#index, named);
    this.recovery = {
      ...recovery,
      damages: [...recovery.damages, ...this.#large.recover(this.#index, named)],
      dropped: [
        ...droppedIndex(folder, 'location.sqlite', this.#index.dropped),
        ...droppedIndex(folder, 'structures.sqlite', this.#structures.dropped),
      ],
    };
    const onSealed = (volume: number, octets: number) => this.#index.setIndexedOctets(volume, octets);
    this.#series = new VolumeSeries({ folder, logId, maxVolumeOctets, defer, onSealed }, this.recovery);
    this.#commitIndex();
  }

  handle(command: VolumeCommand): VolumeAnswer {
    try {
      return this.#do(command);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_SQLITE_ERROR') this.#failure ??= error as Error;
      throw error;
    }
  }

  /** The octets of the active volume, where nothing else speaks against going on. */
  beginSync(): Promise<void> | null {
    return this.#failure === null ? this.#series.beginSync() : null;
  }

  /** Brings every frame that was answered to disk, but for what `beginSync` has begun with. */
  syncBeforeLog(): void {
    if (this.#failure !== null) throw this.#failure;
    this.#series.sync();
    this.#large.sync();
  }

  close(): void {
    this.syncBeforeLog();
    this.#series.close();
    this.#index.close();
    this.#structures.close();
  }

  #do(command: VolumeCommand): VolumeAnswer {
    switch (command.ask) {
      case 'put':
        return this.#answer({ location: this.#put(command.frame, command.serial) });
      case 'remove':
        this.#remove(command.frame);
        return this.#answer();
      case 'keepStructure':
        this.#structures.keep(command.frame, command.scanner, command.sealed);
        return this.#answer();
      case 'commitIndex':
        this.#commitIndex();
        return this.#answer();
      case 'beginVolume':
        this.#series.beginNext();
        this.syncBeforeLog();
        return this.#answer();
      case 'compact': {
        const more = compactStep(this.#series, this.#index, command.volume);
        this.#commitIndex();
        return this.#answer({ more });
      }
    }
  }

  #answer(answer: Partial<VolumeAnswer> = {}): VolumeAnswer {
    return { location: null, more: false, indexedSerial: this.#indexedSerial, ...answer };
  }

  /** A frame that is kept already stays where it is. */
  #put(frame: SealedFrame, serial: number): FrameLocation {
    const entry = this.#index.get(frame.frame) ?? this.#keep(frame);
    this.#lastSerial = serial;
    if (serial - this.#indexedSerial >= putsPerIndexCommit) this.#commitIndex();
    return { volume: entry.volume, offset: entry.offset, octets: entry.octets };
  }

  #keep(frame: SealedFrame): IndexedFrame {
    const { content, structure } = frame;
    const entry = 'file' in content ? this.#adopt(frame, content.file) : this.#append(frame, content.bytes);
    this.#index.add(entry);
    if (structure !== undefined) this.#structures.keep(frame.frame, structure.scanner, structure.sealed);
    return entry;
  }

  #append(frame: SealedFrame, bytes: Uint8Array): IndexedFrame {
    checkHeader(frame, decodeFrameHeader(bytes), bytes.length);
    const { address, blobOctets } = frame;
    const octets = bytes.length;
    const place = this.#series.append(bytes);
    giveBack(bytes);
    return { frame: frame.frame, address, blobOctets, octets, ...place };
  }

  #adopt(frame: SealedFrame, file: string): IndexedFrame {
    const header = checkHeader(frame, ...this.#large.headerOf(file));
    this.#large.adopt(frame.frame, file);
    return largeFrame(header);
  }

  #remove(frame: Uuid): void {
    const known = this.#index.get(frame);
    if (known === null) return;
    this.#structures.forget(frame);
    if (known.volume === null) {
      this.#large.remove(frame);
      this.#index.forget(frame);
    } else {
      this.#index.markRemoved(frame);
    }
    this.#commitIndex();
  }

  #commitIndex(): void {
    this.#index.commit();
    this.#structures.commit();
    this.#indexedSerial = this.#lastSerial;
  }
}

function droppedIndex(folder: string, name: string, reason: string | null): DroppedIndex[] {
  return reason === null ? [] : [{ file: join(folder, name), reason }];
}

function prepareFolders(folder: string): [large: string, incoming: string] {
  const [large, incoming] = [join(folder, 'large'), join(folder, 'incoming')];
  for (const path of [large, incoming]) mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(incoming)) rmSync(join(incoming, name));
  return [large, incoming];
}

/** Whoever made the frame must agree with the frame itself. */
function checkHeader(frame: SealedFrame, header: FrameHeader | null, octets: number): FrameHeader {
  if (
    header?.frame === frame.frame &&
    header.address === frame.address &&
    header.blobOctets === frame.blobOctets &&
    frameOctets(header) === octets
  ) {
    return header;
  }
  throw new Error(`what should be the frame ${frame.frame} is another one, or is not whole`);
}
