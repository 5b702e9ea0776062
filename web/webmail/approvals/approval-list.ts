/** Held mails of one tab of the desk: who, what, which rule, and until when or how it ended; to be selected where one decides. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { shortTime } from '../../i18n/dates.ts';
import { StoreElement } from '../store-element.ts';
import { stateTone, stateWord } from './approval-words.ts';
import type { Approval } from './approvals.ts';
import { deskPlaceText } from './desk-place.ts';

export class ApprovalList extends StoreElement {
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: block;
        overflow-y: auto;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .row {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        border-bottom: 1px solid var(--line);
      }
      .row:hover {
        background: var(--hover);
      }
      .row.shown,
      .row.chosen {
        background: var(--selected);
      }
      .pick {
        display: grid;
        place-items: center;
        width: 2.75rem;
        cursor: pointer;
      }
      .pick input {
        width: 1.125rem;
        height: 1.125rem;
        margin: 0;
        accent-color: var(--accent);
      }
      a {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        grid-column: 2;
        gap: 0 var(--gap-2);
        padding: var(--gap-2) var(--gap-3) var(--gap-2) 0;
        color: inherit;
        text-decoration: none;
        outline-offset: -2px;
      }
      a.whole {
        grid-column: 1 / -1;
        padding-left: var(--gap-4);
      }
      .who {
        font-weight: 600;
      }
      time,
      .preview,
      .until {
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
      .subject {
        grid-column: 1 / -1;
      }
      time,
      .until {
        text-align: end;
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--danger);
      }
    `,
  ];

  override render(): TemplateResult {
    const { approvals } = this.store;
    return html`<ul aria-label=${this.words.approvals}>
      ${repeat(
        approvals.items ?? [],
        ({ approval }) => approval,
        (item) => this.#row(item),
      )}
    </ul>`;
  }

  #row(item: Approval): TemplateResult {
    const { words } = this;
    const { place, selection } = this.store.approvals;
    const { approval, requestedAtMs } = item;
    const isShown = place?.approval === approval;
    const isChosen = selection.has(approval);
    const subject = item.subject.trim() || words.noSubject;
    const isPicked = place?.tab === 'waiting';
    const held = new Date(requestedAtMs).toISOString();
    return html`<li class="row ${isShown ? 'shown' : ''} ${isChosen ? 'chosen' : ''}">
      ${isPicked ? this.#pick(approval, subject, isChosen) : nothing}
      <a
        class=${isPicked ? '' : 'whole'}
        href=${deskPlaceText(place?.tab ?? 'waiting', approval)}
        aria-current=${isShown ? 'true' : nothing}
      >
        <span class="who cut">${item.senderName || item.sender}</span>
        <time datetime=${held}>${shortTime(held, new Date())}</time>
        <span class="subject cut">${subject}</span>
        <span class="preview cut">${item.rules.join(' · ')}</span>
        <span class="until">${this.#until(item)}</span>
      </a>
    </li>`;
  }

  #pick(approval: string, subject: string, isChosen: boolean): TemplateResult {
    return html`<label class="pick">
      <input
        type="checkbox"
        aria-label=${this.words.selectMail(subject)}
        .checked=${isChosen}
        @change=${() => this.store.approvals.toggle(approval)}
      />
    </label>`;
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
