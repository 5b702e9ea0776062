/** Where in a mail the rules found what, for highlighting: out of the verdict that its acceptance keeps. */
import type { ApprovalRow } from '../../../projections/approvals-queries.ts';
import type { SupervisedRow } from '../../../projections/supervision-queries.ts';
import type { Uuid } from '../../domain/values.ts';
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
  readonly actions: readonly string[];
  readonly reasons: readonly { readonly test: string; readonly places: readonly Place[] }[];
}

export interface Hit extends Place {
  readonly rule: string;
  readonly test: string;
}

/** Whoever is in the envelope alone is not disclosed to who decides. */
const undisclosed = new Set(['envelopeRecipient', 'bcc', 'header:Bcc', 'header:bcc']);

/** Of the rules that hold it, for who decides. */
export async function holdingHits({ message }: ApprovalRow, parts: ApiParts): Promise<Hit[]> {
  const holding = ({ disposition }: Judgement): boolean => disposition !== 'deliver';
  return (await hitsOf(message, parts, holding)).filter((place) => !undisclosed.has(place.in));
}

/** Of the rules that put it before that supervisor, who sees all of it. */
export function supervisingHits({ message, reasons }: SupervisedRow, parts: ApiParts): Promise<Hit[]> {
  return hitsOf(message, parts, ({ name, actions }) => {
    return actions.includes('copyToSupervisors') && reasons.includes(name);
  });
}

async function hitsOf(
  message: Uuid,
  { judgementsOf }: Pick<ApiParts, 'judgementsOf'>,
  counts: (judgement: Judgement) => boolean,
): Promise<Hit[]> {
  const judgements = (await judgementsOf(message)) as unknown as readonly Judgement[];
  return judgements
    .filter(counts)
    .flatMap(({ name, reasons }) =>
      reasons.flatMap(({ test, places }) => places.map((place) => ({ rule: name, test, ...placeOf(place) }))),
    );
}

function placeOf({ in: at, part, start, end, found }: Place): Place {
  return { in: at, part, start, end, found };
}
