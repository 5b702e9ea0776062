/** All projections, the mailboxes among them, as the verbs and the health page see them. */
import type { MailboxProjector } from '../../projections/mailbox-projector.ts';
import type { ProjectionHealth } from '../../projections/projection-health.ts';
import type { Projector } from '../../projections/projector.ts';
import type { Projections, RebuildSummary } from '../cli/house.ts';
import type { Progress } from '../cli/verb.ts';
import type { ProjectionCheck } from '../ledger/verify.ts';

export interface ProjectionSetParts {
  readonly log: { head(): Promise<number> };
  readonly projector: Projector;
  readonly mailboxes: MailboxProjector;
  /** Names of the projector's projections. */
  readonly tables: readonly string[];
}

/** Design: what answers from projections waits so long for the last acknowledged position. */
const maxSettleMs = 2000;

export class ProjectionSet implements Projections {
  readonly names: readonly string[];
  readonly #parts: ProjectionSetParts;

  constructor(parts: ProjectionSetParts) {
    this.#parts = parts;
    this.names = ['mailboxes', ...parts.tables];
  }

  async rebuild(name: string, progress: Progress): Promise<RebuildSummary> {
    const { projector, mailboxes } = this.#parts;
    const tell = (position: number, head: number): void => progress(position, head, `${name}: events`);
    if (name === 'mailboxes') {
      const { position, elapsedMs, differing, switched } = await mailboxes.rebuild(tell);
      return {
        events: position + 1,
        elapsedMs,
        differing: accountsOf(differing),
        switched,
      };
    }
    const { position, elapsedMs, differing } = await projector.rebuild(name, tell);
    return { events: position + 1, elapsedMs, differing, switched: true };
  }

  async settle(): Promise<void> {
    const head = await this.#parts.log.head();
    await Promise.all(
      this.#parts.tables.map((name) => this.#parts.projector.reached(name, head, maxSettleMs)),
    );
  }

  /** Calls `listener` when a projection has taken something in; the returned function ends it. */
  watch(name: string, listener: () => void): () => void {
    return this.#parts.projector.watch(name, listener);
  }

  /** Waits until a projection has what is at `position`; false after `maxWaitMs`. */
  reached(name: string, position: number, maxWaitMs: number): Promise<boolean> {
    return this.#parts.projector.reached(name, position, maxWaitMs);
  }

  async health(): Promise<ProjectionHealth[]> {
    return [await this.#parts.mailboxes.health(), ...(await this.#parts.projector.health())];
  }

  checks(): ProjectionCheck[] {
    return this.names.map((name) => ({
      name,
      run: async (onProgress) => {
        const { differing } = await this.#compare(name, (done, total) =>
          onProgress(done, total, `${name}: events`),
        );
        return (differing ?? []).map((part) => ({
          kind: 'projection' as const,
          place: `projections/${name}.sqlite`,
          text: `${part} differs from its rebuild`,
        }));
      },
    }));
  }

  async #compare(
    name: string,
    tell: (position: number, head: number) => void,
  ): Promise<{ differing: readonly string[] | null }> {
    if (name !== 'mailboxes') return this.#parts.projector.rebuild(name, tell, 'compare');
    const { differing } = await this.#parts.mailboxes.rebuild(tell, 'compare');
    return { differing: accountsOf(differing) };
  }
}

function accountsOf(differing: readonly { readonly account: string }[] | null): readonly string[] | null {
  return differing === null ? null : differing.map(({ account }) => account);
}
