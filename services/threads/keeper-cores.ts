import { DatabaseSync } from 'node:sqlite';
import type { NamedFrames, Recovery } from '../blob-store/volume-recovery.ts';
import { VolumeWriter } from '../blob-store/volume-writer.ts';
import { SqliteKeys, type SqliteKeysOptions } from '../key-store/sqlite-keys.ts';
import type { Core, CoreName } from './keeper-core.ts';
import { type FrameLog, namedFrames } from './named-frames.ts';
import { openLegibleKeys } from './sound-stores.ts';

/** What the keeper opens. Every folder of a file exists. What another engine has is absent. */
export interface KeeperOptions {
  /** `log/events.sqlite` */
  readonly logFile?: string;
  readonly keys?: SqliteKeysOptions;
  readonly volumes?: {
    /** The folder `volumes`. */
    readonly folder: string;
    readonly maxVolumeOctets?: number;
    /** Position that the log is known to have reached: that of the last record which `ledger/HEAD` signs. */
    readonly knownPosition?: number;
  };
}

export interface OpenedCores {
  readonly cores: Partial<Record<CoreName, Core>>;
  /** What the start found in the volumes; null where there are none. */
  readonly recovery: Recovery | null;
}

/**
 * Nothing is cut where nobody can tell which frames are named: without the holds, and where the log is shorter than it
 * was. Its lost records may have named what lies in the volumes, and the start is refused anyway.
 */
const everyFrameIsNamed: NamedFrames = { isNamed: () => true, newest: [] };

/** Keys before volumes: they tell which frames are named. */
export function openCores({ keys, volumes }: KeeperOptions, log: FrameLog): OpenedCores {
  const keysCore = keys && { keys: openLegibleKeys(keys.file, () => new SqliteKeys(keys)) };
  if (volumes === undefined) return { cores: { ...keysCore }, recovery: null };
  const holds = keys && new DatabaseSync(keys.file, { readOnly: true });
  const keysLogPosition = keysCore?.keys.lastLogPosition ?? -1;
  const { knownPosition = -1, ...options } = volumes;
  const isWhole = log.lastPosition() >= Math.max(keysLogPosition, knownPosition);
  const named = holds && isWhole ? namedFrames({ log, keys: holds, keysLogPosition }) : everyFrameIsNamed;
  const volumesCore = new VolumeWriter({ ...options, logId: () => log.logId(), named });
  holds?.close();
  return { cores: { volumes: volumesCore, ...keysCore }, recovery: volumesCore.recovery };
}
