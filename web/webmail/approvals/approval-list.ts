/** Held mails of one tab of the desk. */
import { html, type TemplateResult } from 'lit';
import { shortTime } from '../../i18n/dates.ts';
import { DeskList, type DeskRow } from '../desk/desk-list.ts';
import { stateTone, stateWord } from './approval-words.ts';
import type { Approval, Approvals } from './approvals.ts';

export class ApprovalList extends DeskList<Approval> {
  protected override get desk(): Approvals {
    return this.store.approvals;
  }

  protected override get heading(): string {
    return this.words.approvals;
  }

  protected override rowOf(item: Approval): DeskRow {
    const { senderName, sender, requestedAtMs, subject, rules } = item;
    return {
      who: senderName || sender,
      atMs: requestedAtMs,
      subject,
      preview: rules.join(' · '),
      until: this.#until(item),
    };
  }

  /** The deadline while it waits, its end from then on. */
  #until(item: Approval): TemplateResult {
    const { state, deadlineMs } = item;
    if (state !== 'waiting')
      return html`<span class=${stateTone(state)}>${stateWord(item, this.words)}</span>`;
    if (deadlineMs === null) return html`${this.words.stateWaiting}`;
    return html`${this.words.decideBy} ${shortTime(new Date(deadlineMs).toISOString(), new Date())}`;
  }
}

customElements.define('approval-list', ApprovalList);
