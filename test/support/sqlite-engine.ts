/** The embedded event store in a folder of its own, behind a real keeper thread. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../services/event-store/event-store.ts';
import { SqliteEventStore } from '../../services/event-store/sqlite-event-store.ts';
import { SqliteLogReader } from '../../services/event-store/sqlite-log-reader.ts';
import { KeeperClient } from '../../services/threads/keeper-client.ts';

export interface SqliteEngine {
  readonly folder: string;
  readonly store: EventStore;
  restart(): Promise<EventStore>;
  close(): Promise<void>;
}

interface Opened {
  readonly keeper: KeeperClient;
  readonly store: EventStore;
}

async function openIn(folder: string): Promise<Opened> {
  const logFile = join(folder, 'events.sqlite');
  const keeper = await KeeperClient.start({ logFile }, (error) => assert.fail(error));
  return { keeper, store: new SqliteEventStore(keeper, new SqliteLogReader(logFile)) };
}

async function closeOpened({ keeper, store }: Opened): Promise<void> {
  await store.close();
  await keeper.close();
}

export async function openSqliteEngine(): Promise<SqliteEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-log-'));
  let opened = await openIn(folder);
  return {
    folder,
    store: opened.store,
    restart: async () => {
      await closeOpened(opened);
      opened = await openIn(folder);
      return opened.store;
    },
    close: async () => {
      await closeOpened(opened);
      rmSync(folder, { recursive: true });
    },
  };
}
