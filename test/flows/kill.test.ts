/** kill -9 with mails in flight: seeded rounds of what `npm run torture` does at length. */
import { test } from 'node:test';
import { runKillRounds } from '../torture/kill-rounds.ts';

test('nothing acknowledged is lost or there twice after 40 kills', { timeout: 600_000 }, async (t) => {
  await runKillRounds({ rounds: 40, seed: 1000, fullVerifyEvery: 50, report: (line) => t.diagnostic(line) });
});
