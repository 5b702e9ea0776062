/** Order of mails in a query (RFC 8621 §4.4.2), by what rows know. Pure. */
import type { EmailRow } from './email-row.ts';
import { invalidArguments, MethodError } from './problem.ts';
import type { JsonMap } from './request.ts';

type Compare = (a: EmailRow, b: EmailRow) => number;

export const sortProperties = ['receivedAt', 'size', 'hasKeyword'] as const;

/** The newest first where nothing is asked for; of equals always in the same order. */
export function sortEmails(rows: readonly EmailRow[], sort: readonly JsonMap[]): EmailRow[] {
  const compares = sort.length > 0 ? sort.map(compareOf) : [newestFirst];
  const byId: Compare = (a, b) => (a.id < b.id ? 1 : -1);
  const [only] = compares;
  if (compares.length === 1) return [...rows].sort((a, b) => only!(a, b) || byId(a, b));
  return [...rows].sort(
    (a, b) => compares.reduce((order, compare) => order || compare(a, b), 0) || byId(a, b),
  );
}

const newestFirst: Compare = (a, b) => b.receivedAtMs - a.receivedAtMs;

function compareOf({ property, isAscending = true, keyword }: JsonMap): Compare {
  const direction = isAscending === false ? -1 : 1;
  const number = numberOf(property, keyword);
  return (a, b) => direction * (number(a) - number(b));
}

function numberOf(property: unknown, keyword: unknown): (row: EmailRow) => number {
  switch (property) {
    case 'receivedAt':
      return ({ receivedAtMs }) => receivedAtMs;
    case 'size':
      return ({ sizeOctets }) => sizeOctets;
    case 'hasKeyword': {
      if (typeof keyword !== 'string') throw invalidArguments('sort by hasKeyword names no keyword');
      return ({ keywords }) => Number(keywords.includes(keyword.toLowerCase()));
    }
    default:
      throw new MethodError('unsupportedSort', `mails are sorted by ${sortProperties.join(', ')}`);
  }
}
