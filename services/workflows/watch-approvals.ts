/**
 * The clock of approvals: deadlines that have come, reminders, and reviewers who are here no more. What is due follows from
 * the projection, so that nothing is kept in memory: after a restart, or a pause of any length, it catches up. Each of
 * them is decided by the approval's own stream, so that a repeat does nothing.
 */
import type { ApprovalList } from '../../projections/approvals-queries.ts';
import type { Reviewers } from '../approvals/reviewers.ts';
import type { Dispatcher } from '../dispatch.ts';
import { type ApprovalCommand, approval } from '../domain/approval.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Reviewer } from '../domain/reviewer.ts';
import type { Uuid } from '../domain/values.ts';

export interface WatchParts {
  readonly approvals: Pick<ApprovalList, 'lapsed' | 'toRemind' | 'nextAtMs' | 'reviewers' | 'waitingOf'>;
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load' | 'onEvent'>;
  readonly reviewers: Pick<Reviewers, 'successorOf' | 'isActive'>;
  /** When somebody who was reminded then is reminded again. */
  readonly nextReminderMs: (nowMs: number) => Promise<number>;
  /** Position of the log's last event. */
  readonly head: () => Promise<number>;
  /** Waits until the projection has what is at `position`; false after `maxWaitMs`. */
  readonly reached: (position: number, maxWaitMs: number) => Promise<boolean>;
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

const longestPauseMs = 60_000;
/** Where something failed, or the projection is behind. */
const patienceMs = 5000;
const perRound = 500;

export class WatchApprovals {
  readonly #parts: WatchParts;
  #stopListening: readonly (() => void)[] = [];
  #isStopping = false;
  #isWoken = false;
  #wake: () => void = () => {};
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Returns at once. */
  start(): void {
    const { dispatcher } = this.#parts;
    this.#stopListening = ['approval', 'account'].map((category) =>
      dispatcher.onEvent(category, () => this.#wakeUp()),
    );
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop();
    this.#isStopping = true;
    this.#wakeUp();
    await this.#ended;
  }

  /** Everything that is due now. False where it has to be looked at again soon. */
  async catchUp(): Promise<boolean> {
    const { approvals, reached, head, now } = this.#parts;
    if (!(await reached(await head(), patienceMs))) return false;
    const nowMs = now();
    const lapsed = approvals.lapsed(nowMs, perRound);
    for (const id of lapsed) await this.#command(id, { kind: 'lapse', nowMs });
    const toRemind = approvals.toRemind(nowMs, perRound);
    if (toRemind.length > 0) await this.#remind(toRemind, nowMs);
    for (const reviewer of approvals.reviewers()) await this.#replace(reviewer);
    return lapsed.length < perRound && toRemind.length < perRound;
  }

  async #remind(ids: readonly Uuid[], nowMs: number): Promise<void> {
    const nextAtMs = await this.#parts.nextReminderMs(nowMs);
    for (const id of ids) await this.#command(id, { kind: 'remind', nowMs, nextAtMs });
  }

  /** Whatever waits for somebody who is here no more gets another reviewer. */
  async #replace(reviewer: Uuid): Promise<void> {
    const { approvals, dispatcher, reviewers } = this.#parts;
    if (await reviewers.isActive(reviewer)) return;
    for (const id of approvals.waitingOf(reviewer, perRound)) {
      const { state } = await dispatcher.load(approval, id);
      const { request, ...current } = state;
      const successor: Reviewer | null =
        request && state.outcome === null ? await reviewers.successorOf(current, request.submitter) : null;
      if (successor !== null)
        await this.#command(id, { kind: 'replaceReviewer', ...successor, because: 'left', reason: '' });
    }
  }

  /** One that fails does not keep the others waiting. */
  async #command(id: Uuid, command: ApprovalCommand): Promise<void> {
    const { dispatcher, now, report } = this.#parts;
    try {
      const context = { actor: 'system', cause: null, now: now() } as const;
      const outcome = await dispatcher.dispatch(approval, id, command, context);
      // Somebody decided meanwhile: nothing is left to do.
      if (isRefusal(outcome) && outcome.refused !== 'approvalEnded')
        throw new Error(`${command.kind} of the approval ${id} was refused: ${outcome.refused}`);
    } catch (error) {
      report(error);
    }
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isWoken = false;
      await this.#pause(await this.#round());
    }
  }

  /** How long to wait afterwards, ms. */
  async #round(): Promise<number> {
    try {
      if (!(await this.catchUp())) return patienceMs;
      const { approvals, head, reached, now } = this.#parts;
      if (!(await reached(await head(), patienceMs))) return patienceMs;
      const nextAtMs = approvals.nextAtMs();
      const pauseMs = nextAtMs === null ? longestPauseMs : nextAtMs - now();
      // What is due and is still there has just failed.
      return Math.min(longestPauseMs, pauseMs <= 0 ? patienceMs : pauseMs);
    } catch (error) {
      if (!this.#isStopping) this.#parts.report(error);
      return patienceMs;
    }
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Ends early when something happens. */
  async #pause(durationMs: number): Promise<void> {
    if (this.#isWoken || this.#isStopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
