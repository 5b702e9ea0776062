/** Octets that differ from others in few places: what was there, and what stands there instead. Pure. */

export interface OctetEdit {
  /** Offset in what was there. */
  readonly at: number;
  /** Octets that go, from there on. */
  readonly remove: number;
  readonly insert: Uint8Array;
}

/** A stretch of the edited octets: out of what was there, or new. */
export type EditedPiece = { readonly from: number; readonly to: number } | { readonly insert: Uint8Array };

/** How edits stand in an event. */
export type RecordedEdit = { readonly at: number; readonly remove: number; readonly insert: string };

/** Never changes what it was made from. */
export class EditedOctets {
  /** Of the edited whole. */
  readonly octets: number;
  readonly #pieces: readonly EditedPiece[];

  /** Edits ascend and do not overlap. Throws `RangeError` where they are not of these octets. */
  constructor(octets: number, edits: readonly OctetEdit[]) {
    const pieces: EditedPiece[] = [];
    let from = 0;
    for (const { at, remove, insert } of edits) {
      if (at < from || remove < 0 || at + remove > octets)
        throw new RangeError(`no edit of these octets: at ${at}`);
      pieces.push({ from, to: at }, { insert });
      from = at + remove;
    }
    this.#pieces = [...pieces, { from, to: octets }].filter((piece) => lengthOf(piece) > 0);
    this.octets = this.#pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  }

  /** What is new in them. */
  get insertedOctets(): number {
    return this.#pieces.reduce((sum, piece) => sum + ('insert' in piece ? piece.insert.length : 0), 0);
  }

  /** What [from, to) of the edited octets is made of, in order. */
  *within(from: number, to: number): Generator<EditedPiece> {
    let start = 0;
    for (const piece of this.#pieces) {
      const end = start + lengthOf(piece);
      if (end > from && start < to)
        yield clipped(piece, Math.max(0, from - start), Math.min(end, to) - start);
      start = end;
    }
  }
}

function lengthOf(piece: EditedPiece): number {
  return 'insert' in piece ? piece.insert.length : piece.to - piece.from;
}

function clipped(piece: EditedPiece, start: number, end: number): EditedPiece {
  if ('insert' in piece) return { insert: piece.insert.subarray(start, end) };
  return { from: piece.from + start, to: piece.from + end };
}

/** The edited octets, in pieces; `read` streams [from, to) of what was there. */
export async function* editedStream(
  edited: EditedOctets,
  read: (from: number, to: number) => AsyncIterable<Uint8Array>,
  from = 0,
  to = edited.octets,
): AsyncGenerator<Uint8Array> {
  for (const piece of edited.within(from, to)) {
    if ('insert' in piece) yield new Uint8Array(piece.insert);
    else yield* read(piece.from, piece.to);
  }
}

export function recordedEdits(edits: readonly OctetEdit[]): RecordedEdit[] {
  return edits.map(({ at, remove, insert }) => ({
    at,
    remove,
    insert: Buffer.from(insert).toString('base64'),
  }));
}

export function editsOf(recorded: readonly RecordedEdit[]): OctetEdit[] {
  return recorded.map(({ at, remove, insert }) => ({ at, remove, insert: Buffer.from(insert, 'base64') }));
}
