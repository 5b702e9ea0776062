/** `rebuild NAME`: makes what follows from the log anew: a read model, or the tiles and checkpoint files. */
import { counted } from '../../counted.ts';
import { rebuildFolder } from '../../ledger/rebuild-folder.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { asVerb, type Progress, UsageError } from '../verb.ts';

/** Not a projection, but like them it follows from the log. */
const ledgerName = 'ledger';

interface Rebuilt extends Record<string, string | number | boolean | string[] | null> {
  name: string;
  events: number;
  elapsedMs: number;
  /** Parts that were not what they are now; null where there was nothing to compare. */
  differing: string[] | null;
  /** False: it takes over at the next start. */
  switched: boolean;
}

export const rebuild = asVerb({
  name: 'rebuild',
  act: 'operate',
  summary: 'Makes a projection, or tiles and checkpoints of the ledger, anew from the log.',
  usage: 'PROJECTION|ledger|all',
  details: `What serves goes on meanwhile. Nothing is lost: all of it follows from the log, which \`verify\` holds it against.
\`ledger\` writes the hash tiles and the files of ledger/checkpoint; HEAD itself is never rebuilt.`,
  examples: ['rebuild mailboxes', 'rebuild ledger', 'rebuild all'],
  prepare: (args) => ({ name: parseArguments(args, { positionals: ['PROJECTION'] }).positionals[0]! }),
  async perform(house, { name }: { name: string }, progress) {
    const known = [...house.projections.names, ledgerName];
    const names = name === 'all' ? known : known.filter((each) => each === name);
    if (names.length === 0) throw new UsageError(`There is no ${name}: ${known.join(', ')}, or all.`);
    const rebuilt: Rebuilt[] = [];
    for (const each of names) rebuilt.push(await rebuildOne(house, each, progress));
    return { json: rebuilt, text: rebuilt.map(textOf).join('\n') };
  },
});

async function rebuildOne(house: House, name: string, progress: Progress): Promise<Rebuilt> {
  if (name === ledgerName) return rebuildLedger(house);
  const { events, elapsedMs, differing, switched } = await house.projections.rebuild(name, progress);
  return { name, events, elapsedMs, differing: differing === null ? null : [...differing], switched };
}

async function rebuildLedger({ ledger, publicKey, sealer }: House): Promise<Rebuilt> {
  const startedMs = Date.now();
  const { size } = await sealer.sealNow();
  const differing = await rebuildFolder(ledger.store, ledger.folder, publicKey);
  return { name: ledgerName, events: size, elapsedMs: Date.now() - startedMs, differing, switched: true };
}

function textOf({ name, events, elapsedMs, differing, switched }: Rebuilt): string {
  const rate = Math.round((events / Math.max(1, elapsedMs)) * 1000);
  const compared =
    differing === null
      ? 'nothing to compare'
      : differing.length === 0
        ? 'same as before'
        : `DIFFERED in ${differing.join(', ')}`;
  return `${name}: ${counted(events, 'event')} in ${(elapsedMs / 1000).toFixed(1)} s (${rate}/s), ${compared}${switched ? '' : '; it takes over at the next start'}.`;
}
