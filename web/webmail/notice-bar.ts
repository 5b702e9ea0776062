/** What was just done, with the way back, or what could not be done. */
import { css, html, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';
import type { Notice } from './mail-store.ts';
import { StoreElement } from './store-element.ts';

/** Long enough to read it and to reach for the button. */
const shownMs = 10_000;

export class NoticeBar extends StoreElement {
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        position: fixed;
        bottom: var(--gap-4);
        left: var(--gap-4);
        z-index: 50;
        width: max-content;
        max-width: calc(100vw - 2rem);
      }
      @media (max-width: 860px) {
        :host {
          bottom: auto;
          top: 4rem;
          left: 50%;
          transform: translateX(-50%);
        }
      }
      div {
        display: flex;
        align-items: center;
        gap: var(--gap-3);
        padding: var(--gap-2) var(--gap-2) var(--gap-2) var(--gap-4);
        border-radius: var(--radius-large);
        background: light-dark(#20252e, #eceef2);
        color: light-dark(#f4f6f9, #1a1d23);
        box-shadow: var(--shadow);
      }
      div.fault {
        background: light-dark(#8f1f17, #ffb4ab);
      }
      button,
      button:hover {
        border: 0;
        background: transparent;
        color: inherit;
        font-weight: 650;
      }
      button:hover {
        text-decoration: underline;
      }
    `,
  ];
  #timed: Notice | null = null;
  #timer: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.#timer);
  }

  override updated(): void {
    const { notice } = this.store;
    if (notice === this.#timed) return;
    this.#timed = notice;
    window.clearTimeout(this.#timer);
    if (notice) this.#timer = window.setTimeout(() => this.store.dismiss(), shownMs);
  }

  #undo(undo: () => void): void {
    this.store.dismiss();
    undo();
  }

  override render(): TemplateResult {
    const { store, words } = this;
    const { notice } = store;
    return html`<span role="status" aria-live="polite">
      ${
        notice
          ? html`<div class=${notice.isFault ? 'fault' : ''}>
            <span>${notice.text}</span>
            ${
              notice.undo
                ? html`<button data-what="undo" @click=${() => this.#undo(notice.undo!)}>${words.undo}</button>`
                : ''
            }
            <button class="icon" aria-label=${words.dismiss} @click=${() => store.dismiss()}>${icon('close')}</button>
          </div>`
          : ''
      }
    </span>`;
  }
}

customElements.define('notice-bar', NoticeBar);
