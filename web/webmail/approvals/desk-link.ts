/** The way to the desk, with how many wait there: an entry among the folders, or a badge that is there when some do. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { StoreElement } from '../store-element.ts';
import { deskPlaceText } from './desk-place.ts';

export class DeskLink extends StoreElement {
  static override properties = { ...StoreElement.properties, isBadge: { type: Boolean } };
  static override styles = [
    StoreElement.styles,
    css`
      a {
        display: flex;
        align-items: center;
        gap: var(--gap-3);
        min-height: 2.375rem;
        padding: 0 var(--gap-3);
        border-radius: var(--radius);
        color: var(--ink);
        text-decoration: none;
      }
      a:hover {
        background: var(--hover);
      }
      a[aria-current] {
        background: var(--selected);
        color: var(--accent-strong);
        font-weight: 600;
      }
      svg {
        flex: none;
        color: var(--ink-soft);
      }
      a.waiting,
      a.waiting svg {
        color: var(--accent-strong);
        font-weight: 600;
      }
      a.badge {
        gap: var(--gap-2);
        min-height: 2rem;
        border-radius: 1rem;
        background: var(--accent);
        color: var(--on-accent);
        white-space: nowrap;
      }
      a.badge:hover {
        background: var(--accent-strong);
      }
      a.badge svg {
        color: inherit;
      }
    `,
  ];
  declare isBadge: boolean;

  constructor() {
    super();
    this.isBadge = false;
  }

  override render(): TemplateResult | typeof nothing {
    const { store, words, isBadge } = this;
    const { waiting, place } = store.approvals;
    if (isBadge && (waiting === 0 || place !== null)) return nothing;
    return html`<a
      class=${isBadge ? 'badge' : waiting > 0 ? 'waiting' : ''}
      href=${deskPlaceText('waiting')}
      data-what=${isBadge ? 'approval-badge' : 'approvals'}
      aria-current=${place !== null && !isBadge ? 'page' : nothing}
    >
      ${icon('check')}
      <span class="cut" role=${isBadge ? 'status' : nothing}>${waiting > 0 ? words.toApprove(waiting) : words.approvals}</span>
    </a>`;
  }
}

customElements.define('desk-link', DeskLink);
