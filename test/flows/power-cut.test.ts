/** The power is cut: seeded places of one recorded run, as `npm run torture -- power-cut` tries at length. */
import { test } from 'node:test';
import { missing } from '../support/programs.ts';
import { runPowerCuts } from '../torture/power-cuts.ts';

test('nothing acknowledged is lost at 14 places of a power cut', {
  skip: missing('strace'),
  timeout: 600_000,
}, async (t) => {
  await runPowerCuts({ cuts: 14, seed: 1000, report: (line) => t.diagnostic(line) });
});
