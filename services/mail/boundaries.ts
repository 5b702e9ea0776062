/** The boundaries of the multiparts that are open, and what a line that begins with `--` means to them. */

/**
 * Longer boundaries are compared by their first 80 octets. RFC 2046 §5.1.1 allows 70; a bound is what lets a
 * line be judged without keeping more of it.
 */
export const maxBoundaryOctets = 80;

export interface Delimiter<Owner> {
  readonly owner: Owner;
  /** `--boundary--`: the owner's last part ends here. */
  readonly closes: boolean;
}

export class Boundaries<Owner> {
  readonly #open: { readonly text: string; readonly owner: Owner }[] = [];

  get count(): number {
    return this.#open.length;
  }

  /** `boundary` in Latin-1, as the parameter has it. */
  open(boundary: string, owner: Owner): void {
    this.#open.push({ text: boundary.slice(0, maxBoundaryOctets), owner });
  }

  /** Forgets the multiparts inside `owner`, and `owner` itself when its last part has ended. */
  closeInside(owner: Owner, itself: boolean): void {
    const index = this.#open.findLastIndex((entry) => entry.owner === owner);
    if (index >= 0) this.#open.length = itself ? index : index + 1;
  }

  clear(): void {
    this.#open.length = 0;
  }

  /**
   * What a line that begins with `head` (Latin-1, the first 84 octets at least or the whole line) delimits; null
   * when it is part of a body. The boundary need only stand at its beginning (RFC 2046 §5.1.1). Where several do:
   * the innermost that is the whole line, with `--` behind it or not, otherwise the longest.
   */
  match(head: string): Delimiter<Owner> | null {
    const whole = head.replace(/[ \t\r]+$/, '');
    let best: { readonly text: string; readonly owner: Owner } | null = null;
    for (let index = this.#open.length - 1; index >= 0; index--) {
      const entry = this.#open[index]!;
      if (best !== null && entry.text.length <= best.text.length) continue;
      if (!head.startsWith(entry.text, 2)) continue;
      best = entry;
      const behind = whole.length - 2 - entry.text.length;
      if (behind <= 0 || (behind === 2 && whole.endsWith('--'))) break;
    }
    return best && { owner: best.owner, closes: head.startsWith('--', 2 + best.text.length) };
  }
}
