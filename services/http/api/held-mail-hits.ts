/** Where in a held mail the rules found what, for highlighting: out of the verdict that its acceptance keeps. */
import type { ApprovalRow } from '../../../projections/approvals-queries.ts';
import type { ApiParts } from './api-parts.ts';

interface Place {
  readonly in: string;
  readonly part: string;
  readonly start: number;
  readonly end: number;
  readonly found: string;
}

interface Judgement {
  readonly name: string;
  readonly disposition: string;
  readonly reasons: readonly { readonly test: string; readonly places: readonly Place[] }[];
}

export interface Hit extends Place {
  readonly rule: string;
  readonly test: string;
}

/** Whoever is in the envelope alone is not disclosed to who decides. */
const undisclosed = new Set(['envelopeRecipient', 'bcc', 'header:Bcc', 'header:bcc']);

export async function hitsOf({ message }: ApprovalRow, { judgementsOf }: ApiParts): Promise<Hit[]> {
  const judgements = (await judgementsOf(message)) as unknown as readonly Judgement[];
  return judgements
    .filter(({ disposition }) => disposition !== 'deliver')
    .flatMap(({ name, reasons }) =>
      reasons.flatMap(({ test, places }) =>
        places
          .filter((place) => !undisclosed.has(place.in))
          .map(({ in: at, part, start, end, found }) => ({
            rule: name,
            test,
            in: at,
            part,
            start,
            end,
            found,
          })),
      ),
    );
}
