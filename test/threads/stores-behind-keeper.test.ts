/** The contract suites of keys and blobs once more, with the real keeper's thread between. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VolumeBlobStore } from '../../services/blob-store/volume-blob-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { SqliteKeyStore } from '../../services/key-store/sqlite-key-store.ts';
import { KeeperClient } from '../../services/threads/keeper-client.ts';
import { flipOctet } from '../blob-store/volume-house.ts';
import { blobStoreContract } from '../contracts/blob-store.contract.ts';
import { keyStoreContract } from '../contracts/key-store.contract.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-behind-keeper-'));
  for (const name of ['log', 'keys', 'volumes']) mkdirSync(join(folder, name));
  return folder;
}

keyStoreContract('sqlite behind the keeper', async () => {
  const folder = makeFolder();
  const files = { file: join(folder, 'keys/keys.sqlite'), rootKeyFile: join(folder, 'keys/root.key') };
  const open = async () => {
    const keeper = await KeeperClient.start(
      { logFile: join(folder, 'log/events.sqlite'), keys: files },
      fail,
    );
    const store = new SqliteKeyStore({ ...files, send: keeper.sendTo('keys') });
    const close = async () => {
      await keeper.close();
      await store.close();
    };
    return { store, close };
  };
  let opened = await open();
  return {
    store: opened.store,
    restart: async () => {
      await opened.close();
      opened = await open();
      return opened.store;
    },
    remove: async () => {
      await opened.close();
      rmSync(folder, { recursive: true });
    },
  };
});

blobStoreContract('volumes behind the keeper', async () => {
  const folder = makeFolder();
  const logFile = join(folder, 'log/events.sqlite');
  const volumes = { folder: join(folder, 'volumes'), maxVolumeOctets: 1_000_000 };
  const open = async () => {
    const keeper = await KeeperClient.start({ logFile, volumes }, fail);
    const store = new VolumeBlobStore(volumes.folder, keeper.sendTo('volumes'));
    const close = async () => {
      await keeper.close();
      await store.close();
    };
    return { keeper, store, close };
  };
  let opened = await open();
  // The header of the first volume names the log, so the log is opened first.
  const opening = { id: newEventId(), record: Buffer.from('{}'), sealed: null };
  await opened.keeper.append(`ledger-${randomUUID()}`, 'absent', [opening]);
  return {
    store: opened.store,
    restart: async () => {
      await opened.close();
      opened = await open();
      return opened.store;
    },
    damage: async (frame, offset) => {
      const [path, place] = (await opened.store.place(frame)).split(' at ') as [string, string];
      chmodSync(path, 0o600);
      flipOctet(path, Number(place) + offset);
    },
    remove: async () => {
      await opened.close();
      rmSync(folder, { recursive: true });
    },
  };
});

function fail(error: Error): never {
  assert.fail(error);
}
