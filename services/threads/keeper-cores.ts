import { DatabaseSync } from 'node:sqlite';
import type { NamedFrames, Recovery } from '../blob-store/volume-recovery.ts';
import { VolumeWriter } from '../blob-store/volume-writer.ts';
import type { Uuid } from '../domain/values.ts';
import { SqliteKeys, type SqliteKeysOptions } from '../key-store/sqlite-keys.ts';
import type { Core, CoreName } from './keeper-core.ts';
import { namedFrames } from './named-frames.ts';
import { openLegibleKeys } from './sound-stores.ts';

/** What the keeper opens. Every folder of a file exists. Keys or volumes are absent where another engine has them. */
export interface KeeperOptions {
  /** `log/events.sqlite` */
  readonly logFile: string;
  readonly keys?: SqliteKeysOptions;
  readonly volumes?: {
    /** The folder `volumes`. */
    readonly folder: string;
    readonly maxVolumeOctets?: number;
    /** Records that the log is known to have had: the size of `ledger/HEAD`. */
    readonly knownRecords?: number;
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
export function openCores({ keys, volumes }: KeeperOptions, log: DatabaseSync): OpenedCores {
  const keysCore = keys && { keys: openLegibleKeys(keys.file, () => new SqliteKeys(keys)) };
  if (volumes === undefined) return { cores: { ...keysCore }, recovery: null };
  const holds = keys && new DatabaseSync(keys.file, { readOnly: true });
  const keysLogPosition = keysCore?.keys.lastLogPosition ?? -1;
  const { knownRecords = 0, ...options } = volumes;
  const isWhole = lastPositionOf(log) >= Math.max(keysLogPosition, knownRecords - 1);
  const named = holds && isWhole ? namedFrames({ log, keys: holds, keysLogPosition }) : everyFrameIsNamed;
  const volumesCore = new VolumeWriter({ ...options, logId: () => logIdOf(log), named });
  holds?.close();
  return { cores: { volumes: volumesCore, ...keysCore }, recovery: volumesCore.recovery };
}

function lastPositionOf(log: DatabaseSync): number {
  return Number(log.prepare('SELECT max(position) AS last FROM events').get()?.['last'] ?? -1);
}

/** The log's id is in the name of the stream that opens it. */
function logIdOf(log: DatabaseSync): Uuid {
  const first = log.prepare('SELECT stream FROM events WHERE position = 0').get();
  if (first === undefined) throw new Error('a frame came before the log was opened');
  return (first['stream'] as string).slice('ledger-'.length);
}
