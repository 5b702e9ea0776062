/** kill -9 with mails in flight: seeded rounds of what `npm run torture` does at length. */
import { test } from 'node:test';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { embeddedLog } from '../support/server-log.ts';
import { runKillRounds } from '../torture/kill-rounds.ts';

const timeout = 600_000;

flowOnEveryLog('kills with mails in flight', { timeout }, (openLog) => {
  test('nothing acknowledged is lost or there twice', { timeout }, async (t) => {
    const log = await openLog();
    // A log elsewhere outlives the kill; what is tried on it is the order of its acknowledgements.
    const rounds = log === embeddedLog ? 40 : 6;
    const report = (line: string): void => t.diagnostic(line);
    await runKillRounds({ rounds, seed: 1000, fullVerifyEvery: 50, report, log });
  });
});
