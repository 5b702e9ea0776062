/** A flow is told once and runs on every log that the server can serve from. */
import { describe, test } from 'node:test';
import { embeddedLog, eventStoreDBLog, type ServerLog, weakServerLog } from './server-log.ts';

export interface FlowOptions {
  /** Why it can't run here at all. */
  readonly skip?: string | false;
  /** Why it can't run where the log is a real server's. */
  readonly notOnEventStoreDB?: string;
  /** It looks at what is sent to the log, which therefore can't be encrypted. */
  readonly watchesWire?: boolean;
  readonly timeout?: number;
}

/** Opens a fresh log for the flow's server, which closes it with itself. */
export type OpenLog = () => Promise<ServerLog>;

const url = process.env['MUNIMENT_TEST_EVENTSTORE_URL'];
const weakSeed = 11;

/** `body` is called once for each log, with what opens it. What can't run is skipped by name. */
export function flowOnEveryLog(title: string, options: FlowOptions, body: (openLog: OpenLog) => void): void {
  const { skip = false, notOnEventStoreDB = false, watchesWire = false, ...rest } = options;
  const on = (log: string, openLog: OpenLog, absent: string | false = false): void => {
    const reason = skip || absent;
    // A suite that is skipped is not counted, a test is.
    if (reason) test(`${title}, on ${log}`, { skip: reason }, () => {});
    else describe(`${title}, on ${log}`, rest, () => body(openLog));
  };
  on('SQLite', async () => embeddedLog);
  on(`the weak store, seed ${weakSeed}`, () => weakServerLog(weakSeed));
  on(
    'EventStoreDB',
    () => eventStoreDBLog(url!),
    notOnEventStoreDB ||
      (url === undefined && 'MUNIMENT_TEST_EVENTSTORE_URL names no server') ||
      (watchesWire && !url!.includes('tls=false') && 'what is sent to it is encrypted'),
  );
}
