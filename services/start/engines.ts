/** Configuration to engines: the only place, beside `threads/`, that names them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../blob-store/active-volume.ts';
import { VolumeBlobStore } from '../blob-store/volume-blob-store.ts';
import type { Recovery } from '../blob-store/volume-recovery.ts';
import { type Config, ConfigError } from '../config.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { SqliteEventStore } from '../event-store/sqlite-event-store.ts';
import { SqliteLogReader } from '../event-store/sqlite-log-reader.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { SqliteKeyStore } from '../key-store/sqlite-key-store.ts';
import { LedgerFolder } from '../ledger/ledger-folder.ts';
import { KeeperClient, type OnFatal } from '../threads/keeper-client.ts';
import { openLegibleKeys, openLegibleLog } from '../threads/sound-stores.ts';

export interface Engines {
  readonly events: EventStore;
  readonly keys: KeyStore;
  readonly blobs: VolumeBlobStore;
  /** What the start found in the volumes. */
  readonly recovery: Recovery | null;
  /** After everybody who uses them. */
  close(): Promise<void>;
}

/** Rejects with `RootKeyRefused` and with whatever keeps a store from opening. */
export async function startEngines(config: Config, onFatal: OnFatal): Promise<Engines> {
  if (config.eventStoreUrl !== null) {
    throw new ConfigError(
      'MUNIMENT_EVENT_STORE_URL: this version serves from its embedded log only. Take the setting out.',
    );
  }
  const folder = (name: string): string => join(config.data, name);
  for (const name of ['log', 'keys', 'volumes']) mkdirSync(folder(name), { recursive: true, mode: 0o700 });
  const logFile = join(folder('log'), 'events.sqlite');
  const keyFile = join(folder('keys'), 'keys.sqlite');
  const rootKeyFile = config.rootKeyFile ?? join(folder('keys'), 'root.key');
  const keeper = await KeeperClient.start(
    {
      logFile,
      keys: { file: keyFile, rootKeyFile },
      volumes: { folder: folder('volumes'), knownRecords: await knownRecords(config.data) },
    },
    onFatal,
  );
  // The entries of the folders themselves, made by a first start, have to be on disk as well.
  syncFolder(config.data);
  const events = new SqliteEventStore(
    keeper,
    openLegibleLog(logFile, () => new SqliteLogReader(logFile)),
  );
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
    close: async () => {
      // Readers first: the last connection to a database merges its write-ahead log.
      for (const store of [events, keys, blobs]) await store.close();
      await keeper.close();
    },
  };
}

/** Size of the last head, as far as it can be read; whether it is a good one is for the ledger to say. */
async function knownRecords(data: string): Promise<number> {
  const text = await new LedgerFolder(join(data, 'ledger')).head();
  const size = Number(text?.split('\n')[1]);
  return Number.isSafeInteger(size) ? size : 0;
}
