/** Heads that the tree must come by as it grows, whoever keeps them. */
import { counted, isOrAre } from '../counted.ts';
import type { LogHead } from '../domain/ledger.ts';
import type { FindingKind, Findings } from './findings.ts';

/** A head that the tree must come by. */
interface Expected extends LogHead {
  readonly kind: FindingKind;
  readonly place: string;
}

export class HeadWatch {
  readonly #findings: Findings;
  readonly #expected = new Map<number, Expected[]>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  expect(head: LogHead, kind: FindingKind, place: string): void {
    const { epoch, size, root } = head;
    this.#expected.set(size, [...(this.#expected.get(size) ?? []), { epoch, size, root, kind, place }]);
  }

  /** Sizes that are waited for. */
  get sizes(): number[] {
    return [...this.#expected.keys()];
  }

  /** The tree has `size` leaves now. `root` is asked for only where a head is expected. Hex. */
  reached(size: number, root: () => string): void {
    const heads = this.#expected.get(size);
    if (heads === undefined) return;
    this.#expected.delete(size);
    const found = root();
    for (const head of heads) {
      if (head.root === found) continue;
      this.#findings.add(
        head.kind,
        head.place,
        `it signs another root over the first ${size} records: ${head.root}, the log has ${found}`,
      );
    }
  }

  /** The log ends at `size` leaves, or a restore begins a new epoch there: heads of older ones beyond it are lost. */
  end(size: number, newEpoch = Number.POSITIVE_INFINITY): void {
    for (const [expectedSize, heads] of this.#expected) {
      const staying = heads.filter(({ epoch }) => epoch >= newEpoch);
      for (const { epoch, place } of heads.filter((head) => head.epoch < newEpoch)) {
        const lost = expectedSize - size;
        this.#findings.add(
          'lost',
          place,
          `it signs ${counted(expectedSize, 'record')} of epoch ${epoch}; ${lost} of them ${isOrAre(lost)} lost`,
        );
      }
      if (staying.length > 0) this.#expected.set(expectedSize, staying);
      else this.#expected.delete(expectedSize);
    }
  }
}
