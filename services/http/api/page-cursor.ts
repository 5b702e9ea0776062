/** Where a page of a list begins. A cursor is what `next` of the page before said; anything else is refused. */
import { uuidPattern } from '../../domain/values.ts';
import { RequestInvalid } from './request-problems.ts';

interface PageQuery {
  readonly cursor?: string | undefined;
}

/** Of a list whose items have ids; undefined for the first page. */
export function cursorOf({ cursor }: PageQuery): string | undefined {
  if (cursor !== undefined && !uuidPattern.test(cursor)) throw notCursor();
  return cursor;
}

/** Of a list by positions of the log. */
export function positionOf({ cursor }: PageQuery): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw notCursor();
  return Number(cursor);
}

function notCursor(): RequestInvalid {
  return new RequestInvalid([{ in: 'query', field: 'cursor', detail: 'is not one of this list' }]);
}
