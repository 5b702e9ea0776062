/** A button that opens a small panel below itself; Escape and a click elsewhere close it. */
import { css, html, type TemplateResult } from 'lit';
import { PageElement } from './page-element.ts';

export class DropMenu extends PageElement {
  static override properties = { label: {}, isOpen: { state: true } };
  static override styles = [
    PageElement.styles,
    css`
      :host {
        position: relative;
        display: inline-block;
      }
      ::slotted([slot='icon']) {
        display: flex;
      }
      .panel {
        position: absolute;
        z-index: 30;
        top: calc(100% + var(--gap-1));
        right: 0;
        min-width: 12rem;
        max-width: min(20rem, calc(100vw - 2rem));
        max-height: min(28rem, 70vh);
        overflow: auto;
        padding: var(--gap-2);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        background: var(--surface-raised);
        box-shadow: var(--shadow);
      }
    `,
  ];
  /** What the button is called. */
  declare label: string;
  declare isOpen: boolean;

  constructor() {
    super();
    this.label = '';
    this.isOpen = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('click', this.#onElsewhere);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('click', this.#onElsewhere);
  }

  close(): void {
    this.isOpen = false;
  }

  readonly #onElsewhere = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.close();
  };

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.isOpen) return;
    event.stopPropagation();
    this.close();
    this.renderRoot.querySelector('button')?.focus();
  }

  override render(): TemplateResult {
    return html`<div @keydown=${this.#onKey}>
      <button
        class="plain icon"
        aria-label=${this.label}
        title=${this.label}
        aria-expanded=${this.isOpen}
        @click=${() => {
          this.isOpen = !this.isOpen;
        }}
      >
        <slot name="icon"></slot>
      </button>
      <div class="panel" ?hidden=${!this.isOpen}><slot></slot></div>
    </div>`;
  }
}

customElements.define('drop-menu', DropMenu);
