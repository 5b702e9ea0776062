/** What the blob store on the calling thread asks of the volume writer on the keeper's. */
import type { SealedFrame } from './blob-store.ts';
import type { FrameLocation } from './location-index.ts';

export type VolumeCommand =
  /** Appends a frame. `serial` counts the caller's puts from 1. */
  | { readonly ask: 'put'; readonly frame: SealedFrame; readonly serial: number }
  | { readonly ask: 'remove'; readonly frame: string }
  | {
      readonly ask: 'keepStructure';
      readonly frame: string;
      readonly scanner: number;
      readonly sealed: Uint8Array;
    }
  /** Makes every frame visible to readers of the index. */
  | { readonly ask: 'commitIndex' }
  /** Frames from now on go to a new volume; the active one is full, so that no start cuts it. */
  | { readonly ask: 'beginVolume' }
  /** Moves some of a volume's living frames into the active one; removes the volume when none is left. */
  | { readonly ask: 'compact'; readonly volume: number };

export interface VolumeAnswer {
  /** Where the frame that was put lies. */
  readonly location: FrameLocation | null;
  /** Puts up to this serial are visible to readers of the index. */
  readonly indexedSerial: number;
  /** Compacting is not finished: ask again. */
  readonly more: boolean;
}

/** The way to the writer; the keeper's client makes it. Buffers in `transfer` are handed over. */
export type SendVolumeCommand = (
  command: VolumeCommand,
  transfer?: readonly ArrayBuffer[],
) => Promise<VolumeAnswer>;
