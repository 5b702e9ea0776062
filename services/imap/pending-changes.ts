/** What happened to a selected mailbox, in the order of its events. UIDs are flat ranges. */
export type MailboxChange =
  | { readonly kind: 'arrived'; readonly modseq: number; readonly uids: readonly number[] }
  | { readonly kind: 'expunged'; readonly modseq: number; readonly uids: readonly number[] }
  | { readonly kind: 'flags'; readonly modseq: number; readonly uids: readonly number[] };

/** Changes that wait for a client that asks for nothing: beyond this they are folded together. */
const maxWaiting = 4096;

/**
 * Changes that the client has not been told. They are told in order, and not beyond an expunge that may not be
 * said now: a client that keeps the highest MODSEQ it saw must not have missed what came before it
 * (RFC 7162 §3.2.10).
 */
export class PendingChanges {
  #changes: MailboxChange[] = [];

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  add(change: MailboxChange): void {
    this.#changes.push(change);
    if (this.#changes.length > maxWaiting) this.#fold();
  }

  /** Does a change of flags wait besides that of one event? */
  holdsFlagsBeside(modseq: number): boolean {
    return this.#changes.some((change) => change.kind === 'flags' && change.modseq !== modseq);
  }

  /** Leaves out the change of flags by that event: the command itself answered it. */
  forgetFlags(modseq: number): void {
    this.#changes = this.#changes.filter((change) => change.kind !== 'flags' || change.modseq !== modseq);
  }

  /** Everything up to the first expunge that may not be told; with `expungesToo` everything. */
  take(expungesToo: boolean): MailboxChange[] {
    const halt = expungesToo ? -1 : this.#changes.findIndex(({ kind }) => kind === 'expunged');
    return this.#changes.splice(0, halt < 0 ? this.#changes.length : halt);
  }

  /** Arrivals, then expunges, then flags: no expunge is overtaken by what it must precede. */
  #fold(): void {
    const modseq = this.#changes.at(-1)!.modseq;
    const uidsOf = (kind: MailboxChange['kind']): number[] =>
      this.#changes.filter((change) => change.kind === kind).flatMap(({ uids }) => uids);
    this.#changes = (['arrived', 'expunged', 'flags'] as const)
      .map((kind) => ({ kind, modseq, uids: joined(uidsOf(kind)) }))
      .filter(({ uids }) => uids.length > 0);
  }
}

/** Ascending, disjoint ranges of pairs in any order. */
function joined(pairs: readonly number[]): number[] {
  const order = Array.from({ length: pairs.length / 2 }, (_, i) => i * 2).sort(
    (a, b) => pairs[a]! - pairs[b]!,
  );
  const ranges: number[] = [];
  for (const i of order) {
    const end = ranges.length - 1;
    if (end > 0 && pairs[i]! <= ranges[end]! + 1) ranges[end] = Math.max(ranges[end]!, pairs[i + 1]!);
    else ranges.push(pairs[i]!, pairs[i + 1]!);
  }
  return ranges;
}
