/** The logs that the real server can serve from, each a fresh one. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import { EventStoreDBEventStore } from '../../services/event-store/eventstoredb-event-store.ts';
import { factOf, type LoggedFact, loggedFacts } from './log-facts.ts';
import { WeakServer, type WeakServerOptions } from './weak-server.ts';

export interface ServerLog {
  /** What makes a server use it. */
  readonly settings: Readonly<Record<string, string>>;
  /** All that is durable, in the log's order. */
  facts(dataFolder: string): Promise<LoggedFact[]>;
  /** Loses all but so many records, as an older backup has it, while no server runs. A real server's log can't. */
  readonly keepFirst?: (dataFolder: string, records: number) => void;
  close(): Promise<void>;
}

/** SQLite in the server's own data folder. */
export const embeddedLog: ServerLog = {
  settings: {},
  facts: async (dataFolder) => loggedFacts(dataFolder),
  keepFirst(dataFolder, records) {
    const log = new DatabaseSync(join(dataFolder, 'log', 'events.sqlite'));
    log.prepare('DELETE FROM events WHERE position >= ?').run(records);
    log.close();
  },
  close: async () => {},
};

/** The weak store in this process, which no kill of the server touches. */
export async function weakServerLog(
  seed: number,
  options: Omit<WeakServerOptions, 'seed'> = {},
): Promise<ServerLog> {
  return logOn(await WeakServer.start({ seed, ...options }));
}

export function logOn(weak: WeakServer): ServerLog {
  return {
    ...logAt(weak.url),
    keepFirst: (_, records) => weak.keepFirst(records),
    close: async () => weak.close(),
  };
}

/** A real server, which may hold the logs of other runs. */
export async function eventStoreDBLog(url: string): Promise<ServerLog> {
  const prefix = `flow${randomBytes(6).toString('hex')}.`;
  return logAt(`${url}${url.includes('?') ? '&' : '?'}streamPrefix=${prefix}`);
}

const recordsPerRead = 1000;

function logAt(url: string): ServerLog {
  return {
    settings: { MUNIMENT_EVENT_STORE_URL: url },
    facts: async () => {
      const store = EventStoreDBEventStore.connect(url);
      try {
        return (await allOf(store)).map(factOf);
      } finally {
        await store.close();
      }
    },
    close: async () => {},
  };
}

async function allOf(store: EventStoreDBEventStore): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (;;) {
    const page = await store.readAll(records.at(-1)?.position ?? -1, recordsPerRead);
    if (page.length === 0) return records;
    records.push(...page);
  }
}
