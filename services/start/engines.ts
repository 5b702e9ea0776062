/** Configuration to engines: the only place, beside `threads/`, that names them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../blob-store/active-volume.ts';
import { VolumeBlobStore } from '../blob-store/volume-blob-store.ts';
import type { Recovery } from '../blob-store/volume-recovery.ts';
import { type Config, ConfigError } from '../config.ts';
import { AfterSyncEventStore } from '../event-store/after-sync-event-store.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { SqliteEventStore } from '../event-store/sqlite-event-store.ts';
import { SqliteLogReader } from '../event-store/sqlite-log-reader.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { SqliteKeyStore } from '../key-store/sqlite-key-store.ts';
import { LedgerFolder } from '../ledger/ledger-folder.ts';
import { LogUnreachable } from '../log-unreachable.ts';
import { KeeperClient, type OnFatal } from '../threads/keeper-client.ts';
import { answerFrom } from '../threads/log-questions.ts';
import { openLegibleKeys, openLegibleLog } from '../threads/sound-stores.ts';

export interface Engines {
  readonly events: EventStore;
  readonly keys: KeyStore;
  readonly blobs: VolumeBlobStore;
  /** What the start found in the volumes. */
  readonly recovery: Recovery | null;
  /** Whatever is in memory only to be found faster. */
  giveBackMemory(): void;
  /** After everybody who uses them. */
  close(): Promise<void>;
}

/** Keys and volumes are always here; the log is, unless the configuration names a server for it. */
interface LogEngine {
  readonly keeper: KeeperClient;
  readonly events: EventStore;
}

/** Rejects with `RootKeyRefused` and with whatever keeps a store from opening. */
export async function startEngines(config: Config, onFatal: OnFatal): Promise<Engines> {
  const folder = (name: string): string => join(config.data, name);
  for (const name of ['keys', 'volumes']) mkdirSync(folder(name), { recursive: true, mode: 0o700 });
  const keyFile = join(folder('keys'), 'keys.sqlite');
  const rootKeyFile = config.rootKeyFile ?? join(folder('keys'), 'root.key');
  const options = {
    keys: { file: keyFile, rootKeyFile },
    volumes: { folder: folder('volumes'), knownPosition: await knownPosition(config) },
  };
  const { keeper, events } =
    config.eventStoreUrl === null
      ? await embeddedLog(folder('log'), options, onFatal)
      : await remoteLog(config.eventStoreUrl, options, onFatal);
  // The entries of the folders themselves, made by a first start, have to be on disk as well.
  syncFolder(config.data);
  const keys = openLegibleKeys(
    keyFile,
    () => new SqliteKeyStore({ file: keyFile, rootKeyFile, send: keeper.sendTo('keys') }),
  );
  const blobs = new VolumeBlobStore(folder('volumes'), keeper.sendTo('volumes'));
  return {
    events,
    keys,
    blobs,
    recovery: keeper.recovery,
    giveBackMemory: () => {
      for (const store of [keys, blobs]) store.giveBackMemory();
    },
    close: async () => {
      // Readers first: the last connection to a database merges its write-ahead log.
      for (const store of [events, keys, blobs]) await store.close();
      await keeper.close();
    },
  };
}

type LocalStores = Parameters<typeof KeeperClient.start>[0];

async function embeddedLog(folder: string, stores: LocalStores, onFatal: OnFatal): Promise<LogEngine> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logFile = join(folder, 'events.sqlite');
  const keeper = await KeeperClient.start({ ...stores, logFile }, onFatal);
  const reader = openLegibleLog(logFile, () => new SqliteLogReader(logFile));
  return { keeper, events: new SqliteEventStore(keeper, reader) };
}

async function remoteLog(url: string, stores: LocalStores, onFatal: OnFatal): Promise<LogEngine> {
  const log = await connect(url);
  try {
    await untilReached(log, url);
    const keeper = await KeeperClient.start(stores, onFatal, answerFrom(log));
    return { keeper, events: new AfterSyncEventStore(log, (lastPosition) => keeper.sync(lastPosition)) };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** A log that starts beside this server has so long to be there. */
const maxStartWaitMs = 15_000;

async function untilReached(log: EventStore, url: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no connection')), maxStartWaitMs);
  });
  try {
    await Promise.race([log.head(), tooLate]);
  } catch (error) {
    // The client's own words may hold the address with its password; its kind of error does not.
    throw new LogUnreachable(url, maxStartWaitMs, (error as { type?: string }).type ?? 'no connection');
  } finally {
    clearTimeout(timer);
  }
}

/** Its client is large: whoever keeps the log here does not load it. */
async function connect(url: string): Promise<EventStore> {
  const { EventStoreDBEventStore } = await import('../event-store/eventstoredb-event-store.ts');
  try {
    return EventStoreDBEventStore.connect(url);
  } catch (error) {
    throw new ConfigError(`MUNIMENT_EVENT_STORE_URL: ${(error as Error).message}`);
  }
}

/**
 * Log position of the last record that the head signs, as far as that can be read; whether the head is a good one is
 * for the ledger to say. Only the embedded log has as many positions as records; of another one the ledger has noted it.
 */
async function knownPosition({ data, eventStoreUrl }: Config): Promise<number> {
  const folder = new LedgerFolder(join(data, 'ledger'));
  const size = Number((await folder.head())?.split('\n')[1]);
  if (!Number.isSafeInteger(size)) return -1;
  if (eventStoreUrl === null) return size - 1;
  const noted = await folder.resume();
  return noted?.size === size ? noted.position : Number.MAX_SAFE_INTEGER;
}
