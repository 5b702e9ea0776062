/**
 * A volume is rewritten without its removed frames: the living ones are appended to the active volume, then the
 * file goes. Copies come to disk before the index names them, and the file goes only when the index names nothing
 * in it, so a crash at any point leaves each living frame in at least one volume.
 */
import type { IndexedFrame, LocationIndex } from './location-index.ts';
import type { VolumeSeries } from './volume-series.ts';

/** One step moves about so much, so that no group of the keeper waits long behind it. */
const stepOctets = 4 * 1024 * 1024;
const stepFrames = 500;

/** Does one step; true when another is needed. Throws where a living frame of the volume is damaged. */
export function compactStep(series: VolumeSeries, index: LocationIndex, volume: number): boolean {
  series.leave(volume);
  const living = index.ofVolume(volume, stepFrames);
  const moved = copy(series, living);
  if (moved.length > 0) {
    series.sync();
    for (const entry of moved) index.found(entry);
    index.commit();
    return true;
  }
  if (living.length > 0) {
    const { frame, offset } = living[0]!;
    throw new Error(`volume ${volume} stays: the frame ${frame} at ${offset} is damaged`);
  }
  series.remove(volume);
  index.forgetVolume(volume);
  index.commit();
  return false;
}

function copy(series: VolumeSeries, living: readonly IndexedFrame[]): IndexedFrame[] {
  const moved: IndexedFrame[] = [];
  let octets = 0;
  for (const entry of living) {
    if (octets >= stepOctets) break;
    const content = series.read(entry);
    if (content === null) break;
    moved.push({ ...entry, ...series.append(content) });
    octets += entry.octets;
  }
  return moved;
}
