/** The manifest of a full volume (`docs/formats.md` §Volume) as text. Pure. */

export interface Manifest {
  readonly volume: number;
  /** Of the whole file. */
  readonly octets: number;
  /** Hex, of the whole file. */
  readonly sha256: string;
  /** Frame, offset and octets of each. */
  readonly frames: readonly (readonly [string, number, number])[];
}

export function manifestText({ volume, octets, sha256, frames }: Manifest): string {
  return JSON.stringify({ v: 1, volume, octets, sha256, frames });
}

/** Null where the text is no manifest, or not one that this version writes. */
export function parseManifest(text: string): Manifest | null {
  try {
    const content = JSON.parse(text) as Manifest & { v: unknown };
    const isManifest =
      content.v === 1 &&
      Number.isSafeInteger(content.volume) &&
      Number.isSafeInteger(content.octets) &&
      /^[0-9a-f]{64}$/.test(content.sha256) &&
      content.frames.every(isFrameEntry);
    return isManifest ? content : null;
  } catch {
    return null;
  }
}

function isFrameEntry(entry: unknown): boolean {
  if (!Array.isArray(entry)) return false;
  const [frame, offset, octets] = entry as unknown[];
  return typeof frame === 'string' && Number.isSafeInteger(offset) && Number.isSafeInteger(octets);
}
