/** A mailbox of very many messages, made by the domain and the log without any mail: rows are all that SELECT needs. */
import { readConfig } from '../services/config.ts';
import { newEventId } from '../services/identifiers.ts';
import { makeLog } from '../services/log.ts';
import { startEngines } from '../services/start/engines.ts';
import { openHouse } from '../services/start/house.ts';

/** What one record of filings may hold. */
const filingsPerCommand = 4000;
const meanOctets = 70_000;

/** The server must not run. */
export async function fileRows(data: string, address: string, rows: number): Promise<void> {
  const config = readConfig({ ...process.env, MUNIMENT_DATA: data }, null);
  const engines = await startEngines(config, (error) => {
    throw error;
  });
  const house = await openHouse(config, engines, makeLog('warn'));
  try {
    const account = await house.administration.accountOf(address);
    const now = Date.now();
    for (let first = 0; first < rows; first += filingsPerCommand) {
      const filings = Array.from({ length: Math.min(filingsPerCommand, rows - first) }, (_, i) => ({
        message: newEventId(now),
        mailbox: null,
        sizeOctets: meanOctets,
        dateMs: now,
        flags: 0,
        thread: newEventId(now),
        causeEpoch: 1,
        causePosition: first + i + 1,
      }));
      const context = { actor: 'system', cause: null, now } as const;
      await house.mailstores.execute(account, { kind: 'file', filings }, context);
    }
  } finally {
    await house.close();
    await engines.close();
  }
}
