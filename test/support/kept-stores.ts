/** The embedded log, keys and volumes of one data folder, behind one real keeper thread. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { VolumeBlobStore } from '../../services/blob-store/volume-blob-store.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { SqliteEventStore } from '../../services/event-store/sqlite-event-store.ts';
import { SqliteLogReader } from '../../services/event-store/sqlite-log-reader.ts';
import { SqliteKeyStore } from '../../services/key-store/sqlite-key-store.ts';
import { KeeperClient } from '../../services/threads/keeper-client.ts';

export interface KeptStores {
  readonly keeper: KeeperClient;
  readonly log: SqliteEventStore;
  readonly keys: SqliteKeyStore;
  readonly blobs: VolumeBlobStore;
  readonly events: SealedEventStore;
  close(): Promise<void>;
}

export async function openKeptStores(folder: string): Promise<KeptStores> {
  for (const name of ['log', 'keys', 'volumes']) mkdirSync(join(folder, name), { recursive: true });
  const logFile = join(folder, 'log/events.sqlite');
  const keyFiles = { file: join(folder, 'keys/keys.sqlite'), rootKeyFile: join(folder, 'keys/root.key') };
  const volumes = { folder: join(folder, 'volumes') };
  const keeper = await KeeperClient.start({ logFile, keys: keyFiles, volumes }, (error) =>
    assert.fail(error),
  );
  const log = new SqliteEventStore(keeper, new SqliteLogReader(logFile));
  const keys = new SqliteKeyStore({ ...keyFiles, send: keeper.sendTo('keys') });
  const blobs = new VolumeBlobStore(volumes.folder, keeper.sendTo('volumes'));
  const close = async () => {
    for (const store of [log, keys, blobs]) await store.close();
    await keeper.close();
  };
  return { keeper, log, keys, blobs, events: new SealedEventStore(log, keys), close };
}
