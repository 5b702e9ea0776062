/** The way to a desk, with how many wait there: an entry among the folders, or a badge that is there when some do. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { StoreElement } from '../store-element.ts';
import { type DeskName, deskNamed } from './desks.ts';

export class DeskLink extends StoreElement {
  static override properties = { ...StoreElement.properties, isBadge: { type: Boolean }, name: {} };
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
      .count {
        display: none;
        font-weight: 600;
      }
      @media (max-width: 540px) {
        a.badge {
          padding: 0 var(--gap-2);
        }
        .badge .count {
          display: inline;
        }
        .badge .words {
          position: absolute;
          width: 1px;
          height: 1px;
          clip-path: inset(50%);
        }
      }
      a.late,
      a.late svg {
        color: var(--danger);
      }
      a.badge.late,
      a.badge.late:hover {
        background: var(--danger);
        color: var(--surface);
      }
    `,
  ];
  declare isBadge: boolean;
  declare name: DeskName;

  constructor() {
    super();
    this.isBadge = false;
    this.name = 'approvals';
  }

  override render(): TemplateResult | typeof nothing {
    const { store, words, isBadge, name } = this;
    const { isOpen, isShown, waiting, count, isLate, picture, badge } = deskNamed(name, store, words);
    if (isBadge ? waiting === '' || isOpen : !isShown) return nothing;
    const state = isBadge ? 'badge' : waiting === '' ? '' : 'waiting';
    return html`<a
      class="${state} ${isLate ? 'late' : ''}"
      href="#${name}"
      title=${isBadge ? waiting : nothing}
      data-what=${isBadge ? badge : name}
      aria-current=${isOpen && !isBadge ? 'page' : nothing}
    >
      ${icon(picture)}
      <span class="cut words" role=${isBadge ? 'status' : nothing}>${waiting || words[name]}</span>
      ${isBadge ? html`<span class="count" aria-hidden="true">${count}</span>` : nothing}
    </a>`;
  }
}

customElements.define('desk-link', DeskLink);
