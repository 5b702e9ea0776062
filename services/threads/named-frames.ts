import type { DatabaseSync } from 'node:sqlite';
import type { NamedFrames } from '../blob-store/volume-recovery.ts';
import { type Uuid, uuidOctets, uuidText } from '../domain/values.ts';

/** What the volumes have to know of the log, whichever engine keeps it. Each question is answered at once. */
export interface FrameLog {
  /** Throws while the log is empty. */
  logId(): Uuid;
  /** Position of the last record; -1 for none. */
  lastPosition(): number;
  hasMessage(message: Uuid): boolean;
  /** Frames that messages name which were accepted behind a position, ascending. */
  framesBehind(position: number): Uuid[];
}

export interface NamedFramesSources {
  readonly log: FrameLog;
  /** `keys/keys.sqlite`. */
  readonly keys: DatabaseSync;
  /** Log position that the key store's last commit was made at; -1 for none. */
  readonly keysLogPosition: number;
}

/** Ids of messages ascend with time, but so many may be on their way in at once. */
const newestHolds = 64;

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
  const newest = keys.prepare('SELECT frame, message FROM frame_keys ORDER BY message DESC LIMIT ?');
  const hasMessage = (row: Record<string, unknown>) => log.hasMessage(uuidText(row['message'] as Uint8Array));
  let behind: ReadonlySet<Uuid> | null = null;
  const later = () => (behind ??= new Set(log.framesBehind(keysLogPosition)));
  return {
    isNamed: (frame) => holders.all(uuidOctets(frame)).some(hasMessage) || later().has(frame),
    newest: newest
      .all(newestHolds)
      .filter(hasMessage)
      .map((row) => uuidText(row['frame'] as Uint8Array)),
  };
}

/** The frame that a message's first record names. */
export function frameOf(record: Uint8Array): Uuid[] {
  const { data } = JSON.parse(Buffer.from(record).toString('utf8'));
  return typeof data.frame === 'string' ? [data.frame] : [];
}
