/**
 * The structure cache port: structure facts of frames, sealed by `frame-structure.ts`. Any of them may be missing
 * at any time; whoever misses one scans the mail again.
 */

export interface StructureCache {
  /** Caches the sealed facts as that version of the scanner took them, in place of older ones. */
  keepStructure(frame: string, scanner: number, sealed: Uint8Array): Promise<void>;
  /** Sealed facts of that version, in order of the frames; null where there are none. */
  structures(frames: readonly string[], scanner: number): Promise<(Uint8Array | null)[]>;
}
