/** The part of a query's results that a client asks for (RFC 8620 §5.5). Pure. */
import { MethodError } from './problem.ts';
import type { ArgumentReader } from './read-arguments.ts';

export interface WindowRequest {
  /** Below 0: from the end. Ignored where there is an anchor. */
  readonly position: number;
  readonly anchor: string | null;
  readonly anchorOffset: number;
  /** Null: as many as there are, up to the server's own limit. */
  readonly limit: number | null;
  readonly calculateTotal: boolean;
}

/** All results of a query, or what answers like them. */
export interface Found {
  readonly length: number;
  slice(from: number, to: number): string[];
  indexOf(id: string): number;
}

export interface Window {
  readonly position: number;
  readonly ids: readonly string[];
  /** Set where the server's limit is below the one asked for. */
  readonly limit: number | null;
}

export function readWindow(reader: ArgumentReader): WindowRequest {
  return {
    position: reader.int('position', 0),
    anchor: reader.optionalId('anchor'),
    anchorOffset: reader.int('anchorOffset', 0),
    limit: reader.optionalUnsigned('limit'),
    calculateTotal: reader.flag('calculateTotal'),
  };
}

/** Throws `anchorNotFound`. */
export function windowOf(found: Found, request: WindowRequest, maxIds: number): Window {
  const position = positionIn(found, request);
  const asked = request.limit ?? maxIds;
  const limit = Math.min(asked, maxIds);
  return {
    position,
    ids: found.slice(position, position + limit),
    limit: limit < asked || (request.limit === null && found.length - position > limit) ? limit : null,
  };
}

function positionIn(found: Found, { position, anchor, anchorOffset }: WindowRequest): number {
  if (anchor === null) return Math.max(0, position < 0 ? found.length + position : position);
  const at = found.indexOf(anchor);
  if (at < 0) throw new MethodError('anchorNotFound', 'the anchor is not among the results');
  return Math.max(0, at + anchorOffset);
}
