/** `approval approve|return`: decisions on held mail, in the name of somebody who may take them. */
import { Refused, refusals } from '../../domain/refusals.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { asVerb, exitCodes, UsageError, type Verb } from '../verb.ts';
import { approvalOf, idOf } from './approval.ts';

interface DecideRequest extends Record<string, string | string[]> {
  ids: string[];
  by: string;
  comment: string;
}

interface Decided {
  readonly done: string[];
  readonly refused: { readonly id: string; readonly why: string }[];
}

/** Returning out of quarantine takes the mail away for good. */
export const approvalDecisions: readonly Verb[] = [
  decisionVerb('approve', 'release', 'Releases held mail to its recipients.', 'released'),
  decisionVerb(
    'return',
    'return',
    'Returns held mail to its sender; out of quarantine it goes nowhere.',
    'returned',
  ),
];

function decisionVerb(word: string, kind: 'release' | 'return', summary: string, done: string): Verb {
  const comment = kind === 'return' ? '--comment TEXT' : '[--comment TEXT]';
  return asVerb<DecideRequest, 'reviewMail'>({
    name: `approval ${word}`,
    act: 'reviewMail',
    summary,
    usage: `ID… --by ADDRESS ${comment}`,
    details: 'In the name of ADDRESS, who must be the one that decides. The sender reads the comment.',
    examples: [
      `approval ${word} 01a2b3c4-d5e6-8f80-9a1b-2c3d4e5f6071 --by li@acme.example --comment "seen by legal"`,
    ],
    prepare: (args) => {
      const { positionals, options } = parseArguments(args, {
        positionals: ['ID'],
        more: true,
        options: ['by', 'comment'],
      });
      const { by, comment: said = '' } = options;
      if (by === undefined) throw new UsageError('--by is missing: who decides.');
      if (kind === 'return' && said === '')
        throw new UsageError('--comment is missing: the sender reads it.');
      return { ids: positionals.map(idOf), by, comment: said };
    },
    async perform(house, request) {
      const decided = await decideAll(house, kind, request);
      const lines = [
        `${decided.done.length} ${done}.`,
        ...decided.refused.map(({ id, why }) => `${id}: ${why}`),
      ];
      return {
        json: JSON.parse(JSON.stringify(decided)),
        text: lines.join('\n'),
        exitCode: decided.refused.length === 0 ? exitCodes.done : exitCodes.failed,
      };
    },
  });
}

/** One that is refused does not keep the others from being decided. */
async function decideAll(
  house: House,
  kind: 'release' | 'return',
  { ids, by, comment }: DecideRequest,
): Promise<Decided> {
  await house.projections.settle();
  const account = await house.administration.accountOf(by);
  const decided: Decided = { done: [], refused: [] };
  for (const id of ids) {
    const { approval, octets } = approvalOf(house, id);
    try {
      await house.desk.decide(approval, { kind, octets, comment }, account, 'operator');
      decided.done.push(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      decided.refused.push({ id, why: refusals[error.refusal.refused] });
    }
  }
  return decided;
}
