/**
 * Long runs by hand: `npm run torture [-- kill|power-cut|repeat] [--rounds N] [--seed N]`. The same seed makes the same
 * choices; what the machine does between them is its own.
 */
import { parseArgs } from 'node:util';
import { runKillRounds } from './kill-rounds.ts';
import { runPowerCuts } from './power-cuts.ts';
import { runRepeatedBatch } from './repeat-batch.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const wanted = positionals.length > 0 ? positionals : ['kill', 'power-cut'];
const report = (line: string): void => console.log(line);

for (const run of wanted) {
  if (run === 'kill')
    await runKillRounds({ rounds: Number(values.rounds ?? 500), seed, fullVerifyEvery: 50, report });
  else if (run === 'power-cut') await runPowerCuts({ cuts: Number(values.rounds ?? 200), seed, report });
  else if (run === 'repeat') await runRepeatedBatch({ others: Number(values.rounds ?? 1_000_000), report });
  else throw new Error(`there is no run ${run}: kill, power-cut, repeat`);
  report(`${run}: nothing lost, nothing twice; seed ${seed}`);
}
