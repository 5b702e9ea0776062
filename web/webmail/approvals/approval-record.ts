/** What became of a held mail: its state, who decided with what comment, everything that happened; withdrawal for its sender. */
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../../elements/choice-dialog.ts';
import { icon } from '../../elements/icon.ts';
import { momentText } from '../../i18n/dates.ts';
import { deskLook } from '../desk/desk-look.ts';
import { StoreElement } from '../store-element.ts';
import { approvalPlaceText } from './approval-place.ts';
import { deciderWord, statePicture, stateTone, stateWord, stepWord } from './approval-words.ts';
import type { ApprovalRecord } from './held-mail.ts';

export class ApprovalRecordView extends StoreElement {
  static override properties = { ...StoreElement.properties, record: { attribute: false } };
  static override styles = [
    StoreElement.styles,
    deskLook,
    css`
      article {
        height: 100%;
        overflow-y: auto;
        padding: var(--gap-4) var(--gap-6) var(--gap-8);
        outline-offset: -2px;
      }
      .state {
        display: flex;
        align-items: center;
        gap: var(--gap-2);
        font-weight: 600;
      }
      [data-what='take-back'],
      [data-what='edit-again'] {
        margin-bottom: var(--gap-4);
      }
      ol {
        margin: 0 0 var(--gap-4);
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        list-style: none;
      }
      li {
        display: grid;
        gap: 0 var(--gap-3);
        padding: var(--gap-2) var(--gap-3);
        overflow-wrap: anywhere;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      time {
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
    `,
  ];
  declare record: ApprovalRecord;

  #ask(): void {
    this.renderRoot.querySelector<ChoiceDialog>('choice-dialog')?.show();
  }

  async #editAgain(): Promise<void> {
    const { store, words, record } = this;
    const isOpen = await store.desk.resubmit(record.message, record.approval);
    if (!isOpen) store.say(words.notInSentAnyMore, null, true);
  }

  override render(): TemplateResult {
    const { record, words, store } = this;
    const { subject, approval, isOwn, state, kind, resubmittedAs } = record;
    return html`<article tabindex="0" aria-label=${words.approvals}>
        <h2 translate="no">${subject.trim() || words.noSubject}</h2>
        <dl>
          ${this.#lines().map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
        </dl>
        ${
          isOwn && state === 'waiting'
            ? html`<button class="danger" data-what="take-back" @click=${this.#ask}>${words.takeBack}</button>`
            : nothing
        }
        ${isOwn && resubmittedAs === null && (state === 'returned' || state === 'withdrawn') && kind === 'approval' ? html`<button class="primary" data-what="edit-again" @click=${this.#editAgain}>${words.editAndSendAgain}</button>` : nothing}
        <h3>${words.whatHappened}</h3>
        <ol>
          ${record.steps.map((step) => this.#step(step))}
        </ol>
      </article>
      <choice-dialog
        .heading=${words.takeBackTitle}
        .text=${words.takeBackNext}
        .confirm=${words.takeBack}
        @confirm=${() => store.approvals.withdraw(approval)}
      ></choice-dialog>`;
  }

  #lines(): (readonly [string, unknown])[] {
    const { record, words } = this;
    const { state, sender, senderName, rules, decidedBy, deadlineMs, onDeadline } = record;
    const isWaiting = state === 'waiting';
    const then = onDeadline === 'deliver' ? words.thenSent : words.thenReturned;
    const said = html`<span class="state ${stateTone(state)}">${icon(statePicture[state])}${stateWord(record, words)}</span>`;
    const lines: readonly (readonly [string, unknown])[] = [
      [words.approvalState, said],
      [words.from, senderName ? `${senderName} <${sender}>` : sender],
      [words.whyHeld, rules.map((rule) => words.heldByRule(rule)).join(' ')],
      [words.decidesOnIt, isWaiting ? deciderWord(record, words) : ''],
      [words.decidedBy, decidedBy ?? ''],
      [words.sentAgainAfter, this.#link(record.resubmits, words.mailBefore)],
      [words.sentAgainAs, this.#link(record.resubmittedAs, words.mailAfter)],
      [words.decideBy, isWaiting && deadlineMs !== null ? `${momentText(deadlineMs)} · ${then}` : ''],
    ];
    return lines.filter(([, value]) => value !== '');
  }

  /** To the other one of two mails, as the log keeps it. */
  #link(approval: string | null, text: string): unknown {
    return approval === null ? '' : html`<a href=${approvalPlaceText(this.tab, approval)}>${text}</a>`;
  }

  get tab(): 'own' | 'log' {
    return this.record.isOwn ? 'own' : 'log';
  }

  #step({ atMs, type, who, comment }: ApprovalRecord['steps'][number]): TemplateResult {
    const { words } = this;
    const byServer = who === 'system' || who === '';
    return html`<li>
      <span>${stepWord(type, words)} <span translate="no">${byServer ? '' : who}</span></span>
      <time datetime=${new Date(atMs).toISOString()}>${momentText(atMs)}</time>
      ${comment === '' ? nothing : html`<blockquote translate="no">${comment}</blockquote>`}
    </li>`;
  }
}

customElements.define('approval-record', ApprovalRecordView);
