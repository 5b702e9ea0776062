/** What the embedded log of a data folder says in clear, read beside the server that writes it. */
import { join } from 'node:path';
import type { JsonObject } from '../../services/domain/event.ts';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import { SqliteLogReader } from '../../services/event-store/sqlite-log-reader.ts';

export interface LoggedFact {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly actor: string;
  readonly at: number;
  readonly data: JsonObject;
}

/** All that is durable, in the log's order. */
export function loggedFacts(dataFolder: string): LoggedFact[] {
  const reader = new SqliteLogReader(join(dataFolder, 'log', 'events.sqlite'));
  try {
    return reader.readBehind(-1, Number.MAX_SAFE_INTEGER).map(factOf);
  } finally {
    reader.close();
  }
}

export function factOf({ position, record }: StoredRecord): LoggedFact {
  return {
    position,
    ...(JSON.parse(Buffer.from(record).toString('utf8')) as Omit<LoggedFact, 'position'>),
  };
}
