import type { DatabaseSync } from 'node:sqlite';
import type { NamedFrames } from '../blob-store/volume-recovery.ts';
import { type Uuid, uuidOctets, uuidText } from '../domain/values.ts';

export interface NamedFramesSources {
  /** `log/events.sqlite`. */
  readonly log: DatabaseSync;
  /** `keys/keys.sqlite`. */
  readonly keys: DatabaseSync;
  /** Log position that the key store's last commit was made at; -1 for none. */
  readonly keysLogPosition: number;
}

const newestFrames = 8;
/** The first event of every message names its frame; further ones of the stream name none. */
const accepted = "stream GLOB 'message-*' AND revision = 0";

/**
 * What the log says of frames, for the start. "No event names it" may cut octets off a volume, so it must be exact;
 * and it must not take reading the whole log.
 *
 * A message holds the key of its frame, and that hold was on disk before the event that names the frame. So the
 * holds lead to the messages, and the log says whether those exist. Should the key store be an old copy, the events
 * that the log has got since are read one by one.
 */
export function namedFrames({ log, keys, keysLogPosition }: NamedFramesSources): NamedFrames {
  const holders = keys.prepare('SELECT message FROM frame_keys WHERE frame = ?');
  const first = log.prepare('SELECT 1 FROM events WHERE stream = ? AND revision = 0');
  const behind = log.prepare(`SELECT record FROM events WHERE position > ? AND ${accepted}`);
  const last = log.prepare(`SELECT record FROM events WHERE ${accepted} ORDER BY position DESC LIMIT ?`);
  let later: ReadonlySet<Uuid> | null = null;
  const isNamed = (frame: Uuid) => {
    const messages = holders.all(uuidOctets(frame)).map((row) => uuidText(row['message'] as Uint8Array));
    if (messages.some((message) => first.get(`message-${message}`) !== undefined)) return true;
    later ??= new Set(behind.all(keysLogPosition).flatMap(frameOf));
    return later.has(frame);
  };
  // A frame that nobody holds any more may have been freed.
  return { isNamed, newest: last.all(newestFrames).flatMap(frameOf).filter(isNamed) };
}

function frameOf(row: Record<string, unknown>): Uuid[] {
  const { data } = JSON.parse(Buffer.from(row['record'] as Uint8Array).toString('utf8'));
  return typeof data.frame === 'string' ? [data.frame] : [];
}
