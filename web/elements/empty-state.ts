/** Nothing is here, or not yet: said in words, with what to do next. */
import { css, html, type TemplateResult } from 'lit';
import { type IconName, icon } from './icon.ts';
import { PageElement } from './page-element.ts';

export class EmptyState extends PageElement {
  static override properties = { picture: {}, heading: {}, text: {}, isBusy: { type: Boolean } };
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: var(--gap-2);
        padding: var(--gap-8) var(--gap-6);
        text-align: center;
        color: var(--ink-soft);
      }
      .picture {
        display: grid;
        place-content: center;
        width: 3.5rem;
        height: 3.5rem;
        border-radius: 50%;
        background: var(--hover);
      }
      .picture svg {
        width: 1.75rem;
        height: 1.75rem;
      }
      .busy {
        animation: breathe 1.2s ease-in-out infinite alternate;
      }
      @keyframes breathe {
        from {
          opacity: 0.4;
        }
      }
      h2 {
        margin: var(--gap-2) 0 0;
        font-size: 1rem;
        font-weight: 600;
        color: var(--ink);
      }
      p {
        max-width: 24rem;
        margin: 0;
        text-wrap: balance;
      }
    `,
  ];
  declare picture: IconName;
  declare heading: string;
  declare text: string;
  declare isBusy: boolean;

  constructor() {
    super();
    this.picture = 'envelope';
    this.heading = '';
    this.text = '';
    this.isBusy = false;
  }

  override render(): TemplateResult {
    return html`
      <span class="picture ${this.isBusy ? 'busy' : ''}">${icon(this.picture)}</span>
      <h2>${this.heading}</h2>
      <p ?hidden=${this.text === ''}>${this.text}</p>
      <slot></slot>
    `;
  }
}

customElements.define('empty-state', EmptyState);
