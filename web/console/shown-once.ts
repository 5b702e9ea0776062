/** Secrets that are shown once: to copy, to print, and gone when the dialog is closed. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { ConsoleElement } from './console-element.ts';
import { dialogLook } from './dialog-look.ts';
import { printLines } from './print-lines.ts';

export interface Shown {
  readonly heading: string;
  readonly text: string;
  readonly secrets: readonly string[];
  /** For how long they are needed: a list is printed, a password is typed in and forgotten. */
  readonly isPrinted: boolean;
}

export class ShownOnce extends ConsoleElement {
  static override properties = { shown: { state: true }, isCopied: { state: true } };
  static override styles = [
    ...ConsoleElement.styles,
    dialogLook,
    css`
      div {
        display: grid;
        gap: var(--gap-4);
        padding: var(--gap-6);
      }
      p {
        margin: 0;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
        gap: var(--gap-2) var(--gap-4);
        margin: 0;
        padding: var(--gap-4);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        list-style: none;
        font-family: var(--font-mono);
        overflow-wrap: anywhere;
        user-select: all;
      }
      ul.single {
        grid-template-columns: 1fr;
      }
    `,
  ];
  declare shown: Shown | null;
  declare isCopied: boolean;
  #closed: () => void = () => {};

  constructor() {
    super();
    this.shown = null;
    this.isCopied = false;
  }

  /** Resolves when the person has closed it. */
  async open(shown: Shown): Promise<void> {
    this.shown = shown;
    this.isCopied = false;
    await this.updateComplete;
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.renderRoot.querySelector('dialog')?.showModal();
    await closed;
  }

  #onClose(): void {
    this.shown = null;
    this.#closed();
  }

  async #copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    this.isCopied = true;
  }

  override render(): TemplateResult {
    const { shown, say } = this;
    // Escape is not to throw away what is shown this once.
    return html`<dialog
      aria-labelledby="heading"
      @cancel=${(event: Event) => event.preventDefault()}
      @close=${() => this.#onClose()}
    >
      ${
        shown
          ? html`<div>
              <h2 id="heading">${shown.heading}</h2>
              <p class="soft">${shown.text}</p>
              <ul class=${shown.secrets.length === 1 ? 'single' : ''} translate="no">
                ${shown.secrets.map((secret) => html`<li>${secret}</li>`)}
              </ul>
              <footer>
                <button data-what="copy" @click=${() => this.#copy(shown.secrets.join('\n'))}>
                  ${this.isCopied ? say.copied : say.copy}
                </button>
                ${
                  shown.isPrinted
                    ? html`<button data-what="print" @click=${() => printLines([shown.heading, ...shown.secrets])}>
                        ${say.print}
                      </button>`
                    : nothing
                }
                <button
                  class="primary"
                  data-what="kept"
                  @click=${() => this.renderRoot.querySelector('dialog')?.close()}
                >
                  ${say.iHaveThem}
                </button>
              </footer>
            </div>`
          : nothing
      }
    </dialog>`;
  }
}

customElements.define('shown-once', ShownOnce);
