/**
 * Answers of `Email/query` while the mailstore stays as it is: who scrolls through a long list asks for one page of the
 * same answer after another. Ids lie packed, 16 octets each.
 */
import { type Uuid, uuidOctets, uuidText } from '../../domain/values.ts';

interface Kept {
  readonly state: string;
  readonly ids: Uint8Array;
}

/** Of one session: the list that is shown, and what it is compared with or narrowed to. */
const maxKept = 2;
const idOctets = 16;

export class QueryResults {
  readonly #kept = new Map<string, Kept>();

  /** Null where it was not asked, or not in that state. */
  find(question: string, state: string): PackedIds | null {
    const kept = this.#kept.get(question);
    return kept?.state === state ? new PackedIds(kept.ids) : null;
  }

  keep(question: string, state: string, ids: readonly Uuid[]): void {
    const packed = new Uint8Array(ids.length * idOctets);
    ids.forEach((id, i) => {
      uuidOctets(id, packed, i * idOctets);
    });
    this.#kept.delete(question);
    this.#kept.set(question, { state, ids: packed });
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

/** Reads as much of a list of ids as is asked for. */
export class PackedIds {
  readonly #octets: Uint8Array;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get length(): number {
    return this.#octets.length / idOctets;
  }

  slice(from: number, to: number): Uuid[] {
    const last = Math.min(to, this.length);
    return Array.from({ length: Math.max(0, last - from) }, (_, i) =>
      uuidText(this.#octets, (from + i) * idOctets),
    );
  }

  indexOf(id: Uuid): number {
    const wanted = Buffer.from(uuidOctets(id));
    const { buffer, byteOffset, byteLength } = this.#octets;
    const octets = Buffer.from(buffer, byteOffset, byteLength);
    let at = octets.indexOf(wanted);
    // Octets of two neighbours may look like an id.
    while (at >= 0 && at % idOctets !== 0) at = octets.indexOf(wanted, at + 1);
    return at < 0 ? -1 : at / idOctets;
  }
}
