/** Where the active volume is cut at a start: behind its last frame that an event names. Pure. */
import type { Uuid } from '../domain/values.ts';
import { type FrameHeader, frameOctets } from './frame.ts';
import type { IndexedFrame } from './location-index.ts';
import { type Stretch, volumeHeaderOctets } from './volume-file.ts';

/** What is on disk of the active volume, and what is known of it otherwise. */
export interface CutFacts {
  readonly stretches: readonly Stretch[];
  /** Rows of the index for this volume. */
  readonly indexed: readonly IndexedFrame[];
  readonly isNamed: (frame: Uuid) => boolean;
  /** A frame that an event names is neither in the index nor legible anywhere. */
  readonly isFrameMissing: boolean;
}

/** Which octets of the active volume stay, and what in them is damaged. Pure. */
export function decideCut({ stretches, indexed, isNamed, isFrameMissing }: CutFacts): {
  keepOctets: number;
  damaged: readonly Stretch[];
} {
  const legible = new Set(stretches.filter((stretch) => stretch.whole).map((stretch) => stretch.offset));
  const candidates = [
    ...stretches.map((stretch) => ({
      end: endOf(stretch),
      stays: () => (stretch.header === null ? isFrameMissing : isNamed(stretch.header.frame)),
    })),
    // A frame whose header is damaged is known by the index alone.
    ...indexed
      .filter(({ offset }) => !legible.has(offset))
      .map((row) => ({ end: endOf(row), stays: () => isNamed(row.frame) })),
  ];
  // From the end, because each question may have to travel to the log.
  candidates.sort((a, b) => b.end - a.end);
  const keepOctets = candidates.find(({ stays }) => stays())?.end ?? volumeHeaderOctets;
  return {
    keepOctets,
    damaged: stretches.filter((stretch) => !stretch.whole && stretch.offset < keepOctets),
  };
}

/** Where a stretch ends; for a frame that is cut short, where it ought to end. */
function endOf({
  offset,
  octets,
  header,
}: {
  offset: number;
  octets: number;
  header?: FrameHeader | null;
}): number {
  return offset + (header ? frameOctets(header) : octets);
}
