/** `supervision review`: the review of supervised mail, in the name of whoever supervises it. */
import { Refused, refusals } from '../../domain/refusals.ts';
import type { ReviewOutcome } from '../../domain/supervision-events.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { asVerb, exitCodes, UsageError } from '../verb.ts';
import { copiesOf, idOf } from './supervision.ts';

interface ReviewRequest extends Record<string, string | string[]> {
  ids: string[];
  by: string;
  outcome: ReviewOutcome;
  note: string;
}

interface Reviewed {
  readonly done: string[];
  readonly refused: { readonly id: string; readonly why: string }[];
}

const outcomeOf: Readonly<Record<string, ReviewOutcome>> = {
  'in-order': 'inOrder',
  objection: 'objection',
  escalated: 'escalated',
};

export const supervisionReview = asVerb<ReviewRequest, 'superviseMail'>({
  name: 'supervision review',
  act: 'superviseMail',
  summary: 'Records the review of mails under supervision.',
  usage: 'ID… --by ADDRESS --outcome in-order|objection|escalated [--note TEXT]',
  details: 'In the name of ADDRESS, who must supervise the mail. What is not in order wants a note.',
  examples: [
    'supervision review 01a2b3c4-d5e6-8f80-9a1b-2c3d4e5f6071 --by li@acme.example --outcome in-order',
  ],
  prepare: (args) => {
    const { positionals, options } = parseArguments(args, {
      positionals: ['ID'],
      more: true,
      options: ['by', 'outcome', 'note'],
    });
    const { by, note = '' } = options;
    if (by === undefined) throw new UsageError('--by is missing: who reviews.');
    const outcome = outcomeOf[options['outcome'] ?? ''];
    if (outcome === undefined)
      throw new UsageError(`--outcome must be one of ${Object.keys(outcomeOf).join(', ')}.`);
    if (outcome !== 'inOrder' && note === '')
      throw new UsageError('--note is missing: what is not in order.');
    return { ids: positionals.map(idOf), by, outcome, note };
  },
  async perform(house, request) {
    const reviewed = await reviewAll(house, request);
    const lines = [
      `${reviewed.done.length} reviewed.`,
      ...reviewed.refused.map(({ id, why }) => `${id}: ${why}`),
    ];
    return {
      json: JSON.parse(JSON.stringify(reviewed)),
      text: lines.join('\n'),
      exitCode: reviewed.refused.length === 0 ? exitCodes.done : exitCodes.failed,
    };
  },
});

/** One that is refused does not keep the others from being reviewed. */
async function reviewAll(house: House, { ids, by, outcome, note }: ReviewRequest): Promise<Reviewed> {
  await house.projections.settle();
  const account = await house.administration.accountOf(by);
  const reviewed: Reviewed = { done: [], refused: [] };
  for (const id of ids) {
    try {
      await house.supervisionDesk.review(copyFor(house, id, account), { outcome, note }, account, 'operator');
      reviewed.done.push(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      reviewed.refused.push({ id, why: refusals[error.refusal.refused] });
    }
  }
  return reviewed;
}

/** Of a mail that several supervise, theirs. */
function copyFor(house: House, id: string, account: string): string {
  const rows = copiesOf(house, id);
  return (rows.find(({ supervisor }) => supervisor === account) ?? rows[0]!).supervision;
}
