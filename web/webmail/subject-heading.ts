/** The subject above a mail: three lines of it, and all of it for whoever wants to read on. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../elements/page-element.ts';

export class SubjectHeading extends PageElement {
  static override properties = { text: {}, isWhole: { state: true }, isCut: { state: true } };
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: block;
        margin-bottom: var(--gap-3);
      }
      h1 {
        display: -webkit-box;
        margin: 0;
        overflow: hidden;
        font-size: var(--size-large);
        line-height: 1.3;
        overflow-wrap: anywhere;
        text-wrap: pretty;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
      h1.whole {
        -webkit-line-clamp: none;
        max-height: 50vh;
        overflow-y: auto;
      }
      button {
        min-height: 1.75rem;
        padding: 0;
        color: var(--accent);
        font-size: var(--size-small);
      }
    `,
  ];
  declare text: string;
  declare isWhole: boolean;
  /** More than three lines. */
  declare isCut: boolean;
  readonly #resized = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.text = '';
    this.isWhole = false;
    this.isCut = false;
  }

  override firstUpdated(): void {
    this.#resized.observe(this.#heading);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  get #heading(): HTMLElement {
    return this.renderRoot.querySelector('h1')!;
  }

  #measure(): void {
    if (this.isWhole) return;
    const { scrollHeight, clientHeight } = this.#heading;
    this.isCut = scrollHeight > clientHeight + 1;
  }

  override render(): TemplateResult {
    const { words, isWhole } = this;
    return html`<h1 class=${isWhole ? 'whole' : ''} tabindex=${isWhole ? '0' : nothing}>${this.text}</h1>
      ${
        this.isCut
          ? html`<button
            class="plain"
            aria-expanded=${isWhole}
            @click=${() => {
              this.isWhole = !isWhole;
            }}
          >
            ${isWhole ? words.showLess : words.showWholeSubject}
          </button>`
          : nothing
      }`;
  }
}

customElements.define('subject-heading', SubjectHeading);
