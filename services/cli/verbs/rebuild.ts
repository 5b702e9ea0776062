/** `rebuild PROJECTION`: makes a read model anew from the log, beside the one that serves. */
import { parseArguments } from '../arguments.ts';
import { asVerb, UsageError } from '../verb.ts';

export const rebuild = asVerb({
  name: 'rebuild',
  summary: 'Makes a projection (or all of them) anew from the log; the old one serves meanwhile.',
  usage: 'PROJECTION|all',
  prepare: (args) => ({ name: parseArguments(args, { positionals: ['PROJECTION'] }).positionals[0]! }),
  async perform({ projections }, { name }: { name: string }, progress) {
    const names = name === 'all' ? projections.names : projections.names.filter((known) => known === name);
    if (names.length === 0)
      throw new UsageError(`There is no projection ${name}: ${projections.names.join(', ')}, or all.`);
    const lines: string[] = [];
    for (const each of names) {
      const { events, elapsedMs, differing } = await projections.rebuild(each, progress);
      const rate = Math.round((events / Math.max(1, elapsedMs)) * 1000);
      const compared =
        differing === null
          ? 'nothing to compare'
          : differing.length === 0
            ? 'same as before'
            : `DIFFERED in ${differing.join(', ')}`;
      lines.push(`${each}: ${events} events in ${(elapsedMs / 1000).toFixed(1)} s (${rate}/s), ${compared}.`);
    }
    return { json: lines, text: lines.join('\n') };
  },
});
