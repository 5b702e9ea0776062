/** What is settled of a hold when the mail is taken over: people and times, so that nothing of it is judged again. */
import { holdTermsOf } from '../../policies/hold-terms.ts';
import type { Verdict } from '../../policies/rule-language/verdict.ts';
import { sealable } from '../accepted-facts.ts';
import type { Dispatcher } from '../dispatch.ts';
import type { Hold } from '../domain/approval.ts';
import { rangesOf } from '../domain/ordinal-ranges.ts';
import { organisation } from '../domain/organisation.ts';
import type { Uuid } from '../domain/values.ts';
import type { Reviewers } from './reviewers.ts';
import { afterWorkingHours, businessCalendar } from './working-time.ts';

/** What the intake asks. */
export interface MailHolder {
  /** Null where the verdict holds nobody. `octets`: address of the blob that goes on. */
  holdOf(verdict: Verdict, submitter: Uuid | null, octets: string, nowMs: number): Promise<Hold | null>;
}

export class Holding implements MailHolder {
  readonly #dispatcher: Pick<Dispatcher, 'load'>;
  readonly #organisation: Uuid;
  readonly #reviewers: Reviewers;

  constructor(dispatcher: Pick<Dispatcher, 'load'>, organisationId: Uuid, reviewers: Reviewers) {
    this.#dispatcher = dispatcher;
    this.#organisation = organisationId;
    this.#reviewers = reviewers;
  }

  async holdOf(
    verdict: Verdict,
    submitter: Uuid | null,
    octets: string,
    nowMs: number,
  ): Promise<Hold | null> {
    const terms = holdTermsOf(verdict);
    if (terms === null) return null;
    const { calendar } = (await this.#dispatcher.load(organisation, this.#organisation)).state;
    const hours = businessCalendar(calendar);
    const after = (wanted: number | null): number | null =>
      wanted === null ? null : afterWorkingHours(nowMs, wanted, hours);
    const { kind, onDeadline } = terms;
    return {
      kind,
      octets,
      ordinals: rangesOf(terms.ordinals),
      submitter,
      ...(await this.#reviewers.named(terms.reviewer, terms.deputy, submitter)),
      holds: terms.holds.map((hold) => ({ ...hold, reason: sealable(hold.reason) })),
      remindAtMs: after(terms.remindAfterHours),
      dueAtMs: after(terms.deadlineHours),
      onDeadline,
      resubmits: null,
    };
  }
}
